"""Whether every index of a compiled function is in range, and for which lengths of arguments.

Numba compares each index with the array's length, and that keeps a loop from becoming one of
vectors.  Where all indices are bounds of loops, lengths and whole numbers, it is known before the
call whether they fit: what has to hold is found here, in the statements as they are printed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import NamedTuple

from gradgen.backends.picked import picked, picked_as
from gradgen.deep import deep
from gradgen.ir.limits import Limits, Unproven
from gradgen.ir.polynomials import Polynomial
from gradgen.syntax import nodes_in, parts_of

MAKERS = ("np.zeros", "np.empty", "np.ones", "np.full")
ALIKE = ("np.zeros_like", "np.empty_like", "np.ones_like")
UNREAD = (
    ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp, ast.NamedExpr,
    ast.Await, ast.Yield, ast.YieldFrom,
)  # fmt: skip
MOST = 12  # tests of lengths that are worth their time


class Length(NamedTuple):
    """How long an axis is: ``least``, and just that unless a size might have been negative."""

    least: Polynomial
    exact: bool = True


Shape = tuple[Length, ...]


def demands(body: list[ast.stmt], numbers: list[str], ranks: dict[str, int]) -> list[Polynomial]:
    """Return what has to be zero at least, so that no index of some statements is out of range.

    Parameters
    ----------
    body : list of statements
        Of a compiled function.
    numbers, ranks : list of str, dict
        The parameters that are whole numbers, and the ranks of those that are arrays.

    Raises
    ------
    Unproven
        If it is not found out.
    """
    lengths = {f"{a}.shape[{k}]" for a, rank in ranks.items() for k in range(rank)}
    reader = _Reader(Limits(lengths))
    for n in numbers:
        reader.numbers[n] = Polynomial.of(n)
    for a, rank in ranks.items():
        shape = (Polynomial.of(f"{a}.shape[{k}]") for k in range(rank))
        reader.shapes[a] = tuple(map(Length, shape))
    reader.picked = picked(body)
    reader.block(body)
    return _without_implied(reader.found, lengths)


def _without_implied(found: list[Polynomial], natural: set[str]) -> list[Polynomial]:
    """Leave out what holds anyway, or where something else does."""
    out: list[Polynomial] = []
    for p in dict.fromkeys(found):
        if p.never_negative(natural) or any((p - q).never_negative(natural) for q in out):
            continue
        least = p.const()
        if least is not None and least < 0:
            raise Unproven
        out = [q for q in out if not (q - p).never_negative(natural)]
        out.append(p)
    if len(out) > MOST:
        raise Unproven
    return out


class _Reader:
    """Goes through statements in order, with what is known of names at each place."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.numbers: dict[str, Polynomial | None] = {}
        self.shapes: dict[str, Shape | None] = {}
        self.found: list[Polynomial] = []
        self.given: list[tuple[str, Shape | None]] = []  # the lengths of all that is assigned
        self.picked: set[str] = set()
        self.quotients: dict[tuple[Polynomial, int], Polynomial] = {}
        self.ranges: dict[str, tuple[Polynomial, Polynomial]] = {}  # of indices that are picked

    # --- statements -----------------------------------------------------------------------

    @deep
    def block(self, statements: list[ast.stmt]) -> None:
        """Go through statements."""
        for s in statements:
            self.statement(s)

    def statement(self, s: ast.stmt) -> None:
        """Go through one statement."""
        if isinstance(s, ast.For):
            self._for(s)
        elif isinstance(s, ast.While):
            self._loop([s], lambda: (self.read(s.test), self.block(s.body)))
        elif isinstance(s, ast.If):
            self._if(s)
        elif isinstance(s, ast.Assign):
            self.read(s.value)
            for t in s.targets:
                self._assign(t, s.value)
        elif isinstance(s, ast.AugAssign):
            self.read(s.target)
            self.read(s.value)
            if isinstance(s.target, ast.Name):
                name = s.target.id
                after = ast.BinOp(ast.Name(name, ast.Load()), s.op, s.value)
                self.numbers[name] = self.number(after)
        elif isinstance(s, ast.Return | ast.Expr | ast.Raise | ast.Assert):
            for e in parts_of(s):
                self.read(e)
        elif s._fields and not isinstance(s, ast.Pass | ast.Break | ast.Continue):
            raise Unproven

    def _for(self, s: ast.For) -> None:
        self.read(s.iter)
        ends = self._ends(s.iter)
        if s.orelse or not isinstance(s.target, ast.Name):
            raise Unproven
        target = s.target.id
        index = self.limits.index(*ends) if ends is not None else None

        def turn() -> None:
            self.numbers[target] = None if index is None else Polynomial.of(index)
            for name in picked_as(target, s.body) & self.picked:
                self._range_of(name, self.numbers[target])
            self.block(s.body)

        self._loop([s], turn)

    def _ends(self, over: ast.expr) -> tuple[Polynomial, Polynomial] | None:
        """Return the first and last index of a range, None where they are not known."""
        if not isinstance(over, ast.Call) or ast.unparse(over.func) != "range":
            return None
        args = [self.number(a) for a in over.args]
        step = args[2].const() if len(args) == 3 and args[2] is not None else 1
        start, stop = (Polynomial.of(0), args[0]) if len(args) == 1 else args[:2]
        if start is None or stop is None or not step:
            return None
        return (start, stop - 1) if step > 0 else (stop + 1, start)

    def _loop(self, loop: list[ast.stmt], turn: Callable[[], object]) -> None:
        """Go through a loop, of whose names only lengths that stay are known before."""
        names = _stored(loop)
        before = {n: self.shapes.get(n) for n in names}
        found, given = list(self.found), self.given
        changed = set(names)
        while changed:
            self.numbers.update(dict.fromkeys(names))
            self.shapes.update(before)
            self.found, self.given = list(found), []
            turn()
            changed = {n for n, shape in self.given if before[n] not in (None, shape)}
            before |= dict.fromkeys(changed)
            given += self.given
        self.given = given
        self.numbers.update(dict.fromkeys(names))
        self.shapes.update(before)

    def _if(self, s: ast.If) -> None:
        self.read(s.test)
        numbers, shapes = dict(self.numbers), dict(self.shapes)
        with_ends = dict(self.limits.ends)
        after = []
        for body, holds in ((s.body, True), (s.orelse, False)):
            self.numbers, self.shapes = dict(numbers), dict(shapes)
            self._narrow(s.test, holds)
            self.block(body)
            self.limits.ends.update(with_ends)
            after.append((self.numbers, self.shapes))
        (n, a), (m, b) = after
        self.numbers = {k: v if m.get(k) == v else None for k, v in n.items()}
        self.shapes = {k: v if b.get(k) == v else None for k, v in a.items()}

    def _narrow(self, test: ast.expr, holds: bool) -> None:
        """Take what a comparison says about a loop index, where it holds or does not."""
        if not isinstance(test, ast.Compare) or len(test.ops) != 1:
            return
        left, right = self.number(test.left), self.number(test.comparators[0])
        if holds and isinstance(test.left, ast.Name) and test.left.id in self.ranges:
            if isinstance(test.ops[0], ast.GtE) and right is not None and right.const() == 0:
                self.numbers[test.left.id] = Polynomial.of(
                    self.limits.index(*self.ranges[test.left.id])
                )
            return
        name = next(iter(left.names()), "") if left is not None else ""
        if left is None or right is None or left != Polynomial.of(name) or name in right.names():
            return
        if name not in self.limits.ends:
            return
        low, high = self.limits.ends[name]
        kind = type(test.ops[0]) if holds else OPPOSITE.get(type(test.ops[0]))
        if kind is ast.Eq:
            low = high = right
        elif kind is ast.NotEq:
            low = low + 1 if low == right else low
            high = high - 1 if high == right else high
        elif kind in (ast.Gt, ast.GtE):
            low = right + (kind is ast.Gt)
        elif kind in (ast.Lt, ast.LtE):
            high = right - (1 if kind is ast.Lt else 0)
        if all(_inner(n) < _inner(name) for p in (low, high) for n in p.names()):
            self.limits.ends[name] = low, high

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._name(target.id, self.number(value), self.shape(value))
        elif isinstance(target, ast.Tuple):
            if not all(isinstance(t, ast.Name) for t in target.elts):
                raise Unproven
            for name in _stored([ast.Expr(target)]):
                self._name(name, None, None)
        else:
            self.read(target)

    def _name(self, name: str, number: Polynomial | None, shape: Shape | None) -> None:
        if name in self.picked:
            self._range_of(name, number)
        self.numbers[name], self.shapes[name] = number, shape
        self.given.append((name, shape))

    def _range_of(self, name: str, number: Polynomial | None) -> None:
        """Note of which loop a name that is picked has an index, if it has one."""
        if number is None or number.const() is not None:
            return
        ends = self.limits.ends.get(next(iter(number.names())))
        # Ends that lengths alone decide are so in every turn around.
        if ends is not None and not any(_inner(n) for p in ends for n in p.names()):
            self.ranges[name] = ends

    # --- expressions ----------------------------------------------------------------------

    @deep
    def read(self, e: ast.AST) -> None:
        """Note what the indices in an expression demand."""
        if isinstance(e, UNREAD):
            raise Unproven
        if isinstance(e, ast.Subscript):
            self._subscript(e)
        elif isinstance(e, ast.IfExp):
            self.read(e.test)
            before, numbers = dict(self.limits.ends), self.numbers
            for arm, holds in ((e.body, True), (e.orelse, False)):
                self.numbers = dict(numbers)
                self._narrow(e.test, holds)
                self.read(arm)
                self.limits.ends.update(before)
            self.numbers = numbers
        else:
            for child in parts_of(e):
                self.read(child)

    def _subscript(self, e: ast.Subscript) -> None:
        if isinstance(e.value, ast.Attribute) and e.value.attr == "shape":
            return
        shape = self.shape(e.value)
        if shape is None:
            raise Unproven
        indices = _indices(e)
        if len(indices) > len(shape):
            raise Unproven
        for index, length in zip(indices, shape, strict=False):
            self.read(index)
            if not isinstance(index, ast.Slice):
                self._demand(index, length.least)
            elif (first := self._first(index)) is not None:
                self.found += self.limits.least(first)
        if not isinstance(e.value, ast.Name):
            self.read(e.value)

    def _demand(self, index: ast.expr, length: Polynomial) -> None:
        at = self.number(index)
        if at is None:
            raise Unproven
        const = at.const()
        if const is not None and const < 0:
            self.found += self.limits.least(length + at)  # counted from the end
            return
        self.found += self.limits.least(at) + self.limits.least(length - 1 - at)

    def number(self, e: ast.expr) -> Polynomial | None:
        """Return a whole number, None where it is not known."""
        if isinstance(e, ast.Constant):
            return Polynomial.of(e.value) if type(e.value) is int else None
        if isinstance(e, ast.Name):
            return self.numbers.get(e.id)
        if isinstance(e, ast.UnaryOp) and isinstance(e.op, ast.USub):
            value = self.number(e.operand)
            return None if value is None else -value
        if isinstance(e, ast.BinOp):
            return self._binary(e)
        if isinstance(e, ast.Subscript) and isinstance(e.value, ast.Attribute):
            return self._length(e.value, e.slice)
        if isinstance(e, ast.Call) and ast.unparse(e.func) == "len" and len(e.args) == 1:
            return self._length(ast.Attribute(e.args[0], "shape", ast.Load()), ast.Constant(0))
        if isinstance(e, ast.Call) and ast.unparse(e.func) == "min" and len(e.args) == 2:
            return self._smaller(*e.args)
        return None

    def _smaller(self, a: ast.expr, b: ast.expr) -> Polynomial | None:
        """Return the smaller of two whole numbers, where it is plain that neither is negative."""
        found = [self.number(a), self.number(b)]
        if not all(p is not None and self.limits.is_natural(p) for p in found):
            return None
        first, second = (p for p in found if p is not None)
        return Polynomial.of(self.limits.smaller(first, second))

    def _binary(self, e: ast.BinOp) -> Polynomial | None:
        left, right = self.number(e.left), self.number(e.right)
        if left is None or right is None:
            return None
        if isinstance(e.op, ast.Add):
            return left + right
        if isinstance(e.op, ast.Sub):
            return left - right
        if isinstance(e.op, ast.Mult):
            return left * right
        by = right.const()
        if isinstance(e.op, ast.FloorDiv) and by is not None:
            return self._quotient(left, int(by))
        return None

    def _quotient(self, p: Polynomial, by: int) -> Polynomial | None:
        """Return a whole quotient: where something may be left over, what is between two others."""
        exact = p.floor_divided(by)
        if exact is not None or by <= 0:
            return exact
        if (p, by) not in self.quotients:
            part = Polynomial.one_over(by)
            natural = p.never_negative(self.limits.natural)
            low = Polynomial.of(0) if natural else (p - (by - 1)) * part
            self.quotients[p, by] = Polynomial.of(self.limits.index(low, p * part))
        return self.quotients[p, by]

    def _length(self, shape: ast.Attribute, axis: ast.expr) -> Polynomial | None:
        lengths = self.shape(shape.value) if shape.attr == "shape" else None
        k = self.number(axis)
        at = None if k is None else k.const()
        if lengths is None or at is None or not -len(lengths) <= at < len(lengths):
            return None
        length = lengths[int(at)]
        return length.least if length.exact else None

    def shape(self, e: ast.expr) -> Shape | None:
        """Return the lengths of an array, None where they are not known."""
        if isinstance(e, ast.Name):
            return self.shapes.get(e.id)
        if isinstance(e, ast.Subscript):
            return self._part(e)
        if isinstance(e, ast.BinOp):
            return self._of_both(e)
        if isinstance(e, ast.Attribute) and e.attr == "T":
            shape = self.shape(e.value)
            return None if shape is None else shape[::-1]
        if not isinstance(e, ast.Call):
            return None
        name = ast.unparse(e.func)
        if name in MAKERS and e.args:
            return self._lengths(e.args[0])
        if name in ALIKE:
            return self.shape(e.args[0])
        if isinstance(e.func, ast.Attribute) and e.func.attr == "copy" and not e.args:
            return self.shape(e.func.value)
        return None

    def _of_both(self, e: ast.BinOp) -> Shape | None:
        """Return the lengths of what is computed of an array and a literal, or of two alike."""
        sides = [side for side in (e.left, e.right) if not isinstance(side, ast.Constant)]
        found = {self.shape(side) for side in sides}
        return found.pop() if len(found) == 1 and not isinstance(e.op, ast.MatMult) else None

    def _part(self, e: ast.Subscript) -> Shape | None:
        """Return the lengths of what indices and whole axes leave of an array."""
        shape, indices = self.shape(e.value), _indices(e)
        if shape is None or len(indices) > len(shape):
            return None
        kept = []
        for index, length in zip(indices, shape, strict=False):
            if isinstance(index, ast.Slice):
                first = self._first(index)
                if first is None:
                    return None
                kept.append(Length(length.least - first, length.exact and index.lower is None))
            elif self.number(index) is None:
                return None
        return (*kept, *shape[len(indices) :])

    def _first(self, index: ast.Slice) -> Polynomial | None:
        """Return where a slice begins that goes to the end, None for others."""
        first = self.number(index.lower or ast.Constant(0))
        const = None if first is None else first.const()
        from_the_end = const is not None and const < 0
        return None if from_the_end or index.upper or index.step else first

    def _lengths(self, e: ast.expr) -> Shape | None:
        """Return the lengths that a size says."""
        if isinstance(e, ast.Attribute) and e.attr == "shape":
            return self.shape(e.value)
        sizes = e.elts if isinstance(e, ast.Tuple) else [e]
        out = [self._size(size) for size in sizes]
        known = [length for length in out if length is not None]
        return tuple(known) if len(known) == len(out) else None

    def _size(self, e: ast.expr) -> Length | None:
        """Return a length; ``max(n, 0)`` is ``n`` at least."""
        ends = isinstance(e, ast.Call) and ast.unparse(e.func) == "max" and len(e.args) == 2
        if ends and isinstance(e, ast.Call):
            found = [self.number(a) for a in e.args]
            least = next((p for p in found if p is not None and p.const() is None), None)
            return None if least is None else Length(least, False)
        number = self.number(e)
        return None if number is None else Length(number)


OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
}  # fmt: skip


def _inner(name: str) -> int:
    """Return how far inside a loop index is made; what is no index is outside of all."""
    return int(name[1:]) if name.startswith("#") else 0


def _indices(e: ast.Subscript) -> list[ast.expr]:
    return list(e.slice.elts) if isinstance(e.slice, ast.Tuple) else [e.slice]


def _stored(statements: list[ast.stmt]) -> set[str]:
    """Return the names that statements bind."""
    names = (n for s in statements for n in nodes_in(s) if isinstance(n, ast.Name))
    return {n.id for n in names if isinstance(n.ctx, ast.Store)}
