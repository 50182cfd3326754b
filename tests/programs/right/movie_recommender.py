import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

random.seed(3)
torch.manual_seed(3)

users = ["ana", "bruno", "carla", "davi", "elis"]
movies = ["central", "cidade", "tropa", "auto", "bacurau", "aquarius", "o som"]
ratings = [
    (u, m, float(random.randint(1, 5))) for u in users for m in movies if random.random() < 0.8
]

user_to_id = {u: i for i, u in enumerate(users)}
movie_to_id = {m: i for i, m in enumerate(movies)}


class Ratings(Dataset):
    def __init__(self, triples):
        self.users = torch.LongTensor([user_to_id[u] for u, _, _ in triples])
        self.movies = torch.LongTensor([movie_to_id[m] for _, m, _ in triples])
        self.ratings = torch.FloatTensor([r for _, _, r in triples])

    def __len__(self):
        return len(self.ratings)

    def __getitem__(self, i):
        return (self.users[i], self.movies[i]), self.ratings[i]


class MatrixFactorization(nn.Module):
    def __init__(self, n_users, n_items, n_factors=6, y_range=(0.5, 5.5)):
        super().__init__()
        self.user_factors = nn.Embedding(n_users, n_factors)
        self.item_factors = nn.Embedding(n_items, n_factors)
        self.user_bias = nn.Embedding(n_users, 1)
        self.item_bias = nn.Embedding(n_items, 1)
        self.y_range = y_range
        for emb in (self.user_factors, self.item_factors):
            nn.init.normal_(emb.weight, std=0.05)

    def forward(self, user, item):
        u = self.user_factors(user)
        v = self.item_factors(item)
        dot = (u * v).sum(dim=1, keepdim=True)
        score = dot + self.user_bias(user) + self.item_bias(item)
        low, high = self.y_range
        return torch.sigmoid(score).squeeze(1) * (high - low) + low


dataset = Ratings(ratings)
loader = DataLoader(dataset, batch_size=8, shuffle=True)
model = MatrixFactorization(len(users), len(movies))
optimizer = torch.optim.Adagrad(model.parameters(), lr=0.1)
for epoch in range(3):
    se = 0.0
    for (user, movie), rating in loader:
        pred = model(user, movie)
        loss = nn.functional.mse_loss(pred, rating)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        se += loss.item() * len(rating)
    print(epoch, (se / len(dataset)) ** 0.5)

# recommend
user_id = user_to_id["ana"]
all_movies = torch.arange(len(movies))
with torch.no_grad():
    scores = model(torch.full_like(all_movies, user_id), all_movies)
best = torch.topk(scores, k=3)
print([movies[i] for i in best.indices.tolist()], best.values)
