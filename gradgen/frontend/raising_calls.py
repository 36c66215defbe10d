"""Calls in a ``try`` of functions that raise what it catches: their bodies stand in their place.

What such a function raises is a jump then, as what the ``try`` raises itself is, and ``return`` is
a jump behind the body.  Its names get another ending, so that they are none of the caller's.
"""

from __future__ import annotations

import ast
import builtins
import copy
import types
from collections.abc import Callable
from typing import Any

from gradgen.checkpoint import is_marked
from gradgen.dataclass import dataclass
from gradgen.errors import GradgenError
from gradgen.frontend.assigned import assigned_names
from gradgen.frontend.calls import call_arguments
from gradgen.frontend.comprehensions import Renamer
from gradgen.frontend.effects import spelling_of
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.hoisting import hoisted
from gradgen.frontend.inlining import frame_of
from gradgen.frontend.jumps import Entry, Instead, Throw, always_jumps
from gradgen.frontend.leaving import rebuilt
from gradgen.frontend.liveness import MARK
from gradgen.frontend.objects import Method
from gradgen.frontend.parameters import bind_arguments
from gradgen.frontend.points import Point
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Certain
from gradgen.frontend.source import source_of
from gradgen.frontend.special import SPECIAL
from gradgen.frontend.state import restore, snapshot
from gradgen.frontend.values import Choice, Frame, LocalFunction, Static
from gradgen.ir.nodes import Block
from gradgen.library import READ_AS
from gradgen.rules.registry import CALLABLES
from gradgen.syntax import every_node, located, names_in, nodes_in

# Their names or results are not those of a run of statements.
OTHER = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Global, ast.Nonlocal,
    ast.Yield, ast.YieldFrom, ast.Await,
)  # fmt: skip
# What may stand in a callee that is found in a container: nothing that writes.
PLAIN = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.BinOp, ast.UnaryOp,
    ast.operator, ast.unaryop, ast.expr_context,
)  # fmt: skip
NAMED = (ast.Name, ast.Attribute, ast.expr_context)
OWN = frozenset(("__class__", "locals", "vars", "globals"))  # ask for the frame itself
CLASS = "__class__"  # the cell that holds the class in which a method is written


@dataclass(eq=False)
class Callee:
    """A function that is called: its tree, and the frame in which its free names are read."""

    definition: ast.FunctionDef
    frame: Frame
    owner: tuple[Any, ...]
    defaults: tuple[list[Any], list[Any]]


class Body:
    """A function's body with names and jumps of its own, for one call of it."""

    def __init__(self, r: Reader, callee: Callee, key: int, mark: str = "") -> None:
        self.definition = callee.definition
        self.mark = mark or f"{MARK}{key}"
        self.result, self.kind = f"{self.mark} result", f"ended{self.mark}"
        own = _own_names(self.definition)
        free = set() if callee.frame.parent is r.frame else _free_names(callee, own)
        self.free = sorted(name for name in free if not _means_the_same(r, callee.frame, name))
        self.names = {name: name + self.mark for name in [*own, *self.free]}
        tree = copy.deepcopy(self.definition)
        self.written_in = f"{self.mark} class" if _supers(self.definition) else ""
        own_steps = [s for s in tree.body if not isinstance(s, ast.Nonlocal)]
        for call in _supers(tree):
            call.args = [_read(self.written_in), _read(_first(self.definition))]
        made = [_Names(self.names).visit(s) for s in own_steps]
        steps = self._returning(made, "")
        if not always_jumps(made):
            none = ast.Assign([ast.Name(self.result, ast.Store())], ast.Constant(None))
            steps.append(ast.copy_location(none, tree.body[-1]))
        block = ast.copy_location(Instead(steps, (self.kind,)), tree)
        self.block = located(block, tree)
        for node in nodes_in(self.block):
            node.gradgen_source = callee.frame.source  # type: ignore[attr-defined]

    def __deepcopy__(self, memo: object) -> Body:
        """Return the body itself: copies of a call of it are calls of the same function."""
        return self

    def _returning(self, steps: Any, part: str) -> list[ast.stmt]:
        """Return statements with jumps in the place of ``return``."""
        out: list[ast.stmt] = []
        for s in steps:
            if isinstance(s, ast.Return):
                value = s.value or ast.Constant(None)
                kept = ast.Assign([ast.Name(self.result, ast.Store())], value)
                out += [located(made, s) for made in (kept, Throw(self.kind))]
            elif any(isinstance(n, ast.Return) for n in nodes_in(s)):
                out.append(rebuilt(s, self._returning))
            else:
                out.append(s)
        return out

    def entered(self, r: Reader, node: ast.Call) -> None:
        """Give the parameters, and the free names of the function, their values."""
        value = evaluate(r, node.func)
        callee = self.callee_of(r, node, value)
        if callee is None or callee.definition is not self.definition:
            r.refuse(node, "a call of another function in another turn", "name the function")
        args, kwargs = call_arguments(r, node)
        args = [r.lasting(a) for a in [*callee.owner, *args]]
        kwargs = {k: r.lasting(v) for k, v in kwargs.items()}
        bound = bind_arguments(r, node, self.definition, args, kwargs, *callee.defaults)
        self.bind_free(r, callee, node)
        r.frame.names |= {self.names[name]: v for name, v in bound.items()}
        r.frame.local_names |= {*self.names.values()}

    def callee_of(self, r: Reader, node: ast.AST, value: Any) -> Callee | None:
        """Return what is called."""
        return callee_of(r, node, value)

    def bind_free(self, r: Reader, callee: Callee, node: ast.AST) -> None:
        """Give the free names of the function their values."""
        for name in self.free:
            r.frame.names[self.names[name]] = _looked_up(r, callee.frame, name, node)
        if self.written_in:
            r.frame.names[self.written_in] = Static(callee.frame.cells[CLASS].cell_contents)


def enter(r: Reader, s: Entry, rest: Point) -> Point:
    """Read the beginning of a body that stands in the place of a call."""
    s.of.entered(r, s.call)
    return rest


def instead(r: Reader, s: Instead, rest: Point) -> Point:
    """Read a body that stands in the place of a call."""
    return Point(s.body, Point((), rest, s.gradgen_kinds[0], tuple(r.call_path)))


def expanded(r: Reader, s: ast.stmt, bodies: dict[ast.Call, Body]) -> list[ast.stmt]:
    """Return a statement with bodies in the place of some calls, the same trees each time."""
    key = (id(s), *map(id, bodies.values()), "bodies")
    made: list[ast.stmt] | None = r.expansions.get(key)
    if made is None:

        def instead(call: ast.Call, now: ast.Call) -> tuple[list[ast.stmt], str]:
            body = bodies[call]
            return [ast.copy_location(Entry(now, body), call), body.block], body.result

        made = hoisted(s, bodies, lambda n: f"{MARK}{len(r.expansions)} {id(n)}", instead)
        r.expansions[key] = made
    return made


def body_of(
    r: Reader, node: ast.Call, inside: frozenset[ast.AST], items: bool = False
) -> Body | None:
    """Return a body to stand in the place of a call; None where what is called is not known.

    ``inside``: the functions in whose bodies the call stands.  ``items``: it may be a method of
    what a container holds.
    """
    value = _of_item(r, node.func) if items else None
    value = known(r, node.func) if value is None else value
    try:
        callee = None if value is None else callee_of(r, node, value)
        if callee is None or callee.definition in inside or _activated(r, callee.definition):
            return None
        key = (id(node), id(callee.definition), "body")
        made: Body | None = r.expansions.get(key)
        if made is None:
            made = r.expansions[key] = Body(r, callee, len(r.expansions))
        with r.b.into(Block()):
            made.bind_free(r, callee, node)
    except (GradgenError, Certain):
        return None  # what this says, it says when the call is read
    if callee.owner:
        r.frame.names[made.names[_first(made.definition)]] = callee.owner[0]
    return made


def callee_of(
    r: Reader, node: ast.AST, value: Any, fits: Callable[[Any], bool] | None = None
) -> Callee | None:
    """Return what is called, if its body is one of plain statements, or as ``fits`` says."""
    fits = fits or _is_plain
    owner: tuple[Any, ...] = ()
    value = _one_method(value)
    if isinstance(value, Method):
        owner, value = (value.owner,), Static(value.function)
    if isinstance(value, LocalFunction):
        definition = _definition(r, value.node)
        sharing = fits is _is_plain and value.frame is r.frame and _shares_names(definition)
        if value.marked or value.kept or not (sharing or fits(definition)):
            return None
        frame = Frame(value.frame.source, {}, value.frame.globals, {}, value.frame)
        return Callee(definition, frame, owner, (value.defaults, value.kw_defaults))
    fn = value.obj if isinstance(value, Static) else None
    if spelling_of(fn):
        return None  # an effect that the text calls: the functions of ``logging`` do not raise
    if isinstance(fn, types.MethodType):
        owner, fn = (r.wrap(fn.__self__, fn, "__self__", node),), fn.__func__
    if not isinstance(fn, types.FunctionType) or is_marked(fn):
        return None
    known = SPECIAL.of(fn) or CALLABLES.of(fn) or READ_AS.of(fn) or hasattr(fn, "__wrapped__")
    if known or hasattr(fn, "__gradgen_inline__") or (fn.__module__ or "").startswith("gradgen."):
        return None
    definition = _definition(r, source_of(fn).node)
    if not fits(definition) or (_supers(definition) and not owner):
        return None
    frame, defaults, kw_defaults = frame_of(r, node, fn)
    return Callee(definition, frame, owner, (defaults, kw_defaults))


def _one_method(value: Any) -> Any:
    """Return the one method of several objects, where the path decides which object it is of."""
    if not isinstance(value, Choice):
        return value
    then, other = _one_method(value.then), _one_method(value.other)
    if not (isinstance(then, Method) and isinstance(other, Method)):
        return value
    same = then.function is other.function
    return Method(Choice(value.test, then.owner, other.owner), then.function) if same else value


def _definition(r: Reader, node: Any) -> Any:
    """Return a function as a definition, a lambda as one that returns, the same tree each time."""
    if not isinstance(node, ast.Lambda):
        return node
    key = (id(node), "definition")
    if key not in r.expansions:
        made = ast.FunctionDef("function", node.args, [ast.Return(node.body)], [])
        r.expansions[key] = located(made, node)
    return r.expansions[key]


def _shares_names(definition: Any) -> bool:
    """Whether the body is one of plain statements, but for names that it declares nonlocal."""
    declared = [s for s in getattr(definition, "body", ()) if isinstance(s, ast.Nonlocal)]
    return bool(declared) and _is_plain(definition, len(declared))


def _is_plain(definition: Any, declarations: int = 0) -> bool:
    if not isinstance(definition, ast.FunctionDef):
        return False
    nodes = every_node(definition)
    names = [n.id for n in nodes if isinstance(n, ast.Name)]
    # ``super()`` alone is known from the method; whatever else is done with it is not.
    asked = bool(OWN & {*names}) or names.count("super") != len(_supers(definition))
    return not asked and sum(isinstance(n, OTHER) for n in nodes[1:]) == declarations


def _supers(definition: Any) -> list[ast.Call]:
    """Return the calls of ``super()`` without arguments in a method."""
    calls = [n for n in every_node(definition) if isinstance(n, ast.Call)]
    named = [n for n in calls if isinstance(n.func, ast.Name) and n.func.id == "super"]
    return [n for n in named if not n.args and not n.keywords]


def _is_super(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and (
        node.func.id == "super" and all(isinstance(a, ast.Name) for a in node.args)
    )  # fmt: skip


def _first(definition: ast.FunctionDef) -> str:
    return [*definition.args.posonlyargs, *definition.args.args][0].arg


def _read(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def known(r: Reader, node: ast.expr) -> Any:
    """Return what a name or an attribute stands for, None where that is not known."""
    if not isinstance(node, ast.Name | ast.Attribute):
        return None
    if not all(isinstance(n, NAMED) or _is_super(n) for n in nodes_in(node)):
        return None
    try:
        with r.b.into(Block()):
            return evaluate(r, node)
    except (GradgenError, Certain):
        return None


def _of_item(r: Reader, node: ast.expr) -> Any:
    """Return the method of an item of a container, such as ``d[k].m``; None for anything else."""
    subscripts = any(isinstance(n, ast.Subscript) for n in nodes_in(node))
    if not subscripts or not all(isinstance(n, PLAIN) for n in nodes_in(node)):
        return None
    before = snapshot(r)
    try:
        with r.b.into(Block()):
            return evaluate(r, node)
    except (GradgenError, Certain):
        return None
    finally:
        restore(r, before)


def _activated(r: Reader, definition: ast.AST) -> bool:
    """Whether a function is being read, or calls itself, so far as is known."""
    return id(definition) in r.book.recursive or any(
        a.definition is definition for a in r.activations
    )


def _own_names(definition: ast.FunctionDef) -> list[str]:
    spec = definition.args
    given = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
    params = [a.arg for a in given if a is not None]
    outer = {n for s in every_node(definition) if isinstance(s, ast.Nonlocal) for n in s.names}
    return [n for n in dict.fromkeys([*params, *assigned_names(definition.body)]) if n not in outer]


def _free_names(callee: Callee, own: list[str]) -> set[str]:
    """Return the free names of a function that stand for something, so not for own ones inside."""
    found = names_in(callee.definition.body) - set(own)
    frames = [*callee.frame.outward()]
    there = {name for f in frames for name in (*f.cells, *f.names)} | set(callee.frame.globals)
    return {name for name in found if name in there or hasattr(builtins, name)}


def _means_the_same(r: Reader, frame: Frame, name: str) -> bool:
    """Whether a free name of a function means the same in the frame that is read."""
    if name in frame.cells or frame.parent is not None:
        return False
    here = [*r.frame.outward()]
    if any(name in f.names or name in f.local_names or name in f.cells for f in here):
        return False
    return frame.globals is here[-1].globals or (
        name not in frame.globals and name not in here[-1].globals
    )


def _looked_up(r: Reader, frame: Frame, name: str, node: ast.AST) -> Any:
    mine, r.frame = r.frame, frame
    try:
        return r.lookup(name, node)
    finally:
        r.frame = mine


class _Names(Renamer):
    """Renames all that a function's body names."""

    def generic_visit(self, node: Any) -> Any:
        for part in ("name", "rest", "asname"):
            held = getattr(node, part, None)
            if isinstance(held, str) and held in self.names:
                setattr(node, part, self.names[held])
        return super().generic_visit(node)

    def visit_alias(self, node: ast.alias) -> ast.alias:
        if node.asname is None and node.name in self.names:
            node.asname = node.name
        made: ast.alias = self.generic_visit(node)
        return made
