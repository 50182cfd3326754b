import torch

photo = torch.rand(3, 32, 32)
grey = torch.rand(16, 32, 32)
prediction = torch.rand(16, 1)
target = torch.rand(16)

batch = ...
grey_batch = ...
error = ...
