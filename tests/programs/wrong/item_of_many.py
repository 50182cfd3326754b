import torch
import torch.nn.functional as F

torch.manual_seed(0)
logits = torch.randn(10, 4)
labels = torch.randint(0, 4, (10,))
loss = F.cross_entropy(logits, labels, reduction="none")
running_loss = 0.0
running_loss += loss.item()
print(running_loss)
