import copy
import torch
import torch.nn as nn


class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0, restore_best_weights=True):
        self.patience = patience
        self.min_delta = min_delta
        self.restore_best_weights = restore_best_weights
        self.best_model = None
        self.best_loss = None
        self.counter = 0
        self.status = ""

    def __call__(self, model, val_loss):
        if self.best_loss is None:
            self.best_loss = val_loss
            self.best_model = copy.deepcopy(model.state_dict())
        elif self.best_loss - val_loss >= self.min_delta:
            self.best_model = copy.deepcopy(model.state_dict())
            self.best_loss = val_loss
            self.counter = 0
            self.status = f"Improvement found, counter reset to {self.counter}"
        else:
            self.counter += 1
            self.status = f"No improvement in the last {self.counter} epochs"
            if self.counter >= self.patience:
                if self.restore_best_weights:
                    model.load_state_dict(self.best_model)
                return True
        return False


torch.manual_seed(2)
x = torch.rand(120, 7)
y = (x[:, :1] * 4 - x[:, 1:2]).sin()
x_tr, x_va = x[:90], x[90:]
y_tr, y_va = y[:90], y[90:]

net = nn.Sequential(nn.Linear(7, 20), nn.Sigmoid(), nn.Linear(20, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.5)
es = EarlyStopping(patience=2, min_delta=1e-4)

epoch, done = 0, False
while not done and epoch < 6:
    epoch += 1
    order = torch.randperm(len(x_tr))
    for chunk in order.chunk(5):
        xb = x_tr[chunk]
        yb = y_tr[chunk]
        l = nn.functional.mse_loss(net(xb), yb)
        opt.zero_grad()
        l.backward()
        opt.step()
    with torch.no_grad():
        val_pred = net(x_va)
        vloss = nn.functional.mse_loss(val_pred, y_va)
    done = es(net, vloss)
    print(f"Epoch: {epoch}, tloss: {l}, vloss: {vloss:>7f}, {es.status}")
