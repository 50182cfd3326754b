"""Runs on a CUDA device: what is found, and what fails there. Skipped where there is none."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")

PROGRAM = """\
import torch
from torch import nn

device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Linear(6, 3).to(device)
x = torch.randn(4, 6)
x = x.to(device)
y = model(x)
z = y.detach().cpu()
n = y.sum().item()
"""

# What torch says when a program mixes devices, or fills one.
FAILURES = {
    "matmul": (
        "torch.ones(2, 3) @ torch.ones(3, 2, device='cuda')",
        "Expected all tensors to be on the same device",
        None,
    ),
    "layer on the device, input not": (
        "torch.nn.Linear(3, 2).cuda()(torch.ones(1, 3))",
        "Expected all tensors to be on the same device",
        None,
    ),
    "convolution": (
        "torch.nn.Conv2d(1, 2, 3).cuda()(torch.ones(1, 1, 8, 8))",
        "Input type (torch.FloatTensor) and weight type (torch.cuda.FloatTensor)"
        " should be the same",
        None,
    ),
    "to NumPy": (
        "torch.ones(2, device='cuda').numpy()",
        "can't convert cuda:0 device type tensor to numpy",
        None,
    ),
    "out of memory": (
        "torch.empty(1 << 46, device='cuda')",
        "CUDA out of memory",
        "device",
    ),
}


def test_shapes_and_devices(trace) -> None:
    report = trace(PROGRAM)
    assert report.reason == "finished", report.output
    assert report.device is not None and report.device.kind == "cuda" and report.device.name
    found = [
        (seen.place.line, seen.name, seen.last.shape, seen.last.device, seen.last.requires_grad)
        for seen in report.seen
        if seen.kind == "variable"
    ]
    assert found == [
        (6, "x", (4, 6), "cpu", False),
        (7, "x", (4, 6), "cuda:0", False),
        (8, "y", (4, 3), "cuda:0", True),
        (9, "z", (4, 3), "cpu", False),
    ]


def test_finding_the_device_leaves_it_to_the_program(trace) -> None:
    report = trace(
        """
        import os
        import torch
        x = torch.ones(2)
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
        print(torch.cuda.is_available())
        """
    )
    assert report.output == "False\n"


@pytest.mark.parametrize("source, message, memory", FAILURES.values(), ids=FAILURES)
def test_failures(trace, source: str, message: str, memory: str | None) -> None:
    report = trace(f"import torch\n{source}\n")
    assert report.failure is not None
    assert message in report.failure.message
    assert report.failure.memory == memory
    assert [frame.place.line for frame in report.failure.frames] == [2]
