import torch
import torch.nn as nn


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        if m.bias is not None:
            nn.init.zeros_(m.bias)
    elif isinstance(m, nn.Conv2d):
        nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 7, stride=2, padding=3)
        self.body = nn.Sequential(
            *[
                nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.GroupNorm(2, 8), nn.ReLU())
                for _ in range(3)
            ]
        )

    def forward(self, x):
        return self.body(self.stem(x))


class Detector(Backbone):
    def __init__(self, n_out):
        super().__init__()
        self.gap = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(8, n_out)

    def forward(self, x):
        feats = super().forward(x)
        pooled = torch.flatten(self.gap(feats), 1)
        return self.fc(pooled)


torch.manual_seed(0)
model = Detector(5)
model.apply(init_weights)

for name, p in model.named_parameters():
    if not name.startswith("fc"):
        p.requires_grad_(False)
trainable = [p for p in model.parameters() if p.requires_grad]
n_trainable = sum(p.numel() for p in trainable)
print("trainable:", n_trainable)

grads = []
features = {}
handle = model.body[2].register_forward_hook(lambda mod, inp, out: features.update(last=out))
model.fc.weight.register_hook(lambda g: grads.append(g.norm().item()))

x = torch.randn(2, 3, 40, 40)
y = model(x)
y.sum().backward()
handle.remove()
last = features["last"]
heat = last.mean(dim=1)
print(y.shape, last.shape, heat.shape, grads)

shapes = {k: tuple(v.shape) for k, v in model.state_dict().items()}
for child_name, child in model.named_children():
    print(child_name, child.__class__.__name__)
flat = torch.cat([p.data.view(-1) for p in model.parameters()])
g = model.fc.weight.grad
