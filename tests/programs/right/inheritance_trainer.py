from abc import ABC, abstractmethod

import torch
import torch.nn as nn


class BaseModel(nn.Module, ABC):
    num_outputs = 1

    @abstractmethod
    def features(self, x): ...

    def forward(self, x):
        f = self.features(x)
        return self.head(f)

    @property
    def num_parameters(self):
        return sum(p.numel() for p in self.parameters())


class DenseModel(BaseModel):
    def __init__(self, d):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(d, 2 * d), nn.ReLU())
        self.head = nn.Linear(2 * d, self.num_outputs)

    def features(self, x):
        return self.body(x)


class WideDeep(DenseModel):
    num_outputs = 3

    def __init__(self, d, n_wide=4):
        super().__init__(d)
        self.n_wide = n_wide
        self.head = nn.Linear(2 * d + n_wide, self.num_outputs)

    def features(self, x):
        deep = super().features(x)
        wide = x[:, : self.n_wide]
        return torch.cat([deep, wide], dim=1)

    @classmethod
    def small(cls):
        return cls(5, n_wide=2)


class Trainer:
    def __init__(self, model, lr=0.1):
        self.model = model
        self.opt = torch.optim.SGD(model.parameters(), lr=lr)
        self.losses = []

    def loss(self, output, target):
        raise NotImplementedError

    def fit(self, x, target, steps):
        for _ in range(steps):
            output = self.model(x)
            loss = self.loss(output, target)
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
            self.losses.append(loss.detach())
        return self


class Regressor(Trainer):
    def loss(self, output, target):
        return ((output.squeeze(-1) - target) ** 2).mean()


class Classifier(Trainer):
    def loss(self, output, target):
        return nn.functional.cross_entropy(output, target)


torch.manual_seed(6)
x = torch.randn(25, 5)
reg = Regressor(DenseModel(5)).fit(x, x.sum(1), 3)
cls = Classifier(WideDeep.small()).fit(x, x.argmax(1) % 3, 3)
for trainer in [reg, cls]:
    print(type(trainer).__name__, trainer.model.num_parameters, torch.stack(trainer.losses))
