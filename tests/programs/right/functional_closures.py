from functools import partial, reduce
from itertools import islice, product

import torch
import torch.nn.functional as F

torch.manual_seed(0)

init = lambda m, n: (torch.randn(m, n) * (2 / m) ** 0.5).requires_grad_()
sizes = [2, 16, 16, 2]
params = [(init(a, b), torch.zeros(b, requires_grad=True)) for a, b in zip(sizes, sizes[1:])]


def layer(act, x, wb):
    w, b = wb
    return act(x @ w + b)


hidden = partial(layer, torch.tanh)
net = lambda x: layer(lambda z: z, reduce(hidden, params[:-1], x), params[-1])


def batches(n=16):
    while True:
        x = torch.rand(n, 2) * 2 - 1
        yield x, (x[:, 0] * x[:, 1] > 0).long()


def make_updater(lr):
    count = 0

    def update():
        nonlocal count
        count += 1
        with torch.no_grad():
            for w, b in params:
                for p in (w, b):
                    p -= lr * p.grad
                    p.grad.zero_()
        return count

    return update


update = make_updater(0.1)
for xb, yb in islice(batches(), 5):
    logits = net(xb)
    loss = F.cross_entropy(logits, yb)
    loss.backward()
    n = update()
print(n, loss.item())

x_test, y_test = next(batches(100))
accuracy = (net(x_test).argmax(-1) == y_test).float().mean()
grid = torch.tensor(list(product([-0.5, 0.5], repeat=2)))
corners = net(grid).softmax(-1)
total = sum(w.numel() + b.numel() for w, b in params)
norms = torch.stack([w.norm() for w, _ in params])
*first, last = [w.shape[1] for w, _ in params]
