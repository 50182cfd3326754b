# teach nn.Transformer to copy a sequence
import torch
from torch import nn

torch.manual_seed(0)
VOCAB, D_MODEL, PAD, BOS = 12, 16, 0, 1


class Seq2SeqTransformer(nn.Module):
    def __init__(self, vocab, d_model, nhead=2, layers=1, max_len=32):
        super().__init__()
        self.src_tok_emb = nn.Embedding(vocab, d_model, padding_idx=PAD)
        self.tgt_tok_emb = nn.Embedding(vocab, d_model, padding_idx=PAD)
        self.pos = nn.Parameter(torch.randn(1, max_len, d_model) * 0.02)
        self.transformer = nn.Transformer(
            d_model, nhead, layers, layers, dim_feedforward=32, dropout=0.0, batch_first=True
        )
        self.generator = nn.Linear(d_model, vocab)

    def forward(self, src, tgt):
        tgt_mask = nn.Transformer.generate_square_subsequent_mask(tgt.size(1))
        src_emb = self.src_tok_emb(src) + self.pos[:, : src.size(1)]
        tgt_emb = self.tgt_tok_emb(tgt) + self.pos[:, : tgt.size(1)]
        out = self.transformer(src_emb, tgt_emb, tgt_mask=tgt_mask)
        return self.generator(out)

    def encode(self, src):
        return self.transformer.encoder(self.src_tok_emb(src) + self.pos[:, : src.size(1)])

    def decode(self, tgt, memory):
        return self.transformer.decoder(self.tgt_tok_emb(tgt) + self.pos[:, : tgt.size(1)], memory)


def make_batch(n, length):
    src = torch.randint(2, VOCAB, (n, length))
    bos = torch.full((n, 1), BOS)
    tgt = torch.cat([bos, src], dim=1)
    return src, tgt


model = Seq2SeqTransformer(VOCAB, D_MODEL)
criterion = nn.CrossEntropyLoss(ignore_index=PAD)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.9, 0.98), eps=1e-9)
for step in range(3):
    src, tgt = make_batch(8, 7)
    tgt_input, tgt_out = tgt[:, :-1], tgt[:, 1:]
    logits = model(src, tgt_input)
    loss = criterion(logits.reshape(-1, logits.shape[-1]), tgt_out.reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.item())

model.eval()
src, _ = make_batch(1, 5)
with torch.no_grad():
    memory = model.encode(src)
    ys = torch.ones(1, 1).fill_(BOS).type(torch.long)
    for i in range(4):
        out = model.decode(ys, memory)
        prob = model.generator(out[:, -1])
        _, next_word = torch.max(prob, dim=1)
        next_word = next_word.item()
        ys = torch.cat([ys, torch.ones(1, 1).type_as(src).fill_(next_word)], dim=1)
print(src.tolist(), ys.tolist())
