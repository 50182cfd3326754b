import torch

device = "cuda" if torch.cuda.is_available() else "cpu"

x = torch.rand(3, 4)
moved = x.to(device)

ones = torch.ones(4, device=device)
total = moved + ones

result = total.cpu()
