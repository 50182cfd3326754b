#!/usr/bin/env python
import argparse

import torch
import torch.nn as nn
import torch.nn.functional as F


class MLP(nn.Module):
    def __init__(self, in_dim, hidden, n_layers, n_classes, dropout):
        super().__init__()
        dims = [in_dim] + [hidden] * n_layers
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(dims[:-1], dims[1:]))
        self.norms = nn.ModuleList(nn.BatchNorm1d(b) for b in dims[1:])
        self.dropout = dropout
        self.out = nn.Linear(dims[-1], n_classes)

    def forward(self, x):
        for layer, norm in zip(self.layers, self.norms):
            x = F.relu(norm(layer(x)))
            x = F.dropout(x, p=self.dropout, training=self.training)
        return self.out(x)


def get_args():
    parser = argparse.ArgumentParser(description="PyTorch example")
    parser.add_argument("--batch-size", type=int, default=16, metavar="N")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--lr", type=float, default=0.01)
    parser.add_argument("--hidden", type=int, default=24)
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--classes", type=int, default=5)
    parser.add_argument("--no-cuda", action="store_true", default=False)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--optim", choices=["sgd", "adam"], default="adam")
    return parser.parse_args()


def main():
    args = get_args()
    use_cuda = not args.no_cuda and torch.cuda.is_available()
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if use_cuda else "cpu")

    n = 6 * args.batch_size
    data = torch.randn(n, 10, device=device)
    target = torch.randint(args.classes, (n,), device=device)

    model = MLP(10, args.hidden, args.layers, args.classes, dropout=0.1).to(device)
    if args.optim == "adam":
        optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    else:
        optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)

    for epoch in range(args.epochs):
        model.train()
        perm = torch.randperm(n)
        for i in range(0, n, args.batch_size):
            idx = perm[i : i + args.batch_size]
            xb, yb = data[idx], target[idx]
            logits = model(xb)
            loss = F.cross_entropy(logits, yb, label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.inference_mode():
            acc = (model(data).argmax(1) == target).float().mean()
        print(f"epoch {epoch} loss {loss:.3f} acc {acc:.2%}")


if __name__ == "__main__":
    main()
