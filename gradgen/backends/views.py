"""Entries in a row that an inner loop goes through are read of a view that begins where it does.

``low[c, p + r - j - 1]`` for ``r`` from ``j + 1`` on is ``low_rest[r - j - 1]``, where ``low_rest``
is ``low[c, p:]``; where all that ``r`` counts is read so, it counts from zero.  An index that may
be negative for all that the compiler knows keeps a loop from becoming one of vectors, as it would
count from the end; one that counts from zero does not.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import TypeVar

from gradgen.deep import deep
from gradgen.ir.polynomials import Polynomial
from gradgen.syntax import nodes_in

ARITHMETIC = {
    ast.Add: Polynomial.__add__,
    ast.Sub: Polynomial.__sub__,
    ast.Mult: Polynomial.__mul__,
}

VIEW = "gradgen_view"  # the mark of a statement that makes a view
NOTES = ("gradgen_span", "gradgen_reverse", "gradgen_again", "gradgen_fused")

Node = TypeVar("Node", bound=ast.AST)


def with_views(body: list[ast.stmt], taken: set[str]) -> list[ast.stmt]:
    """Return statements whose innermost loops have views; the given ones stay as they are.

    Whatever has an index must be an array.
    """
    made = [_copied(s) for s in body]
    taken = taken | {n.id for s in made for n in nodes_in(s) if isinstance(n, ast.Name)}
    made = _Views(taken).block(made, frozenset())
    return _without_unread(made)


def without_reads(body: list[ast.stmt], views: bool) -> list[ast.stmt]:
    """Return statements without the loops that read of views, and with the views or without them.

    A view is made before its loop also where that takes no turns, and nothing would be read.
    """
    out: list[ast.stmt] = []
    before = False
    for s in body:
        is_view = hasattr(s, VIEW)
        if (is_view and not views) or (before and isinstance(s, ast.For)):
            before = is_view
            continue
        before = is_view
        s = _copied(s)
        if isinstance(s, ast.Assign) and isinstance(s.value, ast.Subscript) and is_view:
            s.value.slice = _with_whole_row(s.value.slice)
        if isinstance(s, ast.For | ast.While | ast.If):
            s.body = without_reads(s.body, views) or [ast.Pass()]
            s.orelse = without_reads(s.orelse, views)
        out.append(s)
    return out


def _with_whole_row(index: ast.expr) -> ast.expr:
    """Return the subscript of a whole row: a slice of it is never out of range."""
    whole = ast.Slice(None, None, None)
    return (
        ast.Tuple([*index.elts[:-1], whole], ast.Load()) if isinstance(index, ast.Tuple) else whole
    )


class _Views:
    """Puts views before loops; ``taken`` are names that they cannot have."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self.called: dict[str, str] = {}

    @deep
    def block(self, statements: list[ast.stmt], indices: frozenset[str]) -> list[ast.stmt]:
        """Return statements with views; ``indices`` are those of the loops around."""
        out: list[ast.stmt] = []
        for s in statements:
            around = indices
            if isinstance(s, ast.For) and isinstance(s.target, ast.Name):
                around = indices if _has_strides(s) else indices | {s.target.id}
                out += self._of_loop(s, indices)
            for field in ("body", "orelse"):
                if isinstance(s, ast.For | ast.While | ast.If):
                    setattr(s, field, self.block(getattr(s, field), around))
            out.append(s)
        return out

    def _of_loop(self, loop: ast.For, indices: frozenset[str]) -> list[ast.stmt]:
        """Let an innermost loop read of views, and return the statements that make them."""
        start = _start(loop)
        if start is None or has_loop(loop.body):
            return []
        assert isinstance(loop.target, ast.Name)
        index = Polynomial.of(loop.target.id)
        found = list(_in_a_row(loop, index))
        doubtful = [_is_doubtful(first, indices) for _, _, first in found]
        if not any(doubtful):
            return []
        # One that begins elsewhere counts from zero, if all that it counts is in views then.
        moved = _begins_elsewhere(loop) and _only_counts(loop, [e for e, _, _ in found])
        views: dict[str, ast.Assign] = {}
        for (e, others, first), some in zip(found, doubtful, strict=True):
            if not (some or moved):
                continue
            made = ast.Subscript(e.value, _from(others, first + start), ast.Load())
            key = ast.dump(made)
            if key not in views:
                views[key] = self._view(made, loop)
            name = ast.unparse(views[key].targets[0])
            at = index if moved else index - start
            e.value, e.slice = ast.Name(name, ast.Load()), _expression(at)
        if moved:
            _count_from_zero(loop, start)
        return list(views.values())

    def _view(self, made: ast.Subscript, loop: ast.For) -> ast.Assign:
        """Return the statement that makes a view for a loop, of the loop's line of the user's."""
        base, key = f"{ast.unparse(made.value)}_rest", ast.dump(made)
        name, k = self.called.get(key, base), 1
        while name in self.taken and key not in self.called:
            name, k = f"{base}_{k}", k + 1
        self.taken.add(name)
        self.called[key] = name
        view = ast.Assign([ast.Name(name, ast.Store())], made)
        noted = {k: v for k, v in vars(loop).items() if k in NOTES}
        vars(view).update(noted | {VIEW: True})
        return view


def _start(loop: ast.For) -> Polynomial | None:
    """Return where the index of a loop begins, if it goes up by one."""
    over = loop.iter
    if not isinstance(over, ast.Call) or ast.unparse(over.func) != "range" or len(over.args) > 2:
        return None
    return Polynomial.of(0) if len(over.args) == 1 else _number(over.args[0], {})


def _has_strides(loop: ast.For) -> bool:
    """Whether the index of a loop goes up by more than one: compilers do not see where it ends."""
    over = loop.iter
    by = over.args[2] if isinstance(over, ast.Call) and len(over.args) == 3 else None
    return isinstance(by, ast.Constant) and type(by.value) is int and by.value > 1


def _in_a_row(
    loop: ast.For, index: Polynomial
) -> Iterator[tuple[ast.Subscript, list[ast.expr], Polynomial]]:
    """Yield entries that follow each other from turn to turn, and how far from the index each is.

    With them come the subscripts before the last.
    """
    stored, known = _stored([loop]), _known(loop.body)
    for e in list(_entries(loop.body)):
        places = e.slice.elts if isinstance(e.slice, ast.Tuple) else [e.slice]
        if not places:
            continue  # an array without axes
        *others, last = places
        at = _number(last, known)
        if at is None or _names([e.value, *others]) & stored:
            continue
        first = at - index
        if not first.names() & stored:
            yield e, others, first


def _begins_elsewhere(loop: ast.For) -> bool:
    """Whether a loop does not count from zero, but to what can be told from where it begins."""
    over = loop.iter
    return (
        isinstance(over, ast.Call)
        and len(over.args) == 2
        and (_number(over.args[1], {}) is not None)
    )


def _only_counts(loop: ast.For, entries: list[ast.Subscript]) -> bool:
    """Whether the index of a loop says nothing but the places of some entries."""
    known = _known(loop.body)
    rows = [n for e in entries for n in nodes_in(e.slice)]
    on_the_way = [n for s in loop.body if isinstance(s, ast.Assign) and _target(s) in known
                  for n in nodes_in(s.value)]  # fmt: skip
    read = [n for s in loop.body for n in nodes_in(s)]
    names = {ast.unparse(loop.target), *known}
    return _count(names, read) == _count(names, [*rows, *on_the_way])


def _target(s: ast.Assign) -> str:
    return ast.unparse(s.targets[0])


def _count(names: set[str], nodes: list[ast.AST]) -> int:
    """Count the reads of some names."""
    loads = (n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    return sum(n in names for n in loads)


def _count_from_zero(loop: ast.For, start: Polynomial) -> None:
    """Let a loop that begins elsewhere count as many turns from zero, if its end is known."""
    over = loop.iter
    assert isinstance(over, ast.Call)
    stop = _number(over.args[1], {})
    assert stop is not None
    over.args = [_expression(stop - start)]


def _entries(body: list[ast.stmt]) -> Iterator[ast.Subscript]:
    """Yield the entries of arrays that have names."""
    for s in body:
        for n in nodes_in(s):
            named = isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name)
            if isinstance(n, ast.Subscript) and named and not _has_slice(n):
                yield n


def has_loop(body: list[ast.stmt]) -> bool:
    """Whether statements have a loop among them, or inside."""
    return any(isinstance(n, ast.For | ast.While) for s in body for n in nodes_in(s))


def _has_slice(e: ast.Subscript) -> bool:
    return any(isinstance(m, ast.Slice) for m in nodes_in(e.slice))


def _known(body: list[ast.stmt]) -> dict[str, Polynomial]:
    """Return numbers that are computed once in a turn, of what there is before."""
    stored = [n.id for s in body for n in nodes_in(s)
              if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]  # fmt: skip
    out: dict[str, Polynomial] = {}
    for s in body:
        target = s.targets[0] if isinstance(s, ast.Assign) else None
        if isinstance(s, ast.Assign) and isinstance(target, ast.Name):
            value = _number(s.value, out)
            if value is not None and stored.count(target.id) == 1:
                out[target.id] = value
    return out


def _number(e: ast.expr, known: dict[str, Polynomial]) -> Polynomial | None:
    """Return a whole number as a polynomial of names."""
    if isinstance(e, ast.Constant):
        return Polynomial.of(e.value) if type(e.value) is int else None
    if isinstance(e, ast.Name):
        return known.get(e.id, Polynomial.of(e.id))
    if isinstance(e, ast.BinOp) and type(e.op) in ARITHMETIC:
        left, right = _number(e.left, known), _number(e.right, known)
        return None if left is None or right is None else ARITHMETIC[type(e.op)](left, right)
    return None


def _is_doubtful(first: Polynomial, indices: frozenset[str]) -> bool:
    """Whether it takes more than a look to see that an index is not negative."""
    return bool(first.names()) and not first.never_negative(set(indices))


def _from(others: list[ast.expr], first: Polynomial) -> ast.expr:
    """Return the subscript of the rest of a row."""
    rest = ast.Slice(_expression(first), None, None)
    return ast.Tuple([*map(_copied, others), rest], ast.Load()) if others else rest


def _expression(p: Polynomial) -> ast.expr:
    return ast.parse(p.text(), mode="eval").body


@deep
def _copied(node: Node) -> Node:
    """Return a copy of a tree that has the same notes."""
    made = copy.copy(node)
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            setattr(made, field, _copied(value))
        elif isinstance(value, list):
            setattr(made, field, [_copied(v) if isinstance(v, ast.AST) else v for v in value])
    return made


def _names(nodes: list[ast.expr]) -> set[str]:
    return {n.id for e in nodes for n in nodes_in(e) if isinstance(n, ast.Name)}


def _stored(statements: list[ast.stmt]) -> set[str]:
    names = (n for s in statements for n in nodes_in(s) if isinstance(n, ast.Name))
    return {n.id for n in names if isinstance(n.ctx, ast.Store)}


def _without_unread(body: list[ast.stmt]) -> list[ast.stmt]:
    """Leave out sums of numbers that only indices were made of."""
    nodes = [n for s in body for n in nodes_in(s)]
    read = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    read |= _names([n.target for n in nodes if isinstance(n, ast.AugAssign)])

    def kept(statements: list[ast.stmt]) -> list[ast.stmt]:
        out = []
        for s in statements:
            target = s.targets[0] if isinstance(s, ast.Assign) else None
            unread = isinstance(target, ast.Name) and target.id not in read
            if isinstance(s, ast.Assign) and unread and _number(s.value, {}) is not None:
                continue
            if isinstance(s, ast.For | ast.While | ast.If):
                s.body, s.orelse = kept(s.body) or [ast.Pass()], kept(s.orelse)
            out.append(s)
        return out

    return kept(body)
