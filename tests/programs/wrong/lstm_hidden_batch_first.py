import torch
import torch.nn as nn


class LSTMModel(nn.Module):
    def __init__(self, input_dim, hidden_dim, layer_dim, output_dim):
        super(LSTMModel, self).__init__()
        self.hidden_dim = hidden_dim
        self.layer_dim = layer_dim
        self.lstm = nn.LSTM(input_dim, hidden_dim, layer_dim, batch_first=True)
        self.fc = nn.Linear(hidden_dim, output_dim)

    def forward(self, x):
        # batch first, so I put the batch first here too
        h0 = torch.zeros(x.size(0), self.layer_dim, self.hidden_dim)
        c0 = torch.zeros(x.size(0), self.layer_dim, self.hidden_dim)
        out, (hn, cn) = self.lstm(x, (h0, c0))
        out = self.fc(out[:, -1, :])
        return out


model = LSTMModel(28, 50, 1, 10)
images = torch.rand(16, 28, 28)
outputs = model(images)
print(outputs.size())
