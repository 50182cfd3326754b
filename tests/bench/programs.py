"""Learners' files of any length, and what torch says of them.

A file is made of blocks, each a small lesson with one statement that fails. What is
true of a file is not written here: `truth` runs it in torch, statement by statement.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

HEAD = """\
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
"""

BLOCKS = (
    """
images{n} = torch.rand({batch}, 1, 28, 28)
labels{n} = torch.randint(0, 10, ({batch},))


class Classifier{n}(nn.Module):
    def __init__(self, hidden={hidden}):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(8 * 14 * 14, hidden)
        self.fc2 = nn.Linear(hidden, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv(x)))
        x = x.flatten(1)
        h = F.relu(self.fc1(x))
        return self.fc2(h)


model{n} = Classifier{n}()
criterion{n} = nn.CrossEntropyLoss()
optimizer{n} = torch.optim.SGD(model{n}.parameters(), lr=0.01)
for epoch in range(3):
    logits{n} = model{n}(images{n})
    loss{n} = criterion{n}(logits{n}, labels{n})
    optimizer{n}.zero_grad()
    loss{n}.backward()
    optimizer{n}.step()
accuracy{n} = (logits{n}.argmax(dim=1) == labels{n}).float().mean()
wrong{n} = criterion{n}(logits{n}, labels{n}[:-1])
""",
    """
features{n} = torch.rand({batch}, 10)
weights{n} = torch.rand(10, 5, requires_grad=True)
bias{n} = torch.zeros(5)
scores{n} = features{n} @ weights{n} + bias{n}
centered{n} = features{n} - features{n}.mean(dim=0)
covariance{n} = centered{n}.T @ centered{n} / ({batch} - 1)
best{n} = scores{n}.argmax(dim=1)
stacked{n} = torch.stack([scores{n}, scores{n} * 2])
joined{n} = torch.cat([features{n}, scores{n}], dim=1)
mask{n} = features{n} > 0.5
total{n} = (scores{n} ** 2).sum()
total{n}.backward()
gradient{n} = weights{n}.grad
turned{n} = features{n} @ weights{n}.T
""",
    """
class Attention{n}(nn.Module):
    def __init__(self, width={hidden} * 4, heads=4):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        batch, time, width = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q = q.view(batch, time, self.heads, width // self.heads).transpose(1, 2)
        k = k.view(batch, time, self.heads, width // self.heads).transpose(1, 2)
        v = v.view(batch, time, self.heads, width // self.heads).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / (width // self.heads) ** 0.5
        mixed = scores.softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(batch, time, width))


tokens{n} = torch.randint(0, 1000, ({batch}, 12))
embedding{n} = nn.Embedding(1000, {hidden} * 4)
embedded{n} = embedding{n}(tokens{n})
attended{n} = Attention{n}()(embedded{n})
pooled{n} = attended{n}.mean(dim=1)
halves{n} = attended{n}.view({batch}, 12, 4, {hidden}).permute(0, 2, 1, 3)
flat{n} = halves{n}.view({batch}, 12, {hidden} * 4)
""",
    """
points{n} = np.random.rand({batch} * 4, 3)
table{n} = torch.from_numpy(points{n}).float()
target{n} = table{n}.sum(dim=1, keepdim=True)
loader{n} = DataLoader(TensorDataset(table{n}, target{n}), batch_size=4, shuffle=True)
network{n} = nn.Sequential(nn.Linear(3, {hidden}), nn.ReLU(), nn.Linear({hidden}, 1))
descent{n} = torch.optim.Adam(network{n}.parameters(), lr=1e-3)
for inputs{n}, wanted{n} in loader{n}:
    guess{n} = network{n}(inputs{n})
    error{n} = F.mse_loss(guess{n}, wanted{n})
    descent{n}.zero_grad()
    error{n}.backward()
    descent{n}.step()
with torch.no_grad():
    final{n} = network{n}(table{n})
double{n} = network{n}(torch.from_numpy(points{n}))
""",
    """
series{n} = torch.rand({batch}, 20, 6)
recurrent{n} = nn.LSTM(6, {hidden}, num_layers=2, batch_first=True)
states{n}, (hidden{n}, cell{n}) = recurrent{n}(series{n})
last{n} = states{n}[:, -1]
head{n} = nn.Linear({hidden}, 2)
answer{n} = head{n}(last{n})
chance{n} = answer{n}.softmax(dim=1)
steps{n} = torch.arange(20).unsqueeze(0).expand({batch}, -1)
deep{n} = nn.Conv2d(3, 16, 5, stride=2)(torch.rand({batch}, 3, 64, 64))
smaller{n} = F.avg_pool2d(deep{n}, 3)
pictures{n} = smaller{n}.flatten(2).transpose(1, 2)
deeper{n} = nn.Conv2d(8, 32, 3)(deep{n})
""",
)


def program(lines: int) -> str:
    """A file of at least so many lines; every block of it has sizes of its own."""
    text, number = HEAD, 0
    while text.count("\n") < lines:
        block = BLOCKS[number % len(BLOCKS)]
        text += block.format(n=number, hidden=64 + number, batch=16 + number)
        number += 1
    return text


@dataclass(frozen=True)
class Truth:
    """What torch does with a file.

    Attributes:
        failing: the lines (from 1) of the statements that raise.
        shapes: by line and name, the shape of each tensor that a statement of the
            file itself, and no function of it, binds.
    """

    failing: frozenset[int]
    shapes: dict[tuple[int, str], tuple[int, ...]]


_RUN = """
import ast, json, sys
text = sys.stdin.read()
space, failing, shapes = {}, [], []

def run(statements):
    for statement in statements:
        code = compile(ast.Module([statement], []), "<file>", "exec")
        try:
            exec(code, space)
        except Exception:
            failing.append(statement.lineno)
            continue
        inner = statement.body if isinstance(statement, (ast.For, ast.With)) else []
        for part in [statement, *inner]:
            for node in ast.walk(part) if isinstance(part, ast.Assign) else []:
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    value = space.get(node.id)
                    if hasattr(value, "requires_grad"):
                        shapes.append([node.lineno, node.id, list(value.shape)])

run(ast.parse(text).body)
print(json.dumps([failing, shapes]))
"""


def truth(text: str) -> Truth:
    """Run a file in this interpreter's torch, going on after what fails."""
    answer = subprocess.run(
        [sys.executable, "-c", _RUN], input=text, capture_output=True, text=True, check=True
    )
    failing, shapes = json.loads(answer.stdout)
    found = {(line, name): tuple(shape) for line, name, shape in shapes}
    return Truth(frozenset(failing), found)
