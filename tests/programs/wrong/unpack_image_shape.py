import torch


def to_patches(images, size):
    b, c, h, w = images.shape
    patches = images.unfold(2, size, size).unfold(3, size, size)
    return patches.reshape(b, c, -1, size, size)


def preparar(imagem):
    media = imagem.mean(dim=(1, 2), keepdim=True)
    return imagem - media


imagem = torch.rand(3, 32, 32)
pronta = preparar(imagem)
recortes = to_patches(pronta, 8)
print(recortes.shape)
