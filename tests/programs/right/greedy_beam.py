import torch
import torch.nn as nn


class ToyLM(nn.Module):
    def __init__(self, vocab=15, emb=12, hid=20):
        super().__init__()
        self.emb = nn.Embedding(vocab, emb)
        self.cell = nn.LSTMCell(emb, hid)
        self.out = nn.Linear(hid, vocab)
        self.hid = hid

    def start(self, batch):
        return torch.zeros(batch, self.hid), torch.zeros(batch, self.hid)

    def step(self, token, state):
        e = self.emb(token)
        h, c = self.cell(e, state)
        return torch.log_softmax(self.out(h), dim=-1), (h, c)


@torch.no_grad()
def greedy(lm, first, steps):
    token = torch.tensor([first])
    state = lm.start(1)
    result = [first]
    for _ in range(steps):
        logp, state = lm.step(token, state)
        token = logp.argmax(dim=-1)
        result.append(token.item())
    return result


@torch.no_grad()
def beam(lm, first, steps, width=3):
    tokens = torch.full((width,), first)
    state = lm.start(width)
    scores = torch.tensor([0.0] + [float("-inf")] * (width - 1))
    seqs = tokens.unsqueeze(1)
    for _ in range(steps):
        logp, (h, c) = lm.step(tokens, state)
        vocab = logp.size(-1)
        total = scores.unsqueeze(1) + logp
        scores, flat = total.view(-1).topk(width)
        parents = torch.div(flat, vocab, rounding_mode="floor")
        tokens = flat % vocab
        state = (h[parents], c[parents])
        seqs = torch.cat([seqs[parents], tokens.unsqueeze(1)], dim=1)
    return seqs, scores


def sample(lm, first, steps, temperature=0.8, top_k=5):
    token = torch.tensor([first])
    state = lm.start(1)
    out = []
    for _ in range(steps):
        logp, state = lm.step(token, state)
        logits = logp / temperature
        v, _ = torch.topk(logits, top_k)
        logits[logits < v[:, [-1]]] = -float("inf")
        probs = torch.softmax(logits, dim=-1)
        token = torch.multinomial(probs, 1).squeeze(1)
        out.append(int(token))
    return out


torch.manual_seed(0)
lm = ToyLM().eval()
print(greedy(lm, 1, 6))
seqs, scores = beam(lm, 1, 6)
print(seqs, scores)
print(sample(lm, 1, 6))
