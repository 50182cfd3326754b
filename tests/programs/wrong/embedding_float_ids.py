import torch
import torch.nn as nn

words = ["<pad>", "the", "cat", "sat", "on", "mat"]
index = {w: i for i, w in enumerate(words)}
sentences = ["the cat sat", "on the mat", "the mat"]

ids = torch.zeros(len(sentences), 4)
for row, sentence in enumerate(sentences):
    for col, word in enumerate(sentence.split()):
        ids[row, col] = index[word]

embedding = nn.Embedding(len(words), 8, padding_idx=0)
gru = nn.GRU(8, 16, batch_first=True)
vectors = embedding(ids)
out, h = gru(vectors)
print(h.shape)
