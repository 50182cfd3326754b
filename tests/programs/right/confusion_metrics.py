"""Precision, recall and F1 from scratch."""

import torch

torch.manual_seed(21)
NUM_CLASSES = 4


def confusion_matrix(preds: torch.Tensor, targets: torch.Tensor, num_classes: int) -> torch.Tensor:
    indices = targets * num_classes + preds
    counts = torch.bincount(indices, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)


def precision_recall(cm):
    tp = cm.diag().float()
    precision = tp / cm.sum(dim=0).clamp(min=1)
    recall = tp / cm.sum(dim=1).clamp(min=1)
    f1 = 2 * precision * recall / (precision + recall + 1e-8)
    return precision, recall, f1


def topk_accuracy(logits, targets, topk=(1,)):
    maxk = max(topk)
    batch_size = targets.size(0)
    _, pred = logits.topk(maxk, 1, True, True)
    pred = pred.t()
    correct = pred.eq(targets.view(1, -1).expand_as(pred))
    res = []
    for k in topk:
        correct_k = correct[:k].reshape(-1).float().sum(0, keepdim=True)
        res.append(correct_k.mul_(100.0 / batch_size))
    return res


class AverageMeter:
    def __init__(self, name):
        self.name = name
        self.reset()

    def reset(self):
        self.sum, self.count = 0.0, 0

    def update(self, value, n=1):
        self.sum += value * n
        self.count += n

    @property
    def avg(self):
        return self.sum / self.count


logits = torch.randn(64, NUM_CLASSES)
targets = torch.randint(NUM_CLASSES, (64,))
preds = logits.argmax(dim=-1)
cm = confusion_matrix(preds, targets, NUM_CLASSES)
precision, recall, f1 = precision_recall(cm)
acc1, acc2 = topk_accuracy(logits, targets, topk=(1, 2))
meter = AverageMeter("acc")
meter.update(acc1.item(), 64)
print(cm, precision, recall, f1, acc2, meter.avg, sep="\n")

# roc curve of one class
scores = logits.softmax(dim=1)[:, 0]
positive = (targets == 0).int()
order = torch.argsort(scores, descending=True)
sorted_pos = positive[order]
tpr = torch.cumsum(sorted_pos, 0) / sorted_pos.sum()
fpr = torch.cumsum(1 - sorted_pos, 0) / (1 - sorted_pos).sum()
auc = torch.trapezoid(tpr, fpr)
print(f"AUC {auc:.3f}")
