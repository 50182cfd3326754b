import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset


class TripletDataset(Dataset):
    def __init__(self, n=40, classes=4, dim=(1, 12, 12)):
        g = torch.Generator().manual_seed(0)
        self.centres = torch.rand(classes, *dim, generator=g)
        self.labels = torch.randint(classes, (n,), generator=g)
        self.images = self.centres[self.labels] + 0.1 * torch.randn(n, *dim, generator=g)

    def __getitem__(self, i):
        anchor, label = self.images[i], self.labels[i]
        same = torch.where(self.labels == label)[0]
        other = torch.where(self.labels != label)[0]
        positive = self.images[same[i % len(same)]]
        negative = self.images[other[i % len(other)]]
        return anchor, positive, negative

    def __len__(self):
        return len(self.images)


class EmbeddingNet(nn.Module):
    def __init__(self, size=8):
        super().__init__()
        self.convnet = nn.Sequential(
            nn.Conv2d(1, 8, 3), nn.PReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.PReLU()
        )
        self.fc = nn.Sequential(nn.Linear(16 * 3 * 3, 32), nn.PReLU(), nn.Linear(32, size))

    def forward(self, x):
        output = self.convnet(x)
        output = output.view(output.size()[0], -1)
        output = self.fc(output)
        return F.normalize(output, p=2, dim=1)


class SiameseNet(nn.Module):
    def __init__(self, embedding_net):
        super().__init__()
        self.embedding_net = embedding_net

    def forward(self, *xs):
        return [self.embedding_net(x) for x in xs]


torch.manual_seed(1)
dataset = TripletDataset()
loader = DataLoader(dataset, batch_size=10, shuffle=True)
model = SiameseNet(EmbeddingNet())
triplet = nn.TripletMarginLoss(margin=0.5)
opt = torch.optim.Adam(model.parameters(), lr=1e-3)

for epoch in range(2):
    for anchor, positive, negative in loader:
        ea, ep, en = model(anchor, positive, negative)
        loss = triplet(ea, ep, en)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())

with torch.no_grad():
    embeddings = model.embedding_net(dataset.images)
    distances = torch.cdist(embeddings, embeddings)
    distances.fill_diagonal_(float("inf"))
    nearest = distances.argmin(dim=1)
    recall = (dataset.labels[nearest] == dataset.labels).float().mean()
print("recall@1", recall.item())
