"""Objects whose attribute is the method that comes next, and functions that paths choose anew."""

import math
from collections import Counter

import numpy as np


class Machine:
    def __init__(self, gain):
        self.gain, self.out, self.rests = gain, 0.0, 0
        self.state = self.idle

    def idle(self, u):
        if u > 0.5:
            self.state = self.charge
        return 0.1 * u

    def charge(self, u):
        self.out += self.gain * u
        if self.out > 1.0:
            self.state = self.discharge
        return self.out**2

    def discharge(self, u):
        self.out *= 0.5
        self.rests += 1
        if self.out < 0.2:
            self.state = self.idle
        elif self.rests > 2:
            self.state = self.off
        return -(self.out**2)

    def off(self, u):
        return 0.0


def states_are_methods(inputs, gain):
    machine = Machine(gain)
    return sum(machine.state(u) for u in inputs)


def states_compared(inputs, gain):
    machines = [Machine(gain), Machine(2 * gain)]
    total = 0.0
    for u in inputs:
        for machine in machines:
            total += machine.state(u)
            if machine.state == machine.discharge:
                total += machine.out * u
            if machine.state == machines[0].idle or machine.state.__name__ == "off":
                total += u
    return total


def state_used_after_the_loop(inputs, gain):
    machine = Machine(gain)
    total = 0.0
    for u in inputs:
        total += machine.state(u)
        if total > 2.5:
            break
    last = machine.state
    total += last(0.77) * inputs[0]
    return total + machine.state(0.3) * inputs[1]


def functions_take_turns(inputs, gain):
    def rise(v):
        nonlocal current
        if v > 0.5:
            current = fall
        return gain * v

    def fall(v):
        nonlocal current
        if v < 0.35:
            current = wait
        return gain * v * v

    def wait(v):
        nonlocal current
        current = rise if v > 0.6 else fall if v > 0.3 else wait
        return math.cos(gain * v)

    current = rise
    total = 0.0
    i = 0
    while i < len(inputs):
        total += current(inputs[i])
        i += 1
    return total


def function_or_none(inputs, gain):
    rule = None
    total = 0.0
    for u in inputs:
        total += u**2 if rule is None else rule(u)
        if u < 0.15:
            rule = None
        elif u < 0.5:
            rule = lambda v, u=u: v * u * gain
        elif u < 0.8:
            rule = math.sin
        else:
            rule = lambda v: v**3
    return total


class Hooked:
    def __init__(self, gain):
        self.gain, self.hook, self.level = gain, None, 0.0

    def run(self, u):
        if self.hook is not None:
            self.hook(u)
        return self.level

    def fill(self, u):
        self.level += self.gain * u

    def drain(self, u):
        self.level -= self.gain * u * u


def hook_is_method_or_none(inputs, gain):
    tank = Hooked(gain)
    total = 0.0
    for u in inputs:
        total += tank.run(u)
        if u > 0.8:
            tank.hook = tank.fill
        elif u > 0.5:
            tank.hook = tank.drain
        elif u < 0.1:
            tank.hook = None
    return total


class Pump:
    def __init__(self, rate):
        self.rate = rate
        self.move = self.add

    def add(self, x):
        return x + self.rate

    def scale(self, x):
        return x * x * self.rate


def method_of_object_made_on_one_side(inputs, gain):
    move = Pump(gain).add
    kept = Pump(2 * gain)
    if inputs[2] > 0.5:
        other = Pump(inputs[2])
        move = other.scale
        kept.move = other.move
    return move(inputs[0]) * kept.move(inputs[1])


class Rated:
    def __init__(self, rate, cost=None, checks=()):
        self.rate = rate
        self.cost = cost or self.quadratic
        self.checks = checks

    def quadratic(self, x):
        return self.rate * x * x

    def linear(self, x):
        return self.rate * x

    def total(self, xs):
        extra = sum(check(self.rate) for check in self.checks if check)
        return sum(map(self.cost, xs)) + extra


def method_or_default(inputs, gain):
    def steep(x):
        return x**4

    plain = Rated(gain)
    found = Rated(gain, plain.linear, (steep, None, plain.quadratic))
    chosen = found.linear if inputs[0] > 0.1 else None
    used = chosen or steep
    total = 0.0
    if not chosen:
        total = gain
    if steep and plain.linear:
        total += (steep or chosen)(inputs[1])
    return total + used(inputs[2]) + plain.total(inputs) + found.total(inputs)


def states_counted(inputs, gain):
    """States that are texts, of a loop that is written out, as its list has a known length."""
    state, heat, log = "idle", 0.0, []
    for x in inputs:
        if state == "idle" and x > 0.6:
            state = "heat"
        elif state == "heat":
            heat += gain * x**2
            if heat > 1.0:
                state = "cool"
        elif state == "cool":
            heat *= 0.5
            if heat < 0.2:
                state = "idle"
        log.append((state, heat))
    counts = Counter(state for state, _ in log)
    return heat + counts["heat"] * inputs[0] + sum(v for state, v in log if state == "cool")


INPUTS = np.array([0.21, 0.71, 0.61, 0.91, 0.11, 0.31, 0.81, 1.21, 0.56, 0.41, 0.92, 0.051])

EXAMPLE_ARGS = {
    "states_are_methods": lambda: (INPUTS.copy(), 0.9),
    "states_compared": lambda: (INPUTS.copy(), 0.9),
    "state_used_after_the_loop": lambda: (INPUTS.copy(), 0.9),
    "functions_take_turns": lambda: (INPUTS.copy(), 0.9),
    "states_counted": lambda: (INPUTS.tolist()[:8], 0.9),
    "function_or_none": lambda: (INPUTS.copy(), 0.9),
    "hook_is_method_or_none": lambda: (INPUTS.copy(), 0.9),
    "method_or_default": lambda: (INPUTS.copy(), 0.9),
    "method_of_object_made_on_one_side": lambda: (INPUTS.copy(), 0.9),
}
