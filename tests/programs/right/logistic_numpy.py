import numpy as np
import torch
import torch.nn as nn

np.random.seed(3)
torch.manual_seed(3)

# two clouds of points
n = 80
class0 = np.random.randn(n, 2) + np.array([-2, 0])
class1 = np.random.randn(n, 2) + np.array([2, 1])
X = np.vstack([class0, class1])
t = np.concatenate([np.zeros(n), np.ones(n)])

# shuffle and normalise
order = np.random.permutation(len(X))
X, t = X[order], t[order]
mean, std = X.mean(axis=0), X.std(axis=0)
X = (X - mean) / std

split = int(0.75 * len(X))
X_train = torch.from_numpy(X[:split].astype(np.float32))
X_test = torch.from_numpy(X[split:].astype(np.float32))
y_train = torch.from_numpy(t[:split].astype(np.float32)).view(-1, 1)
y_test = torch.from_numpy(t[split:].astype(np.float32)).view(-1, 1)


class LogisticRegression(nn.Module):
    def __init__(self, n_input_features):
        super(LogisticRegression, self).__init__()
        self.linear = nn.Linear(n_input_features, 1)

    def forward(self, x):
        y_predicted = torch.sigmoid(self.linear(x))
        return y_predicted


model = LogisticRegression(X.shape[1])
criterion = nn.BCELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

for epoch in range(100):
    y_predicted = model(X_train)
    loss = criterion(y_predicted, y_train)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    if (epoch + 1) % 20 == 0:
        print(f"epoch: {epoch + 1}, loss = {loss.item():.4f}")

with torch.no_grad():
    y_predicted = model(X_test)
    y_predicted_cls = y_predicted.round()
    acc = y_predicted_cls.eq(y_test).sum() / float(y_test.shape[0])
    print(f"accuracy = {acc:.4f}")

# decision line, back in NumPy
w = model.linear.weight.detach().numpy()
b = model.linear.bias.detach().numpy()
xs = np.linspace(-2, 2, 50)
line = -(w[0, 0] * xs + b[0]) / w[0, 1]
print(line[:3])
