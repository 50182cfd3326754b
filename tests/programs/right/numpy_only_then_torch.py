import numpy as np
import torch

# everything in NumPy first, because that is what I know
np.random.seed(10)
a = np.arange(12).reshape(3, 4)
b = np.random.rand(4, 2)
c = a.dot(b)
d = a.T
e = np.linspace(0, 1, 5)
f = np.eye(3)
mean_cols = a.mean(axis=0)
total = a.sum()
stacked = np.hstack([a, a])
more = np.concatenate((a, np.ones((1, 4))), axis=0)
mask = a % 2 == 0
evens = a[mask]
rows = a[[0, 2]]
col = a[:, 1:2]
img = np.zeros((16, 16, 3), dtype=np.uint8)
img[4:8, 4:8] = [255, 0, 0]

# now the same in torch
ta = torch.from_numpy(a)
tb = torch.tensor(b)
tc = ta.double() @ tb
tf = torch.as_tensor(f, dtype=torch.float32)
timg = torch.from_numpy(img).permute(2, 0, 1).float() / 255
batch = timg.unsqueeze(0).repeat(4, 1, 1, 1)
tmean = ta.float().mean(dim=0)
tnp = tmean.numpy()
te = torch.from_numpy(e).to(torch.float32).view(-1, 1)

if np.allclose(c, tc.numpy()):
    print("same!")
print(ta.dtype, tb.dtype, tc.shape, batch.shape, tnp, te.size())

one_hot = np.eye(10)[np.array([3, 1, 4])]
t_one_hot = torch.Tensor(one_hot)
labels = t_one_hot.argmax(1)
x = np.float32(np.random.randn(8, 3))
w = np.array([[1.0], [2.0], [3.0]], dtype="float32")
y = torch.from_numpy(x) @ torch.from_numpy(w)
y_np = y.squeeze().numpy()
normalised = (x - x.mean(0)) / x.std(0)
