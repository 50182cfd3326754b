import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)
encoder = nn.Sequential(nn.Conv2d(1, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 4, 3, 2, 1), nn.ReLU())
decoder = nn.Sequential(
    nn.ConvTranspose2d(4, 8, 3, 2, 1), nn.ReLU(), nn.ConvTranspose2d(8, 1, 3, 2, 1), nn.Sigmoid()
)
model = nn.Sequential(encoder, decoder)
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters())

loader = DataLoader(torch.rand(20, 1, 28, 28), batch_size=10)
for images in loader:
    code = encoder(images)
    decoded = decoder(code)
    loss = criterion(decoded, images)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
