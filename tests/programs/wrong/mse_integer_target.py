import torch
from torch import nn

x = torch.arange(10).unsqueeze(1)
y = 3 * x + 2
modelo = nn.Linear(1, 1)
criterio = nn.MSELoss()
previsao = modelo(x)
perda = criterio(previsao, y)
perda.backward()
