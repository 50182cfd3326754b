"""Which device a run has at hand."""

from __future__ import annotations

import os
import sys
from typing import Any, Dict

_NVML = "PYTORCH_NVML_BASED_CUDA_CHECK"


def available() -> Dict[str, Any]:
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
        if torch.cuda.is_initialized():
            return str(torch.cuda.get_device_name())
    except Exception:
        # A build without CUDA, or a driver that does not answer.
        pass
    return ""


def _kind(torch: Any) -> str:
    if _has_cuda(torch):
        return "cuda"
    try:
        if torch.backends.mps.is_available():
            return "mps"
    except AttributeError:
        pass  # A torch older than Apple's GPUs.
    for kind in ("xpu", "hpu", "npu"):
        try:
            if getattr(torch, kind).is_available():
                return kind
        except Exception:
            continue  # Not in this build.
    return "cpu"


def _has_cuda(torch: Any) -> bool:
    before = os.environ.get(_NVML)
    os.environ[_NVML] = "1"
    try:
        return bool(torch.cuda.is_available())
    except Exception:
        return False
    finally:
        if before is None:
            del os.environ[_NVML]
        else:
            os.environ[_NVML] = before
