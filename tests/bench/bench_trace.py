"""What a traced run costs: plain against traced, in full length.

    python tests/bench/bench_trace.py [--rounds 5] [--trickle PYTHON]

Each program times its own training loop, so that neither the start of the
interpreter nor the import of torch hides the difference. The runs alternate. What
is printed is a Markdown table of medians in milliseconds. `--trickle` names an
interpreter that has trickle-observe beside torch, which is then measured too.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from shapewise.runtime.tracing import run_trace
from shapewise.runtime.tracing_types import TraceRequest

_HEAD = """\
import time
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)
"""

_MODELS = {
    "MLP": """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 128)
        self.fc2 = nn.Linear(128, 64)
        self.fc3 = nn.Linear(64, 10)

    def forward(self, x):
        x = x.view(x.size(0), -1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)

images, labels = torch.randn(6400, 1, 28, 28), torch.randint(0, 10, (6400,))
""",
    "CNN": """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3)
        self.conv2 = nn.Conv2d(8, 16, 3)
        self.fc = nn.Linear(16 * 5 * 5, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        return self.fc(x)

images, labels = torch.randn(1280, 1, 28, 28), torch.randint(0, 10, (1280,))
""",
    "tiny regression": """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, 10))
        self.bias = nn.Parameter(torch.zeros(10))

    def forward(self, x):
        return x.flatten(1)[:, :1] * self.weight + self.bias

images, labels = torch.randn(16000, 1, 2, 2), torch.randint(0, 10, (16000,))
""",
}

_LOOP = """
data = torch.utils.data.TensorDataset(images, labels)
loader = torch.utils.data.DataLoader(data, batch_size=32)
model = Net()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
start = time.perf_counter()
for epoch in range(2):
    total, correct = 0.0, 0
    for batch, target in loader:
        output = model(batch)
        loss = criterion(output, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
        correct += (output.argmax(1) == target).sum().item()
print("training took", time.perf_counter() - start)
"""

_TOOK = re.compile(r"training took ([\d.]+)")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--trickle", metavar="PYTHON")
    options = parser.parse_args()
    kinds = ["plain", "traced"] + (["trickle"] if options.trickle else [])
    print("| program | " + " | ".join(f"{kind} (ms)" for kind in kinds) + " | traced : plain |")
    print("|---" * (len(kinds) + 2) + "|")
    for name, model in _MODELS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.py"
            path.write_text(_HEAD + model + _LOOP)
            times: dict[str, list[float]] = {kind: [] for kind in kinds}
            for _ in range(options.rounds):
                for kind in kinds:
                    times[kind].append(_took(_run(kind, path, options.trickle)))
        medians = {kind: statistics.median(values) * 1000 for kind, values in times.items()}
        cells = " | ".join(f"{medians[kind]:.0f}" for kind in kinds)
        print(f"| {name} | {cells} | {medians['traced'] / medians['plain']:.2f} |", flush=True)
    return 0


def _run(kind: str, path: Path, trickle: str | None) -> str:
    if kind == "traced":
        return run_trace(TraceRequest(str(path), sys.executable, iterations=None)).output
    command = [sys.executable, str(path)]
    if kind == "trickle" and trickle is not None:
        command = [trickle, "-m", "trickle.observe_runner", str(path)]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=path.parent
    ).stdout


def _took(output: str) -> float:
    match = _TOOK.search(output)
    if match is None:
        raise SystemExit(f"the program did not finish:\n{output[-2000:]}")
    return float(match[1])


if __name__ == "__main__":
    sys.exit(main())
