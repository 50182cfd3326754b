import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

rng = np.random.default_rng(0)
photo = rng.integers(0, 255, size=(48, 64, 3)).astype(np.uint8)
img = torch.from_numpy(photo).float() / 255.0
img = img.unsqueeze(0)
conv = nn.Conv2d(3, 6, kernel_size=5)
features = F.relu(conv(img))
print(features.shape)
