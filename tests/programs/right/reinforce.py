import torch
import torch.nn as nn
import torch.optim as optim
from torch.distributions import Categorical, Normal

torch.manual_seed(543)

gamma = 0.99
eps = 1e-8


class Policy(nn.Module):
    def __init__(self):
        super(Policy, self).__init__()
        self.affine1 = nn.Linear(4, 24)
        self.dropout = nn.Dropout(p=0.1)
        self.affine2 = nn.Linear(24, 3)
        self.value = nn.Linear(24, 1)
        self.saved_log_probs = []
        self.values = []
        self.rewards = []

    def forward(self, x):
        x = torch.relu(self.dropout(self.affine1(x)))
        return torch.softmax(self.affine2(x), dim=1), self.value(x)


policy = Policy()
optimizer = optim.Adam(policy.parameters(), lr=1e-2)
best_action = torch.tensor([0, 2, 1, 2])


def select_action(state):
    state = state.float().unsqueeze(0)
    probs, value = policy(state)
    m = Categorical(probs)
    action = m.sample()
    policy.saved_log_probs.append(m.log_prob(action))
    policy.values.append(value)
    return action.item()


def finish_episode():
    R = 0
    returns = []
    for r in policy.rewards[::-1]:
        R = r + gamma * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / (returns.std() + eps)
    log_probs = torch.cat(policy.saved_log_probs)
    values = torch.cat(policy.values).squeeze(1)
    advantage = returns - values.detach()
    policy_loss = (-log_probs * advantage).sum()
    value_loss = ((values - returns) ** 2).mean()
    optimizer.zero_grad()
    loss = policy_loss + value_loss
    loss.backward()
    optimizer.step()
    del policy.rewards[:]
    del policy.saved_log_probs[:]
    del policy.values[:]
    return loss.item()


for i_episode in range(3):
    for t in range(12):
        kind = torch.randint(0, 4, (1,)).item()
        state = torch.eye(4)[kind]
        action = select_action(state)
        policy.rewards.append(1.0 if action == best_action[kind] else 0.0)
    ep_reward = sum(policy.rewards)
    print(i_episode, ep_reward, finish_episode())

# continuous actions
mu, sigma = torch.zeros(3), torch.ones(3)
dist = Normal(mu, sigma)
a = dist.rsample()
logp = dist.log_prob(a).sum()
entropy = dist.entropy()
