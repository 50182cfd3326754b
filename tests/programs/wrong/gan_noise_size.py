import torch
import torch.nn as nn

torch.manual_seed(0)
LATENT = 64
IMG = 28 * 28


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(LATENT, 128), nn.LeakyReLU(0.2), nn.Linear(128, IMG), nn.Tanh()
        )

    def forward(self, z):
        img = self.model(z)
        return img.view(z.size(0), 1, 28, 28)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(IMG, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1))

    def forward(self, img):
        img_flat = img.view(img.size(0), -1)
        validity = self.model(img_flat)
        return validity


generator, discriminator = Generator(), Discriminator()
adversarial_loss = nn.BCEWithLogitsLoss()
valid = torch.ones(16, 1)
z = torch.randn(16, 100)
gen_imgs = generator(z)
g_loss = adversarial_loss(discriminator(gen_imgs), valid)
print(g_loss.item())
