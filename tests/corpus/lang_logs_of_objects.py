"""Objects that keep a log of texts and numbers, and a dict that they fill by methods."""

import numpy as np


class Bank:
    def __init__(self, rate):
        self.rate, self.accounts, self.log = rate, {}, []

    def open(self, name, amount=0.0):
        self.accounts[name] = amount
        return self

    def transfer(self, a, b, amount):
        if self.accounts[a] < amount:
            self.log.append(("refused", amount))
            return False
        self.accounts[a] -= amount
        self.accounts[b] += amount
        self.log.append(("done", amount * self.rate))
        return True

    def end_of_year(self):
        for name in self.accounts:
            self.accounts[name] *= 1 + self.rate


def transfers_until_one_is_refused(rate, moves):
    """A method opens the accounts, and the log is read at the end."""
    bank = Bank(rate).open("x", 3.0).open("y", 1.0)
    for _ in range(3):
        bank.end_of_year()
        for m in moves:
            if not bank.transfer("x", "y", m):
                break
    refused = [a for said, a in bank.log if said == "refused"]
    return sum(v**2 for v in bank.accounts.values()) + sum(refused) * len(bank.log)


def account_that_is_opened_late(rate, moves):
    """A key comes where a loop was not left."""
    bank = Bank(rate).open("x", 3.0).open("y", 1.0)
    for _ in range(3):
        for m in moves:
            if not bank.transfer("x", "y", m):
                break
        else:
            bank.open("z", bank.accounts.get("z", 0.5) + rate)
        bank.end_of_year()
    done = [a for said, a in bank.log if said == "done"]
    return sum(v**2 for v in bank.accounts.values()) + sum(done)


_NAMES = ["transfers_until_one_is_refused", "account_that_is_opened_late"]
EXAMPLE_ARGS = {name: lambda: (0.07, np.array([0.6, 0.9])) for name in _NAMES}
MORE_ARGS = {
    name: [lambda: (0.07, np.array([0.1, 0.2])), lambda: (0.2, np.array([0.3, 4.0]))]
    for name in _NAMES
}
