"""From the symbols that are given to the parameters of the function, and what they hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gradgen.dataclass import dataclass
from gradgen.emission import pieces
from gradgen.errors import ArgumentError
from gradgen.fromsympy.names import Names, identifier, stem
from gradgen.fromsympy.nodes import Node, Nodes
from gradgen.fromsympy.text import assigned

NAMED = 10  # so many symbols of a group are names of their own; more are read by their place


@dataclass
class Parameter:
    """One parameter: a number (``shape`` is empty), a group of symbols, or an array.

    Attributes
    ----------
    name : str
        Its name in the text.
    shape : tuple
        Its lengths: integers, or SymPy's expressions where they are open.
    symbols : list
        What its entries stand for, in order; of an array, the one that it is as a whole.
    whole : bool
        Whether it is an array as a whole.
    """

    name: str
    shape: tuple[Any, ...]
    symbols: list[Any]
    whole: bool = False

    def example(self) -> Any:
        """Return a value of its type: all ones."""
        if not self.shape and self.symbols[0].is_integer:
            return 1
        shape = tuple(int(n) if n.is_Integer else 2 for n in self.shape)
        return np.ones(shape) if shape else 1.0

    @property
    def is_integer(self) -> bool:
        """Whether it is a whole number, which has no derivative."""
        return not self.shape and bool(self.symbols[0].is_integer)


def parameters(symbols: Any, names: Names) -> list[Parameter]:
    """Return the parameters that symbols stand for.

    Raises
    ------
    ArgumentError
        If something else is among them, or one is there twice.
    """
    named = symbols if isinstance(symbols, dict) else {}
    if not isinstance(symbols, list | tuple | dict):
        symbols = [symbols]
    entries = [(str(n), s) for n, s in named.items()] or [("", s) for s in symbols]
    made = [_parameter(name, entry) for name, entry in entries]
    _require_different([s for p in made for s in p.symbols])
    for p in made:
        p.name = names.fresh(p.name)
    return made


def _parameter(name: str, entry: Any) -> Parameter:
    import sympy

    kind = type(entry).__name__
    if kind in ("MatrixSymbol", "IndexedBase"):
        shape = tuple(entry.shape or ()) or (sympy.oo,)
        return Parameter(name or identifier(entry), shape, [entry], whole=True)
    if isinstance(entry, list | tuple | sympy.MatrixBase | sympy.NDimArray | np.ndarray):
        symbols = np.array(_listed(entry), dtype=object)
        if symbols.size == 0 or any(isinstance(s, list) for s in symbols.flat):
            raise ArgumentError(
                f"the group of symbols {entry!r:.60} is no vector and no matrix",
                hint="give lists of equal lengths, or separate arguments",
            )
        flat = [_checked(s) for s in symbols.flat]
        wanted = name or stem([identifier(s) for s in flat])
        return Parameter(wanted, tuple(map(sympy.Integer, symbols.shape)), flat)
    return Parameter(name or identifier(_checked(entry)), (), [entry])


def _listed(entry: Any) -> Any:
    if hasattr(entry, "tolist"):
        return entry.tolist()
    return [_listed(e) for e in entry] if isinstance(entry, list | tuple) else entry


def _checked(symbol: Any) -> Any:
    """Return what is to be an argument: a symbol, or what the expression has as a whole."""
    import sympy

    known = (sympy.Number, sympy.NumberSymbol, sympy.logic.boolalg.Boolean)
    made = isinstance(symbol, (sympy.Add, sympy.Mul, sympy.Pow, *known)) and not symbol.is_Symbol
    if isinstance(symbol, sympy.Basic) and not made:
        return symbol
    raise ArgumentError(
        f"{symbol!r:.60} is given among the symbols, and is none",
        hint="give symbols, groups of them in lists, MatrixSymbol or IndexedBase for arrays; "
        "text is not parsed",
    )


def _require_different(symbols: list[Any]) -> None:
    seen = set()
    for s in symbols:
        if s in seen:
            raise ArgumentError(f"the symbol {s} is given twice", hint="list each once")
        seen.add(s)


class Entry:
    """The beginning of the function: checks of shapes, and names for what is in arguments."""

    def __init__(self, params: list[Parameter], nodes: Nodes, names: Names) -> None:
        self.nodes, self.names = nodes, names
        self.statements: list[ast.stmt] = []
        self.atoms: dict[Any, Node] = {}
        for p in params:
            if not p.shape:
                self.atoms[p.symbols[0]] = self._name(p.name)
        for p in params:
            if p.whole:
                self._array(p)
            elif p.shape:
                self._group(p)

    def _name(self, name: str) -> Node:
        return self.nodes.make("name", data=name)

    def _group(self, p: Parameter) -> None:
        """Give the symbols of a group names, a row a line; many are read by their place."""
        shape = tuple(map(int, p.shape))
        fresh = [self.names.fresh(identifier(s)) for s in p.symbols]
        if len(fresh) > NAMED or len(shape) > 2:
            self._require_shape(p.name, p.shape)
            for place, symbol, name in zip(np.ndindex(shape), p.symbols, fresh, strict=True):
                at = [self.nodes.const(k) for k in place]
                self.atoms[symbol] = self.nodes.make("item", [self._name(p.name), *at], name)
            return
        self.atoms |= {s: self._name(n) for s, n in zip(p.symbols, fresh, strict=True)}
        if len(shape) == 1:
            self.statements.append(assigned(fresh, pieces.dotted(p.name)))
            return
        self._require_shape(p.name, p.shape)
        for k in range(shape[0]):
            row = ast.Subscript(pieces.dotted(p.name), ast.Constant(k), ast.Load())
            self.statements.append(assigned(fresh[k * shape[1] : (k + 1) * shape[1]], row))

    def _array(self, p: Parameter) -> None:
        """Check an array's lengths; one that is a symbol, and not given, is read from it."""
        self.atoms[p.symbols[0]] = self._name(p.name)
        mine = {n: k for k, n in enumerate(p.shape) if n.is_Symbol and n not in self.atoms}
        fresh = {n: self.names.fresh(identifier(n)) for n in mine}
        self.atoms |= {n: self._name(name) for n, name in fresh.items()}
        if len(fresh) == len(p.shape):
            shape = ast.Attribute(pieces.dotted(p.name), "shape", ast.Load())
            self.statements.append(assigned(list(fresh.values()), shape))
            return
        for n, name in fresh.items():
            target = ast.Name(name, ast.Store())
            self.statements.append(ast.Assign([target], _length(p.name, mine[n])))
        self._require_shape(p.name, p.shape)

    def _require_shape(self, name: str, shape: Sequence[Any]) -> None:
        known = [self._known_length(n) for n in shape]
        if not any(known):
            return
        whole = ast.Attribute(pieces.dotted(name), "shape", ast.Load())
        test: ast.expr
        if all(known):
            wanted = ast.Tuple([n for n in known if n], ast.Load())
            test = ast.Compare(whole, [ast.NotEq()], [wanted])
        else:
            rank = ast.Attribute(pieces.dotted(name), "ndim", ast.Load())
            tests: list[ast.expr] = [
                ast.Compare(_length(name, k), [ast.NotEq()], [n]) for k, n in enumerate(known) if n
            ]
            tests.insert(0, ast.Compare(rank, [ast.NotEq()], [ast.Constant(len(shape))]))
            test = ast.BoolOp(ast.Or(), tests)
        text = f"{name} has another shape than {tuple(shape)!s}"
        self.statements.append(refusal(test, text))

    def _known_length(self, n: Any) -> ast.expr | None:
        if n.is_Integer:
            return ast.Constant(int(n))
        if n in self.atoms and self.atoms[n].kind == "name":
            return pieces.dotted(self.atoms[n].data)
        return None


def _length(name: str, axis: int) -> ast.expr:
    if axis == 0:
        return pieces.call("len", [pieces.dotted(name)])
    shape = ast.Attribute(pieces.dotted(name), "shape", ast.Load())
    return ast.Subscript(shape, ast.Constant(axis), ast.Load())


def refusal(test: ast.expr, text: str) -> ast.If:
    """Return a statement that refuses what a test finds."""
    error = pieces.call("ValueError", [ast.Constant(text)])
    return ast.If(test, [ast.Raise(error, None)], [])


def integers(params: list[Parameter]) -> Iterator[str]:
    """Yield the names of the parameters that are whole numbers."""
    yield from (p.name for p in params if p.is_integer)
