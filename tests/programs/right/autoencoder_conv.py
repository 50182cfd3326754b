import torch
import torch.nn as nn
from torch.utils.data import DataLoader


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        # N, 1, 28, 28
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 8, 3, stride=2, padding=1),  # -> N, 8, 14, 14
            nn.ReLU(),
            nn.Conv2d(8, 16, 3, stride=2, padding=1),  # -> N, 16, 7, 7
            nn.ReLU(),
            nn.Conv2d(16, 32, 7),  # -> N, 32, 1, 1
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(32, 16, 7),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(8, 1, 3, stride=2, padding=1, output_padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        encoded = self.encoder(x)
        decoded = self.decoder(encoded)
        return decoded


torch.manual_seed(0)
pictures = [(torch.rand(1, 28, 28), n % 10) for n in range(40)]
data_loader = DataLoader(dataset=pictures, batch_size=16, shuffle=True)
model = Autoencoder()
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-5)

outputs = []
for epoch in range(2):
    for img, _ in data_loader:
        noisy = img + 0.3 * torch.randn_like(img)
        noisy = noisy.clamp(0.0, 1.0)
        recon = model(noisy)
        loss = criterion(recon, img)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"Epoch:{epoch + 1}, Loss:{loss.item():.4f}")
    outputs.append((epoch, img, recon))

for k, img, recon in outputs:
    imgs = img.detach().numpy()
    recons = recon.detach().numpy()
    first = imgs[0]
    print(k, first.shape, recons[0].min())
