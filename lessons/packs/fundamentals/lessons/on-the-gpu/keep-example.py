import torch

device = "cuda" if torch.cuda.is_available() else "cpu"
x = torch.rand(5, 4)
x.to(device)
y = x * 2
