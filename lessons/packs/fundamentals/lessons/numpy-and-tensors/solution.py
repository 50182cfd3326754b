import numpy as np
import torch
from torch import nn

houses = np.ones((6, 3))
model = nn.Linear(3, 1)

x = torch.from_numpy(houses).float()
prices = model(x)
array = prices.detach().cpu().numpy()
copy = array.astype("float64")
