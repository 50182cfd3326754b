import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
dispositivo = "cuda" if torch.cuda.is_available() else "cpu"
NUM_CLASSES = 10


class RedeConv(nn.Module):
    """LeNet com dropout, entrada 1x28x28."""

    def __init__(self):
        super(RedeConv, self).__init__()
        self.conv1 = nn.Conv2d(1, 10, kernel_size=5)
        self.conv2 = nn.Conv2d(10, 20, kernel_size=5)
        self.conv2_drop = nn.Dropout2d()
        self.fc1 = nn.Linear(320, 50)
        self.fc2 = nn.Linear(50, NUM_CLASSES)

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.conv2_drop(self.conv2(x)), 2))
        x = x.view(-1, 320)
        x = F.relu(self.fc1(x))
        x = F.dropout(x, training=self.training)
        x = self.fc2(x)
        return F.log_softmax(x, dim=1)


rede = RedeConv().to(dispositivo)
otimizador = torch.optim.SGD(rede.parameters(), lr=0.05, momentum=0.9)
for passo in range(4):
    lote = torch.rand(16, 1, 28, 28, device=dispositivo)
    rotulos = torch.randint(0, NUM_CLASSES, (16,)).to(dispositivo)
    saida = rede(lote)
    perda = F.nll_loss(saida, rotulos)
    otimizador.zero_grad()
    perda.backward()
    otimizador.step()
    print(passo, float(perda))

# olhando por dentro
filtros = rede.conv1.weight.detach().cpu()
minimo, maximo = filtros.min(), filtros.max()
filtros = (filtros - minimo) / (maximo - minimo)
rede.eval()
ativacoes = {}


def guarda(nome):
    def gancho(modulo, entrada, saida):
        ativacoes[nome] = saida.detach()

    return gancho


rede.conv2.register_forward_hook(guarda("conv2"))
_ = rede(lote[:1])
mapa = ativacoes["conv2"].squeeze()
print(filtros.shape, mapa.shape)
