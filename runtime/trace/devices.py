"""Which device a run has at hand."""

from __future__ import annotations

import os
import sys
from typing import Any

_NVML = "PYTORCH_NVML_BASED_CUDA_CHECK"


def available() -> dict[str, Any]:
    """What torch would compute on, and its version.

    Finding it does not start CUDA: that would fix `CUDA_VISIBLE_DEVICES` and break
    processes that the program forks later.
    """
    torch: Any = sys.modules["torch"]
    version = str(getattr(torch, "__version__", ""))
    return {"torch": version, "device": _kind(torch), "name": name()}


def name() -> str:
    """The accelerator's name; empty for a CPU, and until the program has started CUDA."""
    torch: Any = sys.modules["torch"]
    try:
        return str(torch.cuda.get_device_name()) if torch.cuda.is_initialized() else ""
    except Exception:
        return ""  # A driver that does not answer.


def _kind(torch: Any) -> str:
    if _has_cuda(torch):
        return "cuda"
    if _answers(getattr(torch.backends, "mps", None)):
        return "mps"
    for kind in ("xpu", "hpu", "npu"):
        if _answers(getattr(torch, kind, None)):
            return kind
    return "cpu"


def _answers(module: Any) -> bool:
    try:
        return bool(module.is_available())
    except Exception:
        return False  # Not in this build, or its driver does not answer.


def _has_cuda(torch: Any) -> bool:
    before = os.environ.get(_NVML)
    os.environ[_NVML] = "1"
    try:
        return _answers(torch.cuda)
    finally:
        if before is None:
            del os.environ[_NVML]
        else:
            os.environ[_NVML] = before
