import torch
import torch.nn as nn

torch.manual_seed(0)
series = torch.sin(torch.arange(0, 40, 0.1)).view(10, 1, 40, 1)
rnn = nn.GRU(1, 8, batch_first=True)
head = nn.Linear(8, 1)
params = list(rnn.parameters()) + list(head.parameters())
opt = torch.optim.Adam(params, lr=0.01)
h = torch.zeros(1, 1, 8)
for chunk in series:
    x, y = chunk[:, :-1], chunk[:, 1:]
    out, h = rnn(x, h)
    loss = nn.functional.mse_loss(head(out), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
