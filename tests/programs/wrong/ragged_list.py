import torch

sentences = [[4, 8, 15], [16, 23], [42, 4, 8, 15]]
lengths = torch.tensor([len(s) for s in sentences])
batch = torch.tensor(sentences)
print(batch.shape, lengths)
