import math

import torch
import torch.nn as nn

SAMPLE_RATE = 800
torch.manual_seed(0)


def tone(freq, seconds=0.5):
    t = torch.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return torch.sin(2 * math.pi * freq * t)


waves, labels = [], []
for label, freq in enumerate((40, 90, 160)):
    for _ in range(8):
        wave = tone(freq + 3 * torch.randn(1).item())
        wave += 0.1 * torch.randn(wave.shape)
        waves.append(wave)
        labels.append(label)
X = torch.stack(waves).unsqueeze(1)
y = torch.tensor(labels)

window = torch.hann_window(64)
spec = torch.stft(X.squeeze(1), n_fft=64, hop_length=32, window=window, return_complex=True)
power = spec.abs() ** 2
log_spec = torch.log1p(power)
print(X.shape, spec.shape, spec.dtype, log_spec.shape)


class M3(nn.Module):
    def __init__(self, n_input=1, n_output=3, stride=4, n_channel=8):
        super().__init__()
        self.conv1 = nn.Conv1d(n_input, n_channel, kernel_size=16, stride=stride)
        self.bn1 = nn.BatchNorm1d(n_channel)
        self.pool1 = nn.MaxPool1d(4)
        self.conv2 = nn.Conv1d(n_channel, n_channel * 2, kernel_size=3)
        self.bn2 = nn.BatchNorm1d(n_channel * 2)
        self.pool2 = nn.MaxPool1d(4)
        self.fc1 = nn.Linear(n_channel * 2, n_output)

    def forward(self, x):
        x = self.pool1(torch.relu(self.bn1(self.conv1(x))))
        x = self.pool2(torch.relu(self.bn2(self.conv2(x))))
        x = nn.functional.avg_pool1d(x, x.shape[-1])
        x = x.permute(0, 2, 1)
        x = self.fc1(x)
        return nn.functional.log_softmax(x, dim=2)


model = M3()
opt = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(4):
    output = model(X)
    loss = nn.functional.nll_loss(output.squeeze(), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
pred = output.argmax(dim=-1)
print(loss.item(), pred.squeeze().eq(y).sum().item())
