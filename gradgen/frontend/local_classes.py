"""Classes that are defined inside the function that is read.

Python makes a class by running the body of its statement; so does this, once for each reading, by
the code that was compiled from the same text.  What the methods read around them is known, other
classes, functions of modules, constants, or it is what the names of the function are when a method
is called, as for local functions.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import types
from typing import Any, NoReturn

from gradgen.frontend.assigned import assigned_names, changed
from gradgen.frontend.class_attributes import made_anew
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.points import Point
from gradgen.frontend.reader import Reader
from gradgen.frontend.source import code_of_class
from gradgen.frontend.values import Frame, Static, is_static, static_value
from gradgen.syntax import every_node, nodes_in

WAY_OUT = "define the class outside the function, or pass its methods what they need"
FOLLOWED = object()  # for a name around the class that is looked up when a method is called
ITSELF = object()
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
    around = {name: _around(r, s, name) for name in code.co_freevars}
    held = ((name, None if cell is FOLLOWED else id(cell)) for name, cell in around.items())
    key: Any = (id(s), bases, *held)
    if FOLLOWED in around.values():
        key = (*key, *r.call_path)
        key = (*key, _which_call(r, key))
    made: Any = None
    # What one call of a function assigns to a class, the class of another call has not.
    for one in (key, (key, *r.call_path)):
        if made is None or made in r.book.class_writes:
            if one not in r.book.local_classes:
                cells = _cells(code, around)
                r.book.local_classes[one] = _made(r, s, code, bases, decorators, cells), cells
            made, cells = r.book.local_classes[one]
    for name, cell in cells.items():
        if around.get(name) is FOLLOWED:
            r.book.cells[id(cell)] = r.frame
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
    """Return what a name around the class stands for, if it is known and stays; or `FOLLOWED`."""
    if _may_change(r.frame, name, name == s.name):
        return FOLLOWED
    if name == s.name:
        return ITSELF
    value = r.lookup(name, s)
    held = static_value(value) if is_static(value) else FOLLOWED
    return held if isinstance(held, CONSTANTS) else FOLLOWED


def _may_change(frame: Frame, name: str, itself: bool) -> bool:
    """Whether a name around a class may stand for something else when a method is called."""
    for around in frame.outward():
        if name in around.local_names or name in around.assigned_inside:
            tree = around.source.node
            given = any(isinstance(n, ast.arg) and n.arg == name for n in every_node(tree))
            again = given and name in _assigned_in(tree)
            # A name that has no value yet is that of what comes after the class statement.
            missing = not itself and name not in around.names
            return missing or again or name in changed(tree) or name in around.assigned_inside
    return False


def _assigned_in(tree: ast.AST) -> set[str]:
    """Return the names that a function, or one inside it, assigns."""
    bodies = [n.body for n in every_node(tree) if isinstance(n, ast.FunctionDef)]
    return {name for body in bodies for name in assigned_names(body)}


def _which_call(r: Reader, key: Any) -> int:
    """Return how many calls of the function around have made a class by this statement before.

    In each, its methods read other names.
    """
    frames = r.book.class_frames.setdefault(key, [])
    if not any(frame is r.frame for frame in frames):
        frames.append(r.frame)
    return next(k for k, frame in enumerate(frames) if frame is r.frame)


def follow(r: Reader, node: ast.AST, frame: Frame) -> None:
    """Let a method of such a class read the names of the function around it as they are now."""
    around = {name: r.book.cells.get(id(cell)) for name, cell in frame.cells.items()}
    found = {id(f): f for f in around.values() if f is not None}
    if not found:
        return
    [frame.parent] = found.values()  # a class statement has one function around it
    frame.cells = {n: cell for n, cell in frame.cells.items() if around[n] is None}
    if not any(f is frame.parent for f in r.frames()):
        name = next(n for n, f in around.items() if f is not None)
        what = f"a method that reads {name!r} of a function which has returned"
        r.refuse(node, what, "give it to the object as an attribute")


def _refuse(r: Reader, s: ast.ClassDef, what: str) -> NoReturn:
    r.refuse(s, f"the class statement {s.name!r}, which takes {what}", WAY_OUT)


def _cells(code: types.CodeType, around: dict[str, Any]) -> dict[str, types.CellType]:
    """Return the cells of what a class statement reads around it, empty where it is followed."""
    cells = {name: types.CellType() for name in code.co_freevars}
    for name, held in around.items():
        if held is not FOLLOWED and held is not ITSELF:
            cells[name].cell_contents = held
    return cells


def _made(
    r: Reader,
    s: ast.ClassDef,
    code: types.CodeType,
    bases: tuple[Any, ...],
    decorators: list[Any],
    cells: dict[str, types.CellType],
) -> Any:
    """Return the class that the statement makes."""
    body = types.FunctionType(code, r.frame.globals, s.name, None, tuple(cells.values()))
    try:
        made: Any = builtins.__build_class__(body, s.name, *bases)
        for decorator in reversed(decorators):
            made = decorator(made)
    except Exception as error:
        r.fail(s, error)
    if s.name in cells:
        cells[s.name].cell_contents = made
    return made
