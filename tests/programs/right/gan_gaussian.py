import torch
import torch.nn as nn
import torch.optim as optim

torch.manual_seed(9)

latent_dim = 8
data_dim = 2
batch_size = 64


def real_samples(n):
    angles = 2 * 3.14159 * torch.rand(n)
    points = torch.stack([torch.cos(angles), torch.sin(angles)], dim=1)
    return points + 0.05 * torch.randn_like(points)


G = nn.Sequential(
    nn.Linear(latent_dim, 32),
    nn.ReLU(),
    nn.Linear(32, 32),
    nn.ReLU(),
    nn.Linear(32, data_dim),
)

D = nn.Sequential(
    nn.Linear(data_dim, 32),
    nn.LeakyReLU(0.2),
    nn.Linear(32, 32),
    nn.LeakyReLU(0.2),
    nn.Linear(32, 1),
    nn.Sigmoid(),
)

criterion = nn.BCELoss()
d_optimizer = optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))
g_optimizer = optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))

real_labels = torch.ones(batch_size, 1)
fake_labels = torch.zeros(batch_size, 1)

for step in range(30):
    # --- discriminator ---
    real = real_samples(batch_size)
    outputs = D(real)
    d_loss_real = criterion(outputs, real_labels)
    real_score = outputs

    z = torch.randn(batch_size, latent_dim)
    fake = G(z)
    outputs = D(fake.detach())
    d_loss_fake = criterion(outputs, fake_labels)
    fake_score = outputs

    d_loss = d_loss_real + d_loss_fake
    d_optimizer.zero_grad()
    d_loss.backward()
    d_optimizer.step()

    # --- generator ---
    z = torch.randn(batch_size, latent_dim)
    fake = G(z)
    g_loss = criterion(D(fake), real_labels)
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()

    if step % 10 == 0:
        print(
            f"{step:3d} d_loss {d_loss.item():.3f} g_loss {g_loss.item():.3f} "
            f"D(x) {real_score.mean().item():.2f} D(G(z)) {fake_score.mean().item():.2f}"
        )

with torch.no_grad():
    samples = G(torch.randn(16, latent_dim))
radius = samples.norm(dim=1)
print(radius.mean())
