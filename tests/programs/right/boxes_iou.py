"""Boxes as (x1, y1, x2, y2): areas, IoU and non-maximum suppression."""

from typing import List, Tuple

import torch
from torch import Tensor


def box_area(boxes: Tensor) -> Tensor:
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def box_iou(boxes1: Tensor, boxes2: Tensor) -> Tuple[Tensor, Tensor]:
    area1 = box_area(boxes1)
    area2 = box_area(boxes2)
    lt = torch.max(boxes1[:, None, :2], boxes2[:, :2])
    rb = torch.min(boxes1[:, None, 2:], boxes2[:, 2:])
    wh = (rb - lt).clamp(min=0)
    inter = wh[:, :, 0] * wh[:, :, 1]
    union = area1[:, None] + area2 - inter
    return inter / union, union


def nms(boxes: Tensor, scores: Tensor, threshold: float) -> List[int]:
    order = scores.argsort(descending=True)
    keep = []
    while order.numel() > 0:
        i = order[0].item()
        keep.append(i)
        if order.numel() == 1:
            break
        rest = order[1:]
        iou, _ = box_iou(boxes[i].unsqueeze(0), boxes[rest])
        order = rest[iou[0] <= threshold]
    return keep


def xyxy_to_cxcywh(x: Tensor) -> Tensor:
    x0, y0, x1, y1 = x.unbind(-1)
    b = [(x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0), (y1 - y0)]
    return torch.stack(b, dim=-1)


torch.manual_seed(8)
corner = torch.rand(6, 2) * 10
size = 1 + torch.rand(6, 2) * 5
boxes = torch.cat([corner, corner + size], dim=1)
scores = torch.rand(6)
gt = torch.tensor([[0.0, 0.0, 4.0, 4.0], [5.0, 5.0, 9.0, 9.0]])

iou, union = box_iou(boxes, gt)
best_iou, best_gt = iou.max(dim=1)
kept = nms(boxes, scores, 0.3)
kept_boxes = boxes[kept]
centres = xyxy_to_cxcywh(boxes)
print(iou.shape, best_gt, kept, kept_boxes.shape[1], centres[0])

# segmentation IoU
masks = torch.rand(3, 16, 16) > 0.4
target = torch.rand(3, 16, 16) > 0.6
inter = (masks & target).sum((1, 2))
uni = (masks | target).float().sum((1, 2))
mean_iou = ((inter + 1e-6) / (uni + 1e-6)).mean()
