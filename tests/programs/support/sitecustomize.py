"""Lets the torchvision of PyPI be imported beside a torch that was built for the CPU only.

PyPI's wheel is built for CUDA. Beside another build of torch its compiled operators cannot be
loaded, and `import torchvision` then ends at the two operators that it describes without asking
whether they are there. Declaring them is enough for the models, transforms and data sets.

Python imports this file by itself where its folder is in PYTHONPATH.
"""

import sys


class _Declare:
    """Declares the operators at the last moment, and only where they are missing."""

    library = None

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        """Finds nothing; see `importlib.abc.MetaPathFinder`."""
        if name == "torchvision._meta_registrations":
            import torch

            if not sys.modules["torchvision.extension"]._has_ops():
                cls.library = torch.library.Library("torchvision", "DEF")
                for name in ("nms", "qnms"):
                    cls.library.define(
                        name + "(Tensor boxes, Tensor scores, float limit) -> Tensor"
                    )
        return None


sys.meta_path.insert(0, _Declare)
