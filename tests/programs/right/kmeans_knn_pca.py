"""Classic algorithms with plain tensors, no nn."""

import torch


def kmeans(X, k, iters=5):
    centers = X[torch.randperm(len(X))[:k]]
    for _ in range(iters):
        d = ((X[:, None, :] - centers[None, :, :]) ** 2).sum(-1)
        assign = d.argmin(1)
        centers = torch.stack([X[assign == j].mean(0) for j in range(k)])
    return centers, assign


def knn_predict(X, y, queries, k=3):
    dist = torch.cdist(queries, X)
    knn = dist.topk(k, largest=False)
    votes = y[knn.indices]
    return votes.mode(dim=1).values


def pca(X, n_components=2):
    mu = X.mean(dim=0, keepdim=True)
    Xc = X - mu
    U, S, Vh = torch.linalg.svd(Xc, full_matrices=False)
    components = Vh[:n_components]
    explained = S**2 / (len(X) - 1)
    return Xc @ components.T, components, explained[:n_components] / explained.sum()


torch.manual_seed(0)
clusters = [
    torch.randn(30, 4) * 0.3 + torch.tensor(c)
    for c in ([0.0, 0, 0, 0], [3.0, 3, 0, 1], [-3.0, 1, 2, 0])
]
X = torch.cat(clusters)
y = torch.repeat_interleave(torch.arange(3), 30)

centers, assign = kmeans(X, 3)
print(centers)

q = torch.randn(5, 4)
pred = knn_predict(X, y, q)
print(pred)

Z, comps, ratio = pca(X)
print(Z.shape, ratio)

cov = torch.cov(X.T)
eigvals, eigvecs = torch.linalg.eigh(cov)
idx = eigvals.argsort(descending=True)
W = eigvecs[:, idx[:2]]
Z2 = (X - X.mean(0)) @ W

# least squares
A = torch.cat([X, torch.ones(len(X), 1)], dim=1)
b = y.float().unsqueeze(1)
solution = torch.linalg.lstsq(A, b).solution
w_closed = torch.linalg.inv(A.T @ A) @ A.T @ b
residual = (A @ solution - b).norm()
onehot = torch.nn.functional.one_hot(y, num_classes=3)
counts = onehot.sum(0)
values, freq = torch.unique(y, return_counts=True)
