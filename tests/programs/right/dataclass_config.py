from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Callable

import torch
from torch import Tensor, nn


class Activation(Enum):
    RELU = "relu"
    GELU = "gelu"
    TANH = "tanh"


@dataclass(frozen=True)
class ModelConfig:
    in_features: int = 12
    widths: tuple[int, ...] = (32, 16)
    num_classes: int = 4
    activation: Activation = Activation.GELU
    dropout: float = 0.0


@dataclass
class TrainConfig:
    batch_size: int = 20
    steps: int = 5
    lr: float = 3e-3
    model: ModelConfig = field(default_factory=ModelConfig)

    @property
    def num_samples(self) -> int:
        return self.batch_size * self.steps


ACTIVATIONS: dict[Activation, Callable[[], nn.Module]] = {
    Activation.RELU: nn.ReLU,
    Activation.GELU: nn.GELU,
    Activation.TANH: nn.Tanh,
}


def build_model(config: ModelConfig) -> nn.Sequential:
    layers: list[nn.Module] = []
    previous = config.in_features
    for width in config.widths:
        layers += [
            nn.Linear(previous, width),
            ACTIVATIONS[config.activation](),
            nn.Dropout(config.dropout),
        ]
        previous = width
    layers.append(nn.Linear(previous, config.num_classes))
    return nn.Sequential(*layers)


@dataclass
class Batch:
    inputs: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return self.inputs.shape[0]


class Trainer:
    def __init__(self, config: TrainConfig) -> None:
        self.config = config
        self.model = build_model(config.model)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=config.lr)
        self.loss_fn = nn.CrossEntropyLoss()
        self.history: list[float] = []

    def batches(self):
        inputs = torch.randn(self.config.num_samples, self.config.model.in_features)
        targets = inputs.abs().sum(1).long() % self.config.model.num_classes
        for x, t in zip(
            inputs.split(self.config.batch_size), targets.split(self.config.batch_size)
        ):
            yield Batch(x, t)

    def step(self, batch: Batch) -> Tensor:
        logits = self.model(batch.inputs)
        loss = self.loss_fn(logits, batch.targets)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def fit(self) -> None:
        for batch in self.batches():
            loss = self.step(batch)
            self.history.append(loss.item())


torch.manual_seed(3)
trainer = Trainer(TrainConfig(lr=1e-2))
trainer.fit()
print(asdict(trainer.config))
history = torch.tensor(trainer.history)
print(len(trainer.history), history.mean())
