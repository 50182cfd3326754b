"""Knowledge distillation with type hints and logging."""

import logging
from typing import Optional, Tuple

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

logging.basicConfig(level=logging.INFO, format="%(message)s")
logger = logging.getLogger(__name__)


class Teacher(nn.Module):
    def __init__(self, num_classes: int = 6) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 16, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2, stride=2),
        )
        self.classifier = nn.Sequential(
            nn.Linear(16 * 8 * 8, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, num_classes)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.features(x)
        x = torch.flatten(x, 1)
        x = self.classifier(x)
        return x


class Student(nn.Module):
    def __init__(self, num_classes: int = 6) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 4, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(4)
        )
        self.classifier = nn.Linear(4 * 4 * 4, num_classes)

    def forward(self, x: torch.Tensor, return_features: bool = False):
        feats = self.features(x)
        logits = self.classifier(feats.flatten(start_dim=1))
        if return_features:
            return logits, feats
        return logits


def distillation_loss(
    student_logits: torch.Tensor,
    teacher_logits: torch.Tensor,
    labels: Optional[torch.Tensor] = None,
    T: float = 2.0,
    weight: float = 0.25,
) -> Tuple[torch.Tensor, torch.Tensor]:
    soft_targets = F.softmax(teacher_logits / T, dim=-1)
    soft_prob = F.log_softmax(student_logits / T, dim=-1)
    soft_loss = F.kl_div(soft_prob, soft_targets, reduction="batchmean") * (T**2)
    if labels is None:
        return soft_loss, soft_loss
    label_loss = F.cross_entropy(student_logits, labels)
    return weight * soft_loss + (1 - weight) * label_loss, soft_loss


def run() -> None:
    torch.manual_seed(42)
    loader = DataLoader(
        TensorDataset(torch.rand(30, 3, 16, 16), torch.randint(6, (30,))), batch_size=10
    )
    teacher, student = Teacher().eval(), Student()
    optimizer = torch.optim.Adam(student.parameters(), lr=1e-3)
    for inputs, labels in loader:
        optimizer.zero_grad()
        with torch.no_grad():
            teacher_logits = teacher(inputs)
        student_logits = student(inputs)
        loss, soft = distillation_loss(student_logits, teacher_logits, labels)
        loss.backward()
        optimizer.step()
        logger.info("loss %.4f soft %.4f", loss.item(), soft.item())
    logits, feats = student(inputs, return_features=True)
    logger.info("%s %s", tuple(logits.shape), tuple(feats.shape))


if __name__ == "__main__":
    run()
