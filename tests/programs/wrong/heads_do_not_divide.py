import torch
import torch.nn as nn

vocab_size = 200
d_model = 50
n_heads = 8


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, d_model)
        self.attn = nn.MultiheadAttention(d_model, n_heads, batch_first=True)
        self.norm = nn.LayerNorm(d_model)

    def forward(self, ids):
        x = self.embed(ids)
        a, _ = self.attn(x, x, x)
        return self.norm(x + a)


encoder = Encoder()
print(encoder(torch.randint(vocab_size, (2, 12))).shape)
