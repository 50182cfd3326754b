import torch
import torch.nn as nn
from sklearn.datasets import make_circles
from sklearn.model_selection import train_test_split

X, y = make_circles(400, noise=0.03, random_state=42)
X = torch.from_numpy(X).type(torch.float)
y = torch.from_numpy(y)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)


class CircleModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer_1 = nn.Linear(2, 5)
        self.layer_2 = nn.Linear(5, 1)

    def forward(self, x):
        return torch.sigmoid(self.layer_2(torch.relu(self.layer_1(x))))


model_0 = CircleModel()
loss_fn = nn.BCELoss()
optimizer = torch.optim.SGD(model_0.parameters(), lr=0.1)
for epoch in range(3):
    y_pred = model_0(X_train).squeeze()
    loss = loss_fn(y_pred, y_train)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
