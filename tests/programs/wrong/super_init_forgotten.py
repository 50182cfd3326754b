import torch
import torch.nn as nn


class RedeNeural(nn.Module):
    def __init__(self, entradas, saidas):
        self.linear = nn.Linear(entradas, saidas)

    def forward(self, x):
        return self.linear(x)


rede = RedeNeural(4, 2)
dados = torch.rand(3, 4)
print(rede(dados))
