import torch

# 1. gradients of a simple function
x = torch.tensor(3.0, requires_grad=True)
y = x**2 + 2 * x
y.backward()
print(x.grad)

# 2. gradients of a vector
v = torch.ones(4, requires_grad=True)
out = (v * torch.arange(4)).sum()
out.backward()
g = v.grad
print(g)

# 3. polynomial fit without nn
torch.manual_seed(0)
dtype = torch.float
xs = torch.linspace(-3.14, 3.14, 500, dtype=dtype)
ys = torch.sin(xs)

a = torch.randn((), dtype=dtype, requires_grad=True)
b = torch.randn((), dtype=dtype, requires_grad=True)
c = torch.randn((), dtype=dtype, requires_grad=True)
d = torch.randn((), dtype=dtype, requires_grad=True)

learning_rate = 1e-6
for t in range(100):
    y_pred = a + b * xs + c * xs**2 + d * xs**3
    loss = (y_pred - ys).pow(2).sum()
    if t % 20 == 19:
        print(t, loss.item())
    loss.backward()
    with torch.no_grad():
        a -= learning_rate * a.grad
        b -= learning_rate * b.grad
        c -= learning_rate * c.grad
        d -= learning_rate * d.grad

        a.grad = None
        b.grad = None
        c.grad = None
        d.grad = None

print(f"Result: y = {a.item()} + {b.item()} x + {c.item()} x^2 + {d.item()} x^3")

# 4. detach and jacobian
z = (xs * a).detach()
jac = torch.autograd.functional.jacobian(lambda t: t**2, torch.rand(3))
(grad_w,) = torch.autograd.grad((a * 2 + b).sum(), [a])
