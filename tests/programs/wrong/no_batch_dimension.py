import torch
import torch.nn as nn

torch.manual_seed(0)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(4)
        )
        self.fc = nn.Linear(8 * 8 * 8, 5)

    def forward(self, x):
        x = self.features(x)
        x = x.flatten(1)
        return self.fc(x)


model = Classifier()
batch = torch.rand(4, 3, 32, 32)
scores = model(batch)
print(scores.shape)

# one picture only
model.eval()
picture = batch[0]
with torch.no_grad():
    score = model(picture)
print(score.argmax())
