import numpy as np
import torch
from torch import nn

houses = np.ones((6, 3))
model = nn.Linear(3, 1)

x = ...
prices = model(x)
array = prices
copy = array.astype("float64")
