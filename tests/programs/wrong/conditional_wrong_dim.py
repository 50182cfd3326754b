from dataclasses import dataclass
import torch
import torch.nn as nn


@dataclass
class Config:
    in_features: int = 13
    hidden: int = 64
    out_features: int = 1
    dropout: float = 0.1


class Regressor(nn.Module):
    def __init__(self, cfg: Config):
        super().__init__()
        self.inp = nn.Linear(cfg.in_features, cfg.hidden)
        self.mid = nn.Linear(cfg.hidden, cfg.hidden // 2)
        self.drop = nn.Dropout(cfg.dropout)
        self.out = nn.Linear(cfg.hidden, cfg.out_features)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = torch.tanh(self.inp(x))
        h = self.drop(torch.tanh(self.mid(h)))
        return self.out(h).squeeze(-1)


model = Regressor(Config())
prices = model(torch.randn(20, 13))
print(prices.mean())
