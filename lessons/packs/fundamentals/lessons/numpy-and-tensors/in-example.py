import numpy as np
import torch

array = np.zeros((5, 3))
