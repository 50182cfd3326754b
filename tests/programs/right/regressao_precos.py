"""Regressão do preço de casas com dados inventados."""

import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(123)


class CasasDataset(Dataset):
    def __init__(self, quantidade):
        self.atributos = torch.rand(quantidade, 5)
        pesos_reais = torch.tensor([3.0, -1.5, 2.0, 0.5, 1.0])
        ruido = 0.05 * torch.randn(quantidade)
        self.precos = (self.atributos * pesos_reais).sum(dim=1) + ruido

    def __len__(self):
        return self.atributos.shape[0]

    def __getitem__(self, indice):
        return self.atributos[indice], self.precos[indice]


class RedeRegressora(nn.Module):
    def __init__(self, n_entradas, n_ocultos):
        super().__init__()
        self.camada1 = nn.Linear(n_entradas, n_ocultos)
        self.camada2 = nn.Linear(n_ocultos, n_ocultos)
        self.saida = nn.Linear(n_ocultos, 1)
        self.ativacao = nn.ReLU()

    def forward(self, entrada):
        oculto = self.ativacao(self.camada1(entrada))
        oculto = self.ativacao(self.camada2(oculto))
        return self.saida(oculto)


def treinar(modelo, carregador, otimizador, criterio, epocas):
    perdas = []
    for epoca in range(epocas):
        perda_total = 0.0
        for atributos, precos in carregador:
            precos = precos.unsqueeze(1)
            previsao = modelo(atributos)
            perda = criterio(previsao, precos)
            otimizador.zero_grad()
            perda.backward()
            otimizador.step()
            perda_total += perda.item()
        perdas.append(perda_total / len(carregador))
        print(f"época {epoca + 1}: perda = {perdas[-1]:.4f}")
    return perdas


conjunto_treino = CasasDataset(100)
conjunto_teste = CasasDataset(20)
carregador = DataLoader(conjunto_treino, batch_size=20, shuffle=True)
modelo = RedeRegressora(5, 16)
otimizador = optim.Adam(modelo.parameters(), lr=0.01)
criterio = nn.MSELoss()
perdas = treinar(modelo, carregador, otimizador, criterio, epocas=3)

modelo.eval()
with torch.no_grad():
    previsoes = modelo(conjunto_teste.atributos).squeeze()
    erro = torch.abs(previsoes - conjunto_teste.precos)
    print("erro médio:", erro.mean().item(), "pior casa:", erro.argmax().item())
