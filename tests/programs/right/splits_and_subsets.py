import torch
import torch.nn as nn
from torch.utils.data import ConcatDataset, DataLoader, Subset, TensorDataset, random_split

torch.manual_seed(5)
full = TensorDataset(torch.randn(150, 6), torch.randint(0, 3, (150,)))

train_len = int(len(full) * 0.8)
val_len = len(full) - train_len
train_set, val_set = random_split(
    full, [train_len, val_len], generator=torch.Generator().manual_seed(5)
)
tiny = Subset(full, list(range(0, 150, 10)))
both = ConcatDataset([val_set, tiny])
print(len(train_set), len(val_set), len(tiny), len(both))

loaders = {
    "train": DataLoader(train_set, batch_size=25, shuffle=True),
    "val": DataLoader(val_set, batch_size=10),
}

net = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 3))
opt = torch.optim.RMSprop(net.parameters(), lr=0.005)
loss_fn = nn.CrossEntropyLoss()

history = {"train": [], "val": []}
for epoch in range(3):
    for phase in ["train", "val"]:
        if phase == "train":
            net.train()
        else:
            net.eval()
        running_loss = 0.0
        running_corrects = 0
        for inputs, labels in loaders[phase]:
            opt.zero_grad()
            with torch.set_grad_enabled(phase == "train"):
                outputs = net(inputs)
                _, preds = torch.max(outputs, 1)
                loss = loss_fn(outputs, labels)
                if phase == "train":
                    loss.backward()
                    opt.step()
            running_loss += loss.item() * inputs.size(0)
            running_corrects += torch.sum(preds == labels.data)
        epoch_loss = running_loss / len(loaders[phase].dataset)
        epoch_acc = running_corrects.double() / len(loaders[phase].dataset)
        history[phase].append(epoch_acc.item())
        print("{} Loss: {:.4f} Acc: {:.4f}".format(phase, epoch_loss, epoch_acc))

x0, y0 = both[0]
stacked = torch.stack([both[i][0] for i in range(5)])
print(x0.shape, y0, stacked.shape)
