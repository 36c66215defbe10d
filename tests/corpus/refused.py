"""Functions that gradgen refuses, each with a comment on the line at fault.

The comment ``# here: WORDS`` marks the line that the message has to point at, and a word that the
message has to contain.
"""

# ruff: noqa
from __future__ import annotations

import contextlib
import itertools
import json
import random

import numpy as np

COUNTER = 0
LOG = []


def yields(x):
    for item in x:
        yield item * item  # here: yield


async def later(x):  # here: async
    return x * x


class Marked:
    def __init__(self, v):
        self.v = v


def class_counts_in_recursion(x):
    def halved(v):
        Marked.calls = 1  # here: of the class Marked
        return v if v < 0.1 else halved(0.5 * v) + v

    return halved(x)


def unknown_callee(x):
    return x * json.loads("2")  # here: json.loads


def active_into_unknown_callee(x):
    return float(json.dumps(x))  # here: json.dumps


def random_callee(x):
    return x * random.random()  # here: random


def evaluates_text(x):
    return eval("x * x")  # here: eval


def executes_text(x):
    out = {}
    exec("y = 2", out)  # here: exec
    return out["y"] * x


def order_after_a_write(x):
    y = np.outer(x, x)[:, [0, 1]]
    y[0] = x[:2]
    return np.sum(y.ravel("K"))  # here: order


def number_from_its_text(x):
    return float(str(x)) * 2.0  # here: text


def undefined_name(x):
    return x * not_defined_anywhere  # here: not_defined_anywhere


def undefined_function(x):
    return not_defined_function(x)  # here: not_defined_function


def unknown_numpy_function(x):
    return np.sum(np.frombuffer(x))  # here: frombuffer


def unknown_method(x):
    return np.sum(x.tobytes())  # here: tobytes


def unknown_attribute(x):
    return x.flags * 2.0  # here: flags


def global_write(x):
    global COUNTER  # here: global
    COUNTER = x
    return x * x


def set_comprehension(x):
    return [item for item in {item * item for item in x}][0]  # here: set


def dict_comprehension(x):
    return len({f"{v:.1f}": v * v for v in x}) * x[0]  # here: dict


def set_display(x):
    return list({x, 2.0})[0]  # here: set


def context_manager(x):
    with open("file") as file:  # here: context
        y = x * x
    return y


def iterator_taken(x):
    numbers = iter((x, 2.0 * x, 3.0))
    total = sum(numbers)
    for v in numbers:  # here: iterator
        total += v
    return total


def iterator_taken_by_a_test(x):
    numbers, total = iter((x, 2.0 * x)), 0.0
    while list(numbers):  # here: iterator
        total += x
    return total


def iterator_taken_by_a_local_function(x):
    numbers, total = iter((x, 2.0 * x)), 0.0

    def rest():
        return sum(numbers)  # here: iterator

    for i in range(3):
        total += rest() * i
    return total


def number_in_match(x):
    match x:
        case 0.0:
            return x
    return x * x


def star_arguments(x):
    values = (x, x)
    return np.maximum(*values)  # here: *


def deletes(x):
    y = x * x
    del x  # here: del
    return y


def imports_inside(x):
    import math  # here: import

    return math.sin(x)


def class_inside(x):
    class Holder:
        value = abs(-2.0)  # here: class

    return x * Holder.value


def class_reads_around(x):
    def made(scale):
        class Scaled:
            def of(self, v):
                return v * scale

        return Scaled()

    return made(x * 2.0).of(x)  # here: scale


def f_string(x):
    return x * len(f"{x}")  # here: f-string


def quotient_of_polynomials(x):
    p = np.polynomial.Polynomial(x) // np.polynomial.Polynomial([0.0, 1.0])  # here: quotient
    return p(0.5)


def attribute_store(x):
    x.shape = (2, 2)  # here: attribute
    return np.sum(x)


def list_of_active_mutated(x):
    LOG.append(x)  # here: outside the function
    return x * x


def dict_store(x):
    table = {}
    table["y"] = x * x  # here: .
    return table["y"]


def one_array_many_times(x):
    rows = []
    row = x * 1.0
    for i in range(len(x)):
        row[0] = i  # here: item
        rows.append(row)
    return np.sum(np.array(rows))


def item_written_to(x):
    rows = []
    row = x * 2.0
    for _ in range(len(x)):
        rows.append(row)
    rows[1][0] = 2.0  # here: item
    return np.sum(np.array(rows))


def columns_reshaped(x):
    a = np.outer(x, x)
    b = a[:, 1:].reshape(-1)
    b[0] = x[0]  # here: reshape
    return np.sum(a * b[0])


def transpose_ravelled(x):
    a = np.outer(x, x) * 2.0
    b = a.T.ravel()
    a[0, 1] = x[0]
    return np.sum(b * b)  # here: ravel


def copy_in_its_own_order(x):
    a = np.copy(np.outer(x, x).T)
    b = a.reshape(-1)
    b[0] = x[0]  # here: reshape
    return np.sum(a * a)


def read_only_view(x):
    a = np.broadcast_to(x, (2, 3))
    a[0] = x * x  # here: read-only
    return np.sum(a)


def float_into_integers(x):
    a = np.zeros(3, dtype=int)
    a[1:] = x[1:] * 2.0  # here: truncates
    return np.sum(a * x)


def row_in_a_list_written(x):
    rows = []
    for i in range(len(x)):
        rows.append(x[i : i + 1])
    rows[0] *= 2.0  # here: item
    return np.sum(x * x)


def where_without_out(x):
    y = np.log(x[0], where=x[0] > 0.0)  # here: where
    return y


def complex_number(x):
    return np.floor(x * 1j).real  # here: complex


def raises_by_the_numbers(x):
    def below_one(x):
        if x > 3.0:
            raise ValueError("large")
        return below_one(2.0 * x) if x > 1.0 else x

    y = 0.0
    try:  # here: raise
        y = below_one(x)
    except ValueError:
        y = 2.0 * x
    return y


class Asks:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.left = kind is None


def block_asks_for_what_was_raised(x):
    y, asks = 0.0, Asks()
    try:
        with asks:  # here: context manager
            if x > 1.0:
                raise ValueError("large")
            y = x * x
    except ValueError:
        y = 2.0 * x
    return y * asks.left


def loop_changes_what_is_read(x):
    k = 1.0

    def scaled():
        for i in range(3):
            yield k * x * i

    items = scaled()
    s = next(items)
    k *= 2.0
    return s + next(items)  # here: changes


def called_between_items(x):
    y = np.ones(3) * x

    def entries():
        for i in range(3):
            yield y[i]

    def seen(v):
        y[2] += v
        return v

    return sum(map(seen, entries())) * sum(seen(v) for v in entries())  # here: generator


def written_between_nexts(x):
    y = np.ones(3) * x

    def entries():
        for i in range(3):
            yield y[i]

    items = entries()
    first = next(items)
    y[1] = 2.0
    return first * next(items)  # here: generator


def generator_writes(x):
    log = []

    def noted():
        for i in range(3):
            log.append(i)
            yield x * i

    items = noted()  # here: generator
    return next(items) + next(items) * len(log)


def never_ends(x):
    def naturals():
        i = 0
        while True:  # here: never ends
            yield i
            i += 1
            yield -i

    numbers = naturals()
    return next(numbers) + next(numbers) * x


def block_in_a_handler(x):
    @contextlib.contextmanager
    def quiet():  # here: yield
        try:
            yield
        except ValueError:
            pass

    with quiet():
        return x * x


class Holder:
    """An object with an attribute of its class."""

    rate = 2.0


def attributes_listed_by_path(x):
    holder = Holder()
    if x > 2.0:
        holder.level = x
    return sum(vars(holder).values()) + x * x  # here: attributes that are set on one path


def attribute_of_class_or_object(x):
    holder = Holder()
    if x > 2.0:
        holder.rate = x
    return len(vars(holder)) * x  # here: attributes


def objects_appended_by_path(x):
    holders = [Holder()]
    if x > 2.0:
        holders.append(Holder())  # here: Holder
    return holders[-1].rate * x


def which_object_after_a_swap(x):
    a, b = [x], [2.0 * x]
    kept = a
    for _ in range(70):
        a, b = b, a
        if a is kept:  # here: which object
            x = x + a[0]
    return x


def row_from_its_column(m):
    m[1] = m[:, 2]  # here: line
    return np.sum(m)


def spread_in_place(x):
    np.copyto(x[::2], x[:2])  # here: line
    return np.sum(x)


def placed_of_itself(x):
    np.place(x, x > 0.0, x[::-1])  # here: place
    return np.sum(x)


def flat_of_itself(m):
    m.flat[1:3] = m[0]  # here: .flat
    return np.sum(m)


def diagonal_of_itself(m):
    np.fill_diagonal(m, m.ravel()[::-1])  # here: diagonal
    return np.sum(m)


def asked_once_more(x):
    calls = [0.0]

    def half(y):
        calls[0] += y
        return 0.5 * y

    total = 0.0
    for y, z in zip(map(half, [x[0], x[1], x[2]]), [x[0], x[1]]):  # here: zip
        total += y * z
    return total * calls[0]


def told_in_turns(x):
    def items():
        for v in x:
            print("next")
            yield v * v

    given = items()
    return next(given) + next(given)  # here: generator


def two_that_print_zipped(x):
    def items(name):
        for v in x:
            print(name)
            yield v * v

    return sum(a * b for a, b in zip(items("a"), items("b")))  # here: generator


def part_of_what_prints(x):
    def items():
        for v in x:
            print("next")
            yield v * v

    return sum(itertools.islice(items(), 1))  # here: generator


def key_of_what_prints(x):
    def items():
        for v in x:
            print("next")
            yield v * v

    return max(items(), key=lambda v: -v)  # here: generator


def changed_beside(x):
    scale = np.ones(2)

    def printed():
        for v in x:
            print("next")
            yield v

    def scaled():
        for v in x:
            yield v * scale[0]

    total = 0.0
    for a, b in zip(printed(), scaled()):  # here: changes
        scale[:] = 2.0 * scale
        total += a * b
    return total


def context_of_an_exception(x):
    try:
        try:
            if x > 0.0:
                raise ValueError
        except ValueError:
            raise KeyError from None
    except KeyError as error:
        return x * (error.__context__ is None)  # here: __context__
    return x


def handler_around_yield(x):
    log = []

    def items():
        for v in x:
            try:  # here: Try
                log.append(v)
                yield v * v
            except ValueError:
                yield 0.0

    total = 0.0
    for v in items():
        total += v * len(log)
    return total


def spread_of_a_list_chosen(x):
    def total(*numbers):
        return sum(numbers)

    out = [x[0]] if x[1] > 0 else []
    if x[2] > 0:
        out.append(x[2])
    return total(*out)  # here: unpacking


def pairs_of_what_changes(x):
    total = 0.0
    for a, b in itertools.pairwise(x):  # here: changes
        x *= 0.9
        total += a * b
    return total


class SetsMoreLater:
    def __init__(self, value, group):
        self.value = value
        group.append(self)
        self.weight = value**2


def set_behind_a_list(x):
    group = []
    for v in x:
        if v > 0.0:
            SetsMoreLater(v, group)  # here: list
    return sum(one.weight for one in group)


def none_beside_numbers_tried(x):
    items = []
    for v in x:
        items.append(v if v > 0 else None)
    s = 0.0
    for v in items:
        try:  # here: TypeError
            s += v * 2.0
        except TypeError:
            s += x[0]
    return s


class Keeper:
    def __init__(self, before):
        self.before = before
        self.items = None


def list_of_two_names(x):
    last = None
    for v in x:
        last = Keeper(last)
        if v > 0:
            last.items = items = []
            items.append(v)
    total = 0.0
    while last is not None:
        if last.items is not None:
            total += sum(last.items)
        last = last.before
    return total


def whole_view_or_itself(x):
    y = x[:]
    y += 1.0
    return np.sum(x) * (1.0 if y is x else 2.0)  # here: views


class Branch:
    def __init__(self, v, left):
        self.v, self.left = v, left

    def walked(self):
        yield self
        if self.left is not None:
            yield from self.left.walked()

    def told(self):
        print(self.v > 0)
        yield self
        if self.left is not None:
            yield from self.left.told()


def cut_while_walked(x):
    top = None
    for v in x:
        top = Branch(v, top)
    total = 0.0
    for branch in top.walked():  # here: changes what its generator reads
        total += branch.v**2
        if branch.v > 0.5:
            branch.left = None
    return total


def told_while_walked(x):
    top = None
    for v in x:
        top = Branch(v, top)
    total = 0.0
    for branch in top.told():  # here: prints
        print("walked")
        total += branch.v**2
    return total


class Twig:
    def __init__(self, w):
        self.w = w


class Fork:
    def __init__(self, one, other):
        self.one, self.other = one, other
        self.w = one.w + other.w


def two_classes_in_a_list(x):
    nodes = [Twig(v * v) for v in x]
    while len(nodes) > 1:
        nodes.sort(key=lambda node: node.w)
        one, other = nodes.pop(0), nodes.pop(0)
        nodes.append(Fork(one, other))  # here: Twig and Fork
    return nodes[0].w


EXAMPLE_ARGS = {
    "raises_by_the_numbers": lambda: (1.5,),
    "attributes_listed_by_path": lambda: (1.5,),
    "attribute_of_class_or_object": lambda: (1.5,),
    "objects_appended_by_path": lambda: (1.5,),
    "which_object_after_a_swap": lambda: (1.5,),
    "evaluates_text": lambda: (0.5,),
    "executes_text": lambda: (0.5,),
    "order_after_a_write": lambda: (np.ones(3),),
    "number_from_its_text": lambda: (0.5,),
    "columns_reshaped": lambda: (np.ones(3),),
    "transpose_ravelled": lambda: (np.ones(3),),
    "copy_in_its_own_order": lambda: (np.ones(3),),
    "read_only_view": lambda: (np.ones(3),),
    "float_into_integers": lambda: (np.ones(3),),
    "row_in_a_list_written": lambda: (np.ones(65),),
    "where_without_out": lambda: (np.ones(3),),
    "class_counts_in_recursion": lambda: (1.5,),
    "loop_changes_what_is_read": lambda: (1.5,),
    "called_between_items": lambda: (1.5,),
    "written_between_nexts": lambda: (1.5,),
    "generator_writes": lambda: (1.5,),
    "never_ends": lambda: (1.5,),
    "block_in_a_handler": lambda: (1.5,),
    "block_asks_for_what_was_raised": lambda: (1.5,),
    "yields": lambda: (np.ones(3),),
    "later": lambda: (1.5,),
    "unknown_callee": lambda: (1.5,),
    "active_into_unknown_callee": lambda: (1.5,),
    "random_callee": lambda: (1.5,),
    "undefined_name": lambda: (1.5,),
    "undefined_function": lambda: (1.5,),
    "unknown_numpy_function": lambda: (np.ones(3),),
    "unknown_method": lambda: (np.ones(3),),
    "unknown_attribute": lambda: (np.ones(3),),
    "global_write": lambda: (1.5,),
    "set_comprehension": lambda: (np.ones(3),),
    "dict_comprehension": lambda: (np.ones(65),),
    "iterator_taken": lambda: (1.5,),
    "iterator_taken_by_a_test": lambda: (1.5,),
    "iterator_taken_by_a_local_function": lambda: (1.5,),
    "set_display": lambda: (1.5,),
    "context_manager": lambda: (1.5,),
    "class_reads_around": lambda: (0.5,),
    "class_inside": lambda: (1.5,),
    "f_string": lambda: (1.5,),
    "attribute_store": lambda: (np.ones(4),),
    "quotient_of_polynomials": lambda: (np.ones(4),),
    "list_of_active_mutated": lambda: (1.5,),
    "one_array_many_times": lambda: (np.ones(65),),
    "item_written_to": lambda: (np.ones(65),),
    "complex_number": lambda: (1.5,),
    "row_from_its_column": lambda: (np.ones((3, 3)),),
    "spread_in_place": lambda: (np.ones(4),),
    "asked_once_more": lambda: (np.ones(4),),
    "told_in_turns": lambda: (np.ones(2),),
    "two_that_print_zipped": lambda: (np.ones(2),),
    "part_of_what_prints": lambda: (np.ones(2),),
    "key_of_what_prints": lambda: (np.ones(2),),
    "changed_beside": lambda: (np.ones(2),),
    "set_behind_a_list": lambda: (np.ones(3),),
    "context_of_an_exception": lambda: (1.5,),
    "handler_around_yield": lambda: (np.ones(2),),
    "placed_of_itself": lambda: (np.ones(4),),
    "flat_of_itself": lambda: (np.ones((2, 2)),),
    "diagonal_of_itself": lambda: (np.ones((3, 3)),),
    "two_classes_in_a_list": lambda: (np.linspace(-1.0, 1.0, 70),),
    "cut_while_walked": lambda: (np.linspace(-1.0, 1.0, 70),),
    "told_while_walked": lambda: (np.linspace(-1.0, 1.0, 70),),
    "none_beside_numbers_tried": lambda: (np.array([0.5, -0.5]),),
    "spread_of_a_list_chosen": lambda: (np.ones(3),),
    "pairs_of_what_changes": lambda: (np.ones(4),),
    "whole_view_or_itself": lambda: (np.ones(4),),
}

# Refused by the first version, or right: what matters is that nothing else happens.
EITHER = {
    "list_of_two_names": lambda: (np.linspace(-1.0, 1.0, 70),),
    "number_in_match": lambda: (1.5,),
    "star_arguments": lambda: (1.5,),
    "deletes": lambda: (1.5,),
    "imports_inside": lambda: (1.5,),
    "dict_store": lambda: (1.5,),
}
