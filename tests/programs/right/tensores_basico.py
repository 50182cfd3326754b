# Aula 1: tensores
import torch

# criando tensores
escalar = torch.tensor(7)
vetor = torch.tensor([1, 2, 3])
matriz = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
zeros = torch.zeros(3, 4)
uns = torch.ones_like(zeros)
aleatorio = torch.rand(size=(3, 4))
sequencia = torch.arange(0, 10, 2)

print("forma:", matriz.shape, "tipo:", matriz.dtype, "dispositivo:", matriz.device)

# operações
soma = matriz + 10
produto = matriz * matriz
mat_mul = matriz @ matriz
transposta = aleatorio.T
resultado = torch.matmul(aleatorio, transposta)

# agregação
x = torch.arange(0, 100, 10)
minimo, maximo = x.min(), x.max()
media = x.type(torch.float32).mean()
posicao = x.argmax()
print(minimo, maximo, media, posicao)

# mudando a forma
y = torch.arange(1.0, 10.0)
y_reformado = y.reshape(3, 3)
y_visao = y.view(1, 9)
empilhado = torch.stack([y, y, y], dim=0)
y_sem_dim = y_visao.squeeze()
y_com_dim = y_sem_dim.unsqueeze(dim=1)
imagem = torch.rand(224, 224, 3)
imagem_permutada = imagem.permute(2, 0, 1)

# índices
z = torch.arange(1, 10).reshape(1, 3, 3)
linha = z[0, 1]
coluna = z[:, :, 1]
elemento = z[0][2][2]
ultimos = z[..., -2:]
mascara = z > 4
grandes = z[mascara]

# numpy
array = torch.ones(7).numpy()
tensor = torch.from_numpy(array)
array[0] = 5
print(tensor[0].item(), elemento.item(), grandes)

# desafio
vetor_caracteristicas = torch.rand(10)
pesos = torch.rand(10, 5)
saida = vetor_caracteristicas @ pesos
probabilidades = torch.softmax(saida, dim=0)
