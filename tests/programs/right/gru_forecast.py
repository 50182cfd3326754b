"""Forecast a noisy seasonal series with a GRU on sliding windows."""

import numpy as np
import torch
import torch.nn as nn

WINDOW = 24
HORIZON = 6


def make_series(n=240, seed=0):
    rng = np.random.RandomState(seed)
    t = np.arange(n)
    series = 10 + 0.02 * t + 3 * np.sin(2 * np.pi * t / 24) + rng.normal(scale=0.3, size=n)
    return series


def sliding_windows(data, window, horizon):
    xs, ys = [], []
    for i in range(len(data) - window - horizon + 1):
        xs.append(data[i : i + window])
        ys.append(data[i + window : i + window + horizon])
    return np.array(xs), np.array(ys)


class MinMax:
    def fit(self, x):
        self.low, self.high = x.min(), x.max()
        return self

    def transform(self, x):
        return (x - self.low) / (self.high - self.low)

    def inverse(self, x):
        return x * (self.high - self.low) + self.low


class Forecaster(nn.Module):
    def __init__(self, input_size=1, hidden_size=20, num_layers=2, horizon=HORIZON):
        super().__init__()
        self.num_layers = num_layers
        self.hidden_size = hidden_size
        self.gru = nn.GRU(input_size, hidden_size, num_layers, batch_first=True, dropout=0.1)
        self.fc = nn.Linear(hidden_size, horizon)

    def forward(self, x):
        h0 = torch.zeros(self.num_layers, x.size(0), self.hidden_size, device=x.device)
        out, hn = self.gru(x, h0)
        return self.fc(out[:, -1])


series = make_series()
scaler = MinMax().fit(series[:180])
scaled = scaler.transform(series)
x, y = sliding_windows(scaled, WINDOW, HORIZON)
split = 150
trainX = torch.Tensor(x[:split]).unsqueeze(-1)
trainY = torch.Tensor(y[:split])
testX = torch.Tensor(x[split:]).unsqueeze(-1)
testY = torch.Tensor(y[split:])
print(trainX.shape, trainY.shape, testX.shape)

torch.manual_seed(0)
model = Forecaster()
criterion = nn.SmoothL1Loss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    for start in range(0, split, 50):
        batch_x, batch_y = trainX[start : start + 50], trainY[start : start + 50]
        pred = model(batch_x)
        loss = criterion(pred, batch_y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("Epoch: %d, loss: %1.5f" % (epoch, loss.item()))

model.eval()
with torch.no_grad():
    test_predict = model(testX)
predicted = scaler.inverse(test_predict.numpy())
actual = scaler.inverse(testY.numpy())
rmse = np.sqrt(((predicted - actual) ** 2).mean(axis=0))
print(rmse)
