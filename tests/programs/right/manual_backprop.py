# a two layer network and its gradients, by hand, with tensors only
import torch

torch.manual_seed(0)

n, d, h, c = 40, 6, 12, 3
X = torch.randn(n, d)
y = torch.randint(c, (n,))
Y = torch.zeros(n, c)
Y[torch.arange(n), y] = 1

W1 = torch.randn(d, h) * 0.1
b1 = torch.zeros(h)
W2 = torch.randn(h, c) * 0.1
b2 = torch.zeros(c)
lr = 0.5


def softmax(z):
    z = z - z.max(dim=1, keepdim=True)[0]
    e = torch.exp(z)
    return e / e.sum(dim=1, keepdim=True)


for step in range(30):
    # forward
    z1 = X @ W1 + b1
    a1 = z1.clamp(min=0)
    z2 = a1 @ W2 + b2
    p = softmax(z2)
    loss = -(Y * torch.log(p + 1e-9)).sum() / n

    # backward
    dz2 = (p - Y) / n
    dW2 = a1.t() @ dz2
    db2 = dz2.sum(0)
    da1 = dz2 @ W2.t()
    dz1 = da1.clone()
    dz1[z1 <= 0] = 0
    dW1 = X.t() @ dz1
    db1 = dz1.sum(dim=0)

    W1 -= lr * dW1
    b1 -= lr * db1
    W2 -= lr * dW2
    b2 -= lr * db2
    if step % 10 == 0:
        acc = (p.argmax(1) == y).float().mean()
        print(step, loss.item(), acc.item())

# compare with autograd
W = W1.clone().requires_grad_()
out = torch.relu(X @ W + b1) @ W2 + b2
l = torch.nn.functional.cross_entropy(out, y)
l.backward()
diff = (W.grad - dW1).abs().max()
