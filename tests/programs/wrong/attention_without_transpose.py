import math
import torch
import torch.nn as nn


class SelfAttention(nn.Module):
    def __init__(self, d_model):
        super().__init__()
        self.q = nn.Linear(d_model, d_model)
        self.k = nn.Linear(d_model, d_model)
        self.v = nn.Linear(d_model, d_model)
        self.scale = math.sqrt(d_model)

    def forward(self, x):
        q = self.q(x)
        k = self.k(x)
        v = self.v(x)
        scores = torch.matmul(q, k) / self.scale
        weights = torch.softmax(scores, dim=-1)
        return torch.matmul(weights, v)


tokens = torch.randint(0, 100, (8, 10))
embedding = nn.Embedding(100, 64)
attention = SelfAttention(64)
context = attention(embedding(tokens))
print(context.shape)
