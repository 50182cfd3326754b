import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter

torch.manual_seed(17)

# the karate club, much smaller
edges = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (4, 5), (3, 5), (5, 6), (6, 7), (7, 8), (8, 6)]
num_nodes = 9
A = torch.zeros(num_nodes, num_nodes)
for i, j in edges:
    A[i, j] = 1.0
    A[j, i] = 1.0


def normalize_adjacency(A):
    A_hat = A + torch.eye(A.size(0))
    D = A_hat.sum(1)
    D_inv_sqrt = torch.diag(D.pow(-0.5))
    return D_inv_sqrt @ A_hat @ D_inv_sqrt


class GraphConvolution(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = Parameter(torch.empty(in_features, out_features))
        if bias:
            self.bias = Parameter(torch.empty(out_features))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self):
        stdv = 1.0 / self.weight.size(1) ** 0.5
        self.weight.data.uniform_(-stdv, stdv)
        if self.bias is not None:
            self.bias.data.uniform_(-stdv, stdv)

    def forward(self, input, adj):
        support = torch.mm(input, self.weight)
        output = torch.spmm(adj, support)
        if self.bias is not None:
            return output + self.bias
        return output


class GCN(nn.Module):
    def __init__(self, nfeat, nhid, nclass, dropout):
        super().__init__()
        self.gc1 = GraphConvolution(nfeat, nhid)
        self.gc2 = GraphConvolution(nhid, nclass, bias=False)
        self.dropout = dropout

    def forward(self, x, adj):
        x = F.relu(self.gc1(x, adj))
        x = F.dropout(x, self.dropout, training=self.training)
        x = self.gc2(x, adj)
        return F.log_softmax(x, dim=1)


adj = normalize_adjacency(A)
features = torch.eye(num_nodes)
labels = torch.tensor([0, 0, 0, 0, 1, 1, 1, 1, 1])
idx_train = torch.tensor([0, 8])
idx_test = torch.LongTensor([i for i in range(num_nodes) if i not in (0, 8)])

model = GCN(nfeat=features.shape[1], nhid=4, nclass=int(labels.max()) + 1, dropout=0.1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for epoch in range(10):
    model.train()
    optimizer.zero_grad()
    output = model(features, adj)
    loss_train = F.nll_loss(output[idx_train], labels[idx_train])
    loss_train.backward()
    optimizer.step()
model.eval()
output = model(features, adj)
preds = output[idx_test].max(1)[1].type_as(labels)
correct = preds.eq(labels[idx_test]).double()
acc_test = correct.sum() / len(idx_test)
degree = A.sum(dim=0)
neighbours = [A[i].nonzero().flatten() for i in range(3)]
print(acc_test.item(), degree, neighbours)
