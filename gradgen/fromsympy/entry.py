"""``gradgen.from_sympy``: an expression of SymPy as a function that gradgen differentiates."""

from __future__ import annotations

import ast
import os
import textwrap
from typing import Any

import numpy as np

from gradgen.collector import uncollected
from gradgen.emission.header import MARK
from gradgen.emission.module import load, write
from gradgen.emission.printer import Docstring, print_statements
from gradgen.errors import ArgumentError
from gradgen.fromsympy.arguments import Entry, Parameter, parameters, refusal
from gradgen.fromsympy.guards import guarded
from gradgen.fromsympy.lower import Lowering
from gradgen.fromsympy.names import Names, plain
from gradgen.fromsympy.nodes import Node, Nodes, reachable
from gradgen.fromsympy.place import Placement
from gradgen.fromsympy.sharing import regrouped
from gradgen.fromsympy.text import Writer
from gradgen.gradient import Differentiable, Gradient
from gradgen.options import Options
from gradgen.syntax import names_in


@uncollected
def from_sympy(
    expr: Any, symbols: Any, *, name: str = "expression", scalar: bool = False
) -> SymPyFunction:
    """Return a function that computes an expression of SymPy, and its derivatives.

    The expression becomes the text of a plain Python function, with what it shares computed once,
    and that is differentiated as any other: no derivative is taken in SymPy, whose expressions
    of them grow.

    Parameters
    ----------
    expr : sympy.Expr, sympy.Matrix, sympy.Array, list or tuple
        What to compute.  A matrix gives an array of its shape, a list an array, and a tuple a
        tuple of its parts' values.
    symbols : sequence or dict
        The arguments, in order: a symbol is a number; a list of symbols, or a matrix of them, is
        one array of these; a ``MatrixSymbol`` or an ``IndexedBase`` is an array.  What else the
        expression is not to look into may stand in a symbol's place: ``q(t)``, its derivative,
        an entry of an array.  A dict also names the arguments.
    name : str, optional
        The name of the function.
    scalar : bool, optional
        Whether the numbers are to be floats alone: the text then calls ``math`` and branches, which
        is several times as fast for floats; else it calls NumPy, and takes arrays as well.

    Returns
    -------
    SymPyFunction
        ``f(*args)`` is the value, ``f.grad(*args)``, ``f.value_and_grad(*args)``,
        ``f.jacobian(*args)`` and ``f.hessian(*args)`` its derivatives by all arguments that are no
        integers; ``f.source`` is the text.

    Raises
    ------
    ArgumentError
        If the expression has symbols that are not given.
    UnsupportedError
        If something in it has no counterpart in Python's numbers, or is not evaluated.

    Examples
    --------
    >>> x, y = sympy.symbols("x y")
    >>> f = gradgen.from_sympy(sympy.sin(x) * y, [x, y])
    >>> f.grad(0.0, 2.0)
    (2.0, 0.0)
    """
    if not name.isidentifier() or plain(name) != name:
        raise ArgumentError(f"name={name!r} is no name of a function", hint="give an identifier")
    module = _Module(expr, symbols, name, scalar)
    return SymPyFunction(module, (expr, symbols, name, scalar))


class _Module:
    """The text of an expression, and the function that it defines."""

    def __init__(self, expr: Any, symbols: Any, name: str, scalar: bool) -> None:
        names = Names({name})
        self.name, self.scalar = name, scalar
        self.parameters = parameters(symbols, names)
        nodes = Nodes()
        entry = Entry(self.parameters, nodes, names)
        lowering = Lowering(nodes, entry.atoms, scalar)
        root = regrouped(nodes, _root(lowering, expr))
        self.is_array = any(n.kind == "array" for n in reachable([root]))
        root = root if scalar else guarded(nodes, root)
        checks = self._checks(lowering, names)
        statements, value = Writer(Placement(root, arms=scalar), scalar, names).run()
        body = [*entry.statements, *checks, *statements, ast.Return(value)]
        self.text = self._text(body)
        self.function = load(self.text, name, {})

    def _checks(self, lowering: Lowering, names: Names) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for node, text in lowering.checks:
            placement = Placement(node, arms=self.scalar)
            statements, test = Writer(placement, True, names).run()
            out += [*statements, refusal(test, text)]
        return out

    def _text(self, body: list[ast.stmt]) -> str:
        args = [ast.arg(p.name) for p in self.parameters]
        signature = ast.arguments([], args, None, [], [], None, [])
        definition = ast.FunctionDef(self.name, signature, body, [], None)
        used = names_in([definition])
        imports = [line for word, line in IMPORTS.items() if word in used]
        header = self._header(used)
        lines = print_statements([Docstring(header)])
        lines += [*imports, "", "", *print_statements([definition])]
        return "\n".join(lines) + "\n"

    def _header(self, used: set[str]) -> str:
        from gradgen import __version__

        call = f"{self.name}({', '.join(p.name for p in self.parameters)}) -> value"
        needs = [n for word, n in (("np", "NumPy"), ("scipy", "SciPy")) if word in used]
        lines = [f"Value of ``{self.name}``, {MARK} {__version__} from an expression of SymPy."]
        lines += ["", *textwrap.wrap(f"    {call}", 84, subsequent_indent=" " * 8), ""]
        renamed = [f"{p.name} for {p.symbols[0]}" for p in self.parameters if _is_renamed(p)]
        if renamed:
            lines += textwrap.wrap(f"Names:  {', '.join(renamed)}", 84, subsequent_indent=" " * 8)
        lines += [f"Needs {' and '.join(needs)} only." if needs else "Needs only Python."]
        return "\n".join(lines)


IMPORTS = {"math": "import math", "np": "import numpy as np", "scipy": "import scipy.special"}


def _is_renamed(p: Parameter) -> bool:
    return not p.shape and str(p.symbols[0]) != p.name


def _root(lowering: Lowering, expr: Any) -> Node:
    """Return the node of an expression, or of a container of expressions."""
    import sympy

    if isinstance(expr, tuple):
        parts = [_root(lowering, e) for e in expr]
        return lowering.nodes.make("tuple", parts)
    if isinstance(expr, list | np.ndarray):
        items = np.array(expr.tolist() if isinstance(expr, np.ndarray) else expr, dtype=object)
        made = [lowering.lower(sympy.sympify(e, strict=True)) for e in items.flat]
        return lowering.nodes.make("array", made, items.shape)
    try:
        plain_expr = sympy.sympify(expr, strict=True)
    except sympy.SympifyError:
        raise ArgumentError(
            f"{expr!r:.60} is no expression of SymPy",
            hint="build it from symbols; text is not parsed",
        ) from None
    if isinstance(plain_expr, sympy.Tuple):
        return _root(lowering, tuple(plain_expr))
    if isinstance(plain_expr, sympy.logic.boolalg.Boolean) and not plain_expr.is_Symbol:
        raise ArgumentError(
            f"{expr!r:.60} is a condition, no number",
            hint="choose numbers by it: Piecewise((1, condition), (0, True))",
        )
    return lowering.lower(plain_expr)


class SymPyFunction(Differentiable):
    """An expression of SymPy as a function; made by `from_sympy`.

    It can be called, differentiated by every transformation of gradgen, and called by losses
    that gradgen differentiates.
    """

    def __init__(self, module: _Module, made_of: tuple[Any, ...]) -> None:
        self._module, self._made_of = module, made_of
        active = [k for k, p in enumerate(module.parameters) if not p.is_integer]
        # One gradient by itself, several as a tuple; without any, an error says why.
        several = len(active) > 1
        self.argnums: int | tuple[int, ...] = tuple(active) if several else [*active, 0][0]
        self._example = tuple(p.example() for p in module.parameters)
        super().__init__(module.function, Options(self.argnums), self._example)
        self._derived: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<gradgen function {self._module.name!r} of a SymPy expression>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the value of the expression."""
        try:
            value = self.__wrapped__(*args, **kwargs)
        except (TypeError, ValueError) as error:
            self._check_numbers(args, error)
            raise
        return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value

    def _check_numbers(self, args: tuple[Any, ...], error: Exception) -> None:
        """Say that an array stands where a number is needed, if that is so."""
        params = zip(self._module.parameters, args, strict=False)
        arrays = [p.name for p, value in params if not p.shape and np.ndim(value) > 0]
        if not arrays:
            return
        hint = "call it for each entry, or give numbers"
        if self._module.scalar:
            hint = "make the function without scalar=True, or give numbers"
        raise ArgumentError(
            f"{arrays[0]} is an array, and the expression is one of numbers", hint=hint
        ) from error

    def __reduce__(self) -> Any:
        return _again, self._made_of

    @property
    def jacobian(self) -> Any:
        """The derivative of every entry of the value by all arguments (see `gradgen.jacobian`)."""
        from gradgen.jacobians import jacobian

        return self._derived.setdefault(
            "jacobian",
            jacobian(self.__wrapped__, argnums=self.argnums, example_args=self._example),
        )

    @property
    def hessian(self) -> Any:
        """The second derivatives of every entry of the value (see `gradgen.hessian`)."""
        from gradgen.jacobians import hessian

        return self._derived.setdefault(
            "hessian",
            hessian(self.__wrapped__, argnums=self.argnums, example_args=self._example),
        )

    @property
    def source(self) -> str:
        """The text of the function itself; that of a derivative is, say, ``f.grad.source``."""
        return self._module.text

    @property
    def graph(self) -> Any:
        """The operation graph of the function."""
        return Gradient(self.__wrapped__, Options(self.argnums, mode="value"), self._example).graph

    def explain(self) -> str:
        """Return what is differentiated, saved and recomputed, and why."""
        if self._module.is_array:
            found: str = self.jacobian.explain()
            return found
        return super().explain()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the function's text to a file, atomically, never over a foreign file."""
        write(self._module.text, path, {})


def _again(expr: Any, symbols: Any, name: str, scalar: bool) -> SymPyFunction:
    return from_sympy(expr, symbols, name=name, scalar=scalar)
