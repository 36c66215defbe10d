"""Classes that are defined inside the function that is read.

Python makes a class by running the body of its statement; so does this, once for each reading, by
the code that was compiled from the same text.  What the body and its methods read around them has
to be known: other classes, functions of modules, constants.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import types
from typing import Any, NoReturn

from gradgen.frontend.class_attributes import made_anew
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.points import Point
from gradgen.frontend.reader import Reader
from gradgen.frontend.source import code_of_class
from gradgen.frontend.values import Static, is_static, static_value
from gradgen.syntax import nodes_in

WAY_OUT = "define the class outside the function, or pass its methods what they need"
CONSTANTS = (str, int, float, bool, type(None), type, types.FunctionType, types.ModuleType)


def class_statement(r: Reader, s: ast.ClassDef, rest: Point) -> Point:
    """Make the class, and give it its name."""
    if s.keywords:
        r.refuse(s, f"the class statement {s.name!r} with keywords", WAY_OUT)
    _require_plain(r, s)
    code = code_of_class(r.frame.source, s)
    if code is None:
        r.refuse(s, f"the class statement {s.name!r}, whose code is not found", WAY_OUT)
    bases = tuple(_known(r, base, s) for base in s.bases)
    decorators = [_decorator(r, d, s) for d in s.decorator_list]
    around = {name: _around(r, s, name) for name in code.co_freevars if name != s.name}
    key = (id(s), bases, *((name, id(held)) for name, held in around.items()))
    made: Any = None
    # What one call of a function assigns to a class, the class of another call has not.
    for one in (key, (key, *r.call_path)):
        if made is None or made in r.book.class_writes:
            if one not in r.book.local_classes:
                r.book.local_classes[one] = _made(r, s, code, bases, decorators, around), around
            made = r.book.local_classes[one][0]
    made_anew(r, s, made)
    r.bind(s.name, Static(made))
    return rest


def _require_plain(r: Reader, s: ast.ClassDef) -> None:
    """Refuse a body that computes something, which each call of the function would do anew."""
    own = {n.id for n in nodes_in(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {f.name for f in s.body if isinstance(f, ast.FunctionDef)}
    for inner in s.body:
        match inner:
            case ast.Pass() | ast.Expr(ast.Constant()):
                plain = True
            case ast.FunctionDef(args=args, decorator_list=decorators):
                given = [d for d in [*args.defaults, *args.kw_defaults] if d is not None]
                plain = all(_is_literal(d, own) for d in given)
                plain &= all(isinstance(d, ast.Name | ast.Attribute) for d in decorators)
            case ast.Assign(value=value) | ast.AnnAssign(value=value):
                plain = value is None or _is_literal(value, own)
            case _:
                plain = False
        if not plain:
            what = f"the class statement {s.name!r}, whose body computes something"
            r.refuse(inner, what, WAY_OUT)


def _is_literal(node: ast.expr, own: set[str]) -> bool:
    """Whether an expression is a literal, a name of the class's own, or a dataclass's field."""
    if isinstance(node, ast.Name):
        return node.id in own
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        simple = all(
            k.arg == "default_factory" or isinstance(k.value, ast.Constant) for k in node.keywords
        )
        return name == "field" and not node.args and simple
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError):
        return False
    return True


def _known(r: Reader, node: ast.expr, s: ast.ClassDef) -> Any:
    value = evaluate(r, node)
    if not is_static(value):
        _refuse(r, s, f"what is not known before the program runs, {ast.unparse(node)!r}")
    return static_value(value)


def _decorator(r: Reader, node: ast.expr, s: ast.ClassDef) -> Any:
    """Return what decorates the class: ``dataclass`` with its options, too."""
    if not isinstance(node, ast.Call):
        return _known(r, node, s)
    function = _known(r, node.func, s)
    options = {k.arg: _known(r, k.value, s) for k in node.keywords if k.arg}
    if function is not dataclasses.dataclass or node.args or len(options) < len(node.keywords):
        _refuse(r, s, f"the decorator {ast.unparse(node)!r}")
    return function(**options)


def _around(r: Reader, s: ast.ClassDef, name: str) -> Any:
    """Return what a name around the class stands for; it has to be the same at every call."""
    value = r.lookup(name, s)
    held = static_value(value) if is_static(value) else None
    if not is_static(value) or not isinstance(held, CONSTANTS):
        _refuse(r, s, f"the function's own {name!r}")
    return held


def _refuse(r: Reader, s: ast.ClassDef, what: str) -> NoReturn:
    r.refuse(s, f"the class statement {s.name!r}, which takes {what}", WAY_OUT)


def _made(
    r: Reader,
    s: ast.ClassDef,
    code: types.CodeType,
    bases: tuple[Any, ...],
    decorators: list[Any],
    around: dict[str, Any],
) -> Any:
    """Return the class that the statement makes."""
    itself = types.CellType()
    cells = [
        itself if name == s.name else types.CellType(around[name]) for name in code.co_freevars
    ]
    body = types.FunctionType(code, r.frame.globals, s.name, None, tuple(cells))
    try:
        made: Any = builtins.__build_class__(body, s.name, *bases)
        for decorator in reversed(decorators):
            made = decorator(made)
    except Exception as error:
        r.fail(s, error)
    itself.cell_contents = made
    return made
