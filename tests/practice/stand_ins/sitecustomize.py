"""Lets programs that download data or weights run without a network, on data of the true shapes.

Python imports this file by itself where its folder is in PYTHONPATH. What the programs are given
has torchvision's own types, item shapes, dtypes and lengths; only the values are random.
"""

import importlib.abc
import importlib.machinery
import os
import random
import sys


class _Loader(importlib.abc.Loader):
    """Runs a function once a module has been executed."""

    def __init__(self, loader, then):
        self._loader, self._then = loader, then

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        self._loader.exec_module(module)
        self._then(module)


class _After:
    """Finds modules as always, and has them changed once they are there."""

    def find_spec(self, name, path=None, target=None):
        if name == "torchvision._meta_registrations":
            _declare_operators()
        then = _THEN.get(name)
        if then is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, then)
        return spec


def _declare_operators():
    """PyPI's torchvision is built for CUDA; beside a CPU build two operators are missing."""
    import torch

    if not sys.modules["torchvision.extension"]._has_ops():
        _After.library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            _After.library.define(name + "(Tensor boxes, Tensor scores, float limit) -> Tensor")


def _mnist(module):
    import torch

    def load(self):
        count = 60000 if self.train else 10000
        images = torch.randint(0, 256, (count, 28, 28), dtype=torch.uint8)
        return images, torch.randint(0, len(self.classes), (count,))

    module.MNIST._check_exists = lambda self: True
    module.MNIST._check_legacy_exist = lambda self: False
    module.MNIST._load_data = load


def _cifar(module):
    import numpy
    from torchvision.datasets.vision import VisionDataset

    def start(self, root, train=True, transform=None, target_transform=None, download=False):
        VisionDataset.__init__(self, root, None, transform, target_transform)
        self.train = train
        count = 50000 if train else 10000
        self.data = numpy.random.randint(0, 256, (count, 32, 32, 3), dtype=numpy.uint8)
        kinds = 100 if isinstance(self, module.CIFAR100) else 10
        self.targets = [random.randrange(kinds) for _ in range(count)]
        self.classes = [f"class {i}" for i in range(kinds)]
        self.class_to_idx = {name: i for i, name in enumerate(self.classes)}

    module.CIFAR10.__init__ = start


def _folder(module):
    from PIL import Image

    own_classes, own_samples = module.DatasetFolder.find_classes, module.DatasetFolder.make_dataset
    own_loader = module.default_loader

    def classes(self, directory):
        if os.path.isdir(directory):
            return own_classes(self, directory)
        names = [f"class{i}" for i in range(10)]
        return names, {name: i for i, name in enumerate(names)}

    def samples(directory, *args, **options):
        if os.path.isdir(directory):
            return own_samples(directory, *args, **options)
        return [(os.path.join(directory, f"class{i % 10}", f"{i}.jpg"), i % 10) for i in range(640)]

    def load(path):
        if os.path.exists(path):
            return own_loader(path)
        return Image.new("RGB", (random.randint(300, 500), random.randint(300, 500)))

    module.DatasetFolder.find_classes = classes
    module.DatasetFolder.make_dataset = staticmethod(samples)
    module.default_loader = load
    module.ImageFolder.__init__.__defaults__ = tuple(
        load if value is own_loader else value for value in module.ImageFolder.__init__.__defaults__
    )


def _weights(module):
    """Weights are not downloaded: a model keeps the random ones it was made with."""
    from torch import nn

    own = nn.Module.load_state_dict

    def load(self, state, *args, **options):
        return None if state is None else own(self, state, *args, **options)

    nn.Module.load_state_dict = load
    module.WeightsEnum.get_state_dict = lambda self, *args, **options: None


_THEN = {
    "torchvision.datasets.mnist": _mnist,
    "torchvision.datasets.cifar": _cifar,
    "torchvision.datasets.folder": _folder,
    "torchvision.models._api": _weights,
}

sys.meta_path.insert(0, _After())
