"""Every error of the catalogue that one operator raises, asked of the oracle. Run by hand:

    python tests/runtime/stress_catalogue.py CATALOGUE.md

Prints the rows whose answer is not eager torch's exception, or whose exception
is not the one that the catalogue quotes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import torch
from runtime.expressions import eager, request
from shapewise.runtime.client import OracleClient
from shapewise.runtime.oracle import wire as w

r = torch.rand
ROWS: list[tuple[int, str, dict[str, Any]]] = [
    (1, "nn.Linear(10, 5)(x)", {"x": r(4, 8)}),
    (2, "nn.Linear(1568, 10)(x)", {"x": r(4, 1352)}),
    (3, "nn.Linear(5408, 10)(x)", {"x": r(1, 32, 26, 26)}),
    (4, "nn.Linear(784, 10)(x)", {"x": r(64, 1, 28, 28)}),
    (5, "nn.Linear(784, 10)(x)", {"x": r(1, 50176)}),
    (6, "a @ b", {"a": r(2, 3), "b": r(2, 3)}),
    (12, "nn.Linear(3, 2)(x)", {"x": r(4, 3).double()}),
    (13, "nn.Conv2d(3, 4, 3)(x)", {"x": r(1, 3, 8, 8).double()}),
    (14, "nn.Conv2d(3, 4, 3)(x)", {"x": r(1, 3, 8, 8).byte()}),
    (15, "nn.Linear(3, 2)(x)", {"x": r(4, 3).byte()}),
    (16, "torch.bmm(a, b)", {"a": r(2, 3, 4), "b": r(2, 4, 3).double()}),
    (17, "nn.CrossEntropyLoss()(x, y)", {"x": r(4, 3), "y": r(4)}),
    (18, "nn.CrossEntropyLoss()(x, y)", {"x": r(4, 3), "y": torch.zeros(4, 1).long()}),
    (19, "nn.CrossEntropyLoss()(x, y)", {"x": r(4, 3), "y": torch.zeros(5).long()}),
    (20, "nn.CrossEntropyLoss()(x, y)", {"x": r(100, 10), "y": torch.zeros(64).long()}),
    (21, "nn.BCELoss()(x, y)", {"x": r(4, 1), "y": r(4)}),
    (22, "nn.BCEWithLogitsLoss()(x, y)", {"x": r(4, 1), "y": r(4)}),
    (23, "nn.Conv2d(3, 16, 3)(x)", {"x": r(8, 1, 28, 28)}),
    (24, "nn.Conv2d(3, 16, 3)(x)", {"x": r(8, 32, 32, 3)}),
    (25, "nn.Conv2d(1, 16, 3)(x)", {"x": r(64, 28, 28)}),
    (26, "nn.Linear(7200, 10)(x)", {"x": r(8, 900)}),
    (27, "a + b", {"a": r(3, 4), "b": r(3)}),
    (28, "a + b", {"a": r(1, 8, 28, 28), "b": r(1, 8, 28, 56)}),
    (29, "x.view(4, 2)", {"x": r(6)}),
    (30, "torch.stack([a, b])", {"a": r(3, 32, 32), "b": r(1, 32, 32)}),
    (31, "torch.stack([a, b])", {"a": r(3), "b": r(4)}),
    (32, "nn.BatchNorm1d(16)(x)", {"x": r(1, 16)}),
    (37, "x.numpy()", {"x": r(3).requires_grad_()}),
    (39, "torch.relu(x)", {"x": np.zeros(3)}),
    (43, "nn.Conv2d(1, 8, 3)(x)", {"x": r(28, 28)}),
    (44, "nn.Conv2d(3, 8, 3)(x)", {"x": r(2, 4, 3, 32, 32)}),
    (45, "nn.Conv2d(3, 8, 7)(x)", {"x": r(1, 3, 5, 5)}),
    (46, "nn.Conv1d(16, 32, 3)(x)", {"x": r(8, 100, 16)}),
    (47, "nn.ConvTranspose2d(64, 32, 2)(x)", {"x": r(1, 32, 8, 8)}),
    (48, "nn.MaxPool2d(2)(x)", {"x": r(1, 16, 1, 1)}),
    (49, "nn.MaxPool2d(2)(x)", {"x": r(8, 8)}),
    (50, "nn.BatchNorm2d(16)(x)", {"x": r(4, 32, 8, 8)}),
    (51, "nn.BatchNorm1d(64)(x)", {"x": r(4, 128)}),
    (52, "nn.BatchNorm2d(16)(x)", {"x": r(4, 16)}),
    (53, "nn.BatchNorm1d(16)(x)", {"x": r(4, 16, 8, 8)}),
    (54, "nn.LayerNorm(64)(x)", {"x": r(8, 10, 32)}),
    (55, "nn.LSTM(10, 20)(x)", {"x": r(7, 4, 12)}),
    (56, "nn.LSTM(10, 20, batch_first=True)(x, (h, h))", {"x": r(4, 7, 10), "h": r(1, 7, 20)}),
    (57, "nn.LSTM(10, 20, num_layers=2)(x, (h, h))", {"x": r(7, 4, 10), "h": r(1, 4, 20)}),
    (58, "nn.LSTM(10, 20)(x, (h, h))", {"x": r(7, 4, 10), "h": r(4, 20)}),
    (59, "nn.GRU(10, 20)(x, h)", {"x": r(7, 4, 10), "h": r(1, 7, 20)}),
    (60, "nn.LSTM(10, 20)(x, (h, h))", {"x": r(7, 10), "h": r(1, 4, 20)}),
    (61, "nn.Sequential(nn.LSTM(10, 6), nn.Linear(6, 2))(x)", {"x": r(7, 4, 10)}),
    (62, "nn.LSTM(10, 20)(x)", {"x": r(7, 4, 10).double()}),
    (63, "nn.Embedding(10, 3)(x)", {"x": r(4)}),
    (64, "nn.NLLLoss()(x, y)", {"x": r(4, 3), "y": r(4)}),
    (65, "nn.CrossEntropyLoss()(x, y)", {"x": r(4, 3), "y": torch.zeros(4, 3).long()}),
    (66, "nn.CrossEntropyLoss()(x, y)", {"x": r(4, 3), "y": torch.zeros(4).int()}),
    (68, "nn.CrossEntropyLoss()(x, y)", {"x": r(4, 7, 100), "y": torch.zeros(4, 7).long()}),
    (69, "nn.CrossEntropyLoss()(y, x)", {"x": r(4, 3), "y": torch.zeros(4).long()}),
    (
        71,
        "nn.CrossEntropyLoss(weight=v)(x, y)",
        {"x": r(4, 3), "y": torch.zeros(4).long(), "v": torch.ones(2)},
    ),
    (72, "nn.BCELoss()(x, y)", {"x": r(4), "y": torch.ones(4).long()}),
    (73, "nn.BCEWithLogitsLoss()(x, y)", {"x": r(4), "y": torch.ones(4).long()}),
    (74, "nn.BCELoss()(x, y)", {"x": r(4), "y": torch.ones(4).double()}),
    (76, "nn.MSELoss()(x, y)", {"x": r(4, 3), "y": r(4, 4)}),
    (77, "x.mean()", {"x": torch.ones(3).long()}),
    (78, "operator.iadd(x, 0.5)", {"x": torch.ones(3).long()}),
    (79, "x.requires_grad_()", {"x": torch.ones(3).long()}),
    (80, "torch.softmax(x, 0)", {"x": torch.ones(3).long()}),
    (81, "x - x", {"x": torch.ones(3).bool()}),
    (82, "x[y]", {"x": r(3), "y": r(3)}),
    (83, "x.gather(1, y)", {"x": r(3, 3), "y": r(3, 3)}),
    (84, "x.gather(1, y)", {"x": r(3, 3), "y": torch.zeros(3).long()}),
    (85, "x.masked_fill(y, 0)", {"x": r(3), "y": torch.zeros(3).long()}),
    (86, "x[m]", {"x": r(3, 4), "m": torch.ones(2).bool()}),
    (87, "x[3]", {"x": r(3)}),
    (88, "x[0, 0, 0]", {"x": r(3, 4)}),
    (89, "x[0]", {"x": torch.tensor(1.0)}),
    (90, "x.sum(dim=1)", {"x": r(3)}),
    (91, "x.view(6)", {"x": r(2, 3).T}),
    (92, "x.view(-1, -1)", {"x": r(2, 3)}),
    (93, "x.permute(0, 1)", {"x": r(2, 3, 4)}),
    (94, "x.transpose(1, 0, 2)", {"x": r(2, 3, 4)}),
    (95, "torch.cat([x, y])", {"x": r(2, 3), "y": r(2, 4)}),
    (96, "torch.cat([x, y])", {"x": r(2, 3), "y": r(2)}),
    (97, "torch.cat(x, x)", {"x": r(2, 3)}),
    (98, "torch.cat([x, x], dim=1)", {"x": r(2)}),
    (99, "torch.stack([x, y])", {"x": r(2, 3), "y": r(2, 4)}),
    (100, "torch.cat([x, y], dim=1)", {"x": r(1, 4, 56, 56), "y": r(1, 4, 57, 57)}),
    (102, "q @ k", {"q": r(8, 10, 64), "k": r(8, 10, 64)}),
    (103, "q @ k", {"q": r(8, 10, 64), "k": r(4, 64, 10)}),
    (104, "torch.bmm(x, x)", {"x": r(3, 3)}),
    (105, "torch.mm(x, x)", {"x": r(3, 3, 3)}),
    (106, "x @ y", {"x": r(3, 4), "y": r(3)}),
    (107, "torch.einsum('ijk,jk->i', x, y)", {"x": r(3, 4), "y": r(3, 4)}),
    (108, "nn.MultiheadAttention(10, 3)(x, x, x)", {"x": r(3, 4, 10)}),
    (109, "nn.MultiheadAttention(64, 8)(x, x, x)", {"x": r(3, 4, 32)}),
    (110, "nn.MultiheadAttention(64, 8)(x, x, x, attn_mask=m)", {"x": r(10, 4, 64), "m": r(9, 9)}),
    (111, "x.item()", {"x": r(3)}),
    (112, "float(x)", {"x": r(3)}),
    (113, "bool(x)", {"x": r(3)}),
    (114, "x.backward()", {"x": r(3).requires_grad_() * 2}),
    (117, "x.backward()", {"x": r(())}),
    (125, "F.cross_entropy(None, y)", {"y": torch.zeros(3).long()}),
    (126, "nn.Sequential([nn.Linear(3, 2)])(x)", {"x": r(3)}),
    (127, "nn.ModuleList([nn.Linear(3, 2)])(x)", {"x": r(3)}),
    (129, "nn.Linear(128 / 2, 10)(x)", {"x": r(3)}),
    (130, "nn.Conv2d(3, 64 / 2, 3)(x)", {"x": r(3)}),
    (131, "nn.Conv2d(3, 4, 3, groups=2)(x)", {"x": r(3)}),
    (134, "torch.tensor([[1, 2], [3]])", {}),
    (135, "torch.tensor([a, a])", {"a": r(3)}),
    (136, "x[::-1]", {"x": r(3)}),
    (138, "x.astype", {"x": r(3)}),
    (148, "nn.utils.rnn.pack_padded_sequence(x, l)", {"x": r(4, 2, 3), "l": torch.tensor(4)}),
    (149, "F.interpolate(x, size=(16, 16))", {"x": r(3, 8, 8)[0][None]}),
    (150, "operator.setitem(x, 0, y)", {"x": r(2, 3), "y": r(4)}),
    (151, "operator.iadd(x, y)", {"x": r(3), "y": r(2, 3)}),
]


def quoted(catalogue: str) -> dict[int, str]:
    """The messages of the catalogue, by row."""
    found = {}
    for line in catalogue.splitlines():
        match = re.match(r"\| (\d+) \| .*? \| (\w+: .*?) \| ", line)
        if match:
            found[int(match[1])] = match[2].split("…")[0].strip()
    return found


def main() -> None:
    import operator

    texts = quoted(Path(sys.argv[1]).read_text(encoding="utf-8"))
    client = OracleClient()
    client.start()
    wrong = 0
    for number, expression, names in ROWS:
        real = eager(expression, {**names, "operator": operator})
        expected = w.Error(type(real).__name__, str(real))
        answer = client.ask(request(expression, names))
        if answer != expected:
            wrong += 1
            print(f"{number}: {expression}: {answer} is not {expected}")
        said = re.sub(r"\s+", " ", f"{expected.type}: {expected.text}")
        if number in texts and not said.startswith(texts[number].rstrip(".")[:60]):
            print(f"{number}: the catalogue says {texts[number]!r}, torch {said!r}")
    print(f"{len(ROWS) - wrong} of {len(ROWS)} rows are answered with torch's own words")
    client.close()


if __name__ == "__main__":
    main()
