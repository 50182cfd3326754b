import string
import torch
import torch.nn as nn

letters = string.ascii_lowercase
n_letters = len(letters)


def name_to_tensor(name):
    tensor = torch.zeros(len(name), 1, n_letters)
    for i, letter in enumerate(name):
        tensor[i][0][letters.find(letter)] = 1
    return tensor


class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(hidden_size + hidden_size, output_size)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = torch.tanh(self.i2h(combined))
        output = self.i2o(combined)
        return output, hidden


rnn = RNN(n_letters, 64, 5)
name = name_to_tensor("maria")
hidden = torch.zeros(1, 64)
for i in range(name.size(0)):
    output, hidden = rnn(name[i], hidden)
print(output.softmax(1))
