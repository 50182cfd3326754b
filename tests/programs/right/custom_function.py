import torch
from torch.autograd import Function, gradcheck


class MyReLU(Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input


class LinearFunction(Function):
    @staticmethod
    def forward(ctx, x, weight, bias):
        ctx.save_for_backward(x, weight)
        return x.mm(weight.t()) + bias

    @staticmethod
    def backward(ctx, grad_output):
        x, weight = ctx.saved_tensors
        grad_x = grad_output.mm(weight)
        grad_w = grad_output.t().mm(x)
        grad_b = grad_output.sum(0)
        return grad_x, grad_w, grad_b


torch.manual_seed(0)
N, D_in, H, D_out = 16, 20, 10, 3
x = torch.randn(N, D_in)
y = torch.randn(N, D_out)
w1 = torch.randn(D_in, H, requires_grad=True)
w2 = torch.randn(D_out, H, requires_grad=True)
b2 = torch.zeros(D_out, requires_grad=True)

learning_rate = 1e-5
for t in range(10):
    relu = MyReLU.apply
    h = relu(x.mm(w1))
    y_pred = LinearFunction.apply(h, w2, b2)
    loss = (y_pred - y).pow(2).sum()
    loss.backward()
    with torch.no_grad():
        for p in (w1, w2, b2):
            p -= learning_rate * p.grad
            p.grad.zero_()
print(loss.item())

test_in = (
    torch.randn(4, 5, dtype=torch.double, requires_grad=True),
    torch.randn(3, 5, dtype=torch.double, requires_grad=True),
    torch.randn(3, dtype=torch.double, requires_grad=True),
)
print(gradcheck(LinearFunction.apply, test_in, eps=1e-6, atol=1e-4))
