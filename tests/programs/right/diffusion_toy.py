import torch
import torch.nn as nn

T = 50
betas = torch.linspace(1e-4, 0.02, T)
alphas = 1.0 - betas
alphas_cumprod = torch.cumprod(alphas, dim=0)
alphas_cumprod_prev = nn.functional.pad(alphas_cumprod[:-1], (1, 0), value=1.0)
sqrt_recip_alphas = torch.sqrt(1.0 / alphas)
sqrt_alphas_cumprod = torch.sqrt(alphas_cumprod)
sqrt_one_minus_alphas_cumprod = torch.sqrt(1.0 - alphas_cumprod)
posterior_variance = betas * (1.0 - alphas_cumprod_prev) / (1.0 - alphas_cumprod)


def extract(a, t, x_shape):
    batch_size = t.shape[0]
    out = a.gather(-1, t.cpu())
    return out.reshape(batch_size, *((1,) * (len(x_shape) - 1))).to(t.device)


def q_sample(x_start, t, noise=None):
    if noise is None:
        noise = torch.randn_like(x_start)
    sqrt_a = extract(sqrt_alphas_cumprod, t, x_start.shape)
    sqrt_1ma = extract(sqrt_one_minus_alphas_cumprod, t, x_start.shape)
    return sqrt_a * x_start + sqrt_1ma * noise


class TimeEmbedding(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, time):
        half = self.dim // 2
        freqs = torch.exp(-torch.arange(half) * (4.0 / half))
        args = time[:, None].float() * freqs[None, :]
        return torch.cat([args.sin(), args.cos()], dim=-1)


class Denoiser(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.time = nn.Sequential(TimeEmbedding(dim), nn.Linear(dim, dim), nn.GELU())
        self.inp = nn.Conv2d(1, dim, 3, padding=1)
        self.mid = nn.Conv2d(dim, dim, 3, padding=1)
        self.out = nn.Conv2d(dim, 1, 3, padding=1)

    def forward(self, x, t):
        emb = self.time(t)
        h = torch.relu(self.inp(x))
        h = h + emb[:, :, None, None]
        h = torch.relu(self.mid(h))
        return self.out(h)


@torch.no_grad()
def p_sample(model, x, t, t_index):
    betas_t = extract(betas, t, x.shape)
    sqrt_1ma = extract(sqrt_one_minus_alphas_cumprod, t, x.shape)
    recip = extract(sqrt_recip_alphas, t, x.shape)
    model_mean = recip * (x - betas_t * model(x, t) / sqrt_1ma)
    if t_index == 0:
        return model_mean
    variance = extract(posterior_variance, t, x.shape)
    noise = torch.randn_like(x)
    return model_mean + torch.sqrt(variance) * noise


torch.manual_seed(0)
model = Denoiser()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(4):
    x0 = torch.rand(8, 1, 12, 12) * 2 - 1
    t = torch.randint(0, T, (x0.shape[0],)).long()
    noise = torch.randn_like(x0)
    x_noisy = q_sample(x0, t, noise)
    predicted_noise = model(x_noisy, t)
    loss = nn.functional.smooth_l1_loss(noise, predicted_noise)
    opt.zero_grad()
    loss.backward()
    opt.step()

img = torch.randn(2, 1, 12, 12)
for i in reversed(range(0, 5)):
    img = p_sample(model, img, torch.full((2,), i, dtype=torch.long), i)
final = (img.clamp(-1, 1) + 1) / 2
print(loss.item(), final.shape)
