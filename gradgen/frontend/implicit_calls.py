"""Calls that are not written as calls, as statements of their own, where a ``try`` is around them.

A property, ``obj[k]``, ``-obj``, a new object and an object that is called run functions of the
user's.  Spelled as calls of these, they are found by the search for what raises.
"""

from __future__ import annotations

import ast
import dataclasses
import types
from collections.abc import Sequence
from typing import Any

from gradgen.errors import GradgenError
from gradgen.frontend.classes import MISSING, found_in, is_users
from gradgen.frontend.construction import begun, ended
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.hoisting import HEADS, hoisted, operands_of
from gradgen.frontend.liveness import MARK
from gradgen.frontend.objects import GET, SET, class_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Certain
from gradgen.frontend.special import special
from gradgen.frontend.special_methods import SIGNS
from gradgen.frontend.state import restore, snapshot
from gradgen.frontend.values import Choice, Record, Static
from gradgen.ir.nodes import Block
from gradgen.syntax import located, nodes_in

BEGUN, ENDED = f"{MARK} begun", f"{MARK} ended"  # names that no program has
SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return, ast.If)
# What may be evaluated to see what it stands for: it calls nothing but properties.
PLAIN = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.BinOp, ast.UnaryOp,
    ast.operator, ast.unaryop, ast.expr_context,
)  # fmt: skip
How = dict[ast.AST, str]  # the method to be called; of a new object, "" or "__post_init__" at last


def spelled_out(r: Reader, s: ast.stmt) -> list[ast.stmt]:
    """Return a statement with its implicit calls spelled out; nothing if there is none."""
    if not isinstance(s, SIMPLE):
        return []
    head = getattr(s, HEADS[type(s)])
    how = {} if head is None else _found(r, head)
    target = _target(s)
    method = _setter(r, target)
    if not how and not method:
        return []
    r.frame.names |= {BEGUN: Static(begun_object), ENDED: Static(ended_object)}
    key = (id(s), "spelled out", method, *((id(n), name) for n, name in how.items()))
    if key not in r.expansions:
        spelling = _Spelling(f"{MARK}{len(r.expansions)}", how)
        made = spelling.of_target(s, target, method) if method else [s]
        steps = [one for m in made for one in spelling.of_head(m)]
        r.expansions[key] = [located(one, s) for one in steps]
    out: list[ast.stmt] = r.expansions[key]
    return out


def object_given(r: Reader, s: ast.stmt) -> tuple[str, Any] | None:
    """Return the name that a statement gives an object, and the object, so far as it is known.

    Of one that the statement makes, nothing but the class is known.
    """
    match s:
        case ast.Assign([ast.Name(name)], ast.Call(ast.Name(fn), [made])) if fn == ENDED:
            value = _stands_for(r, made)
        case ast.Assign([ast.Name(name)], ast.Call(fn, args)):
            begins = isinstance(fn, ast.Name) and fn.id == BEGUN
            cls = _stands_for(r, args[1] if begins else fn)
            held = cls.obj if isinstance(cls, Static) else None
            users = isinstance(held, type) and is_users(held) and not issubclass(held, tuple)
            value = Record(held, {}) if users else None
        case ast.Assign([ast.Name(name)], expression):
            value = _stands_for(r, expression)
        case _:
            return None
    return (name, value) if _kinds(value) else None


def _target(s: Any) -> ast.expr | None:
    targets = s.targets if isinstance(s, ast.Assign) else [getattr(s, "target", None)]
    return targets[0] if len(targets) == 1 else None


def _found(r: Reader, head: ast.AST) -> How:
    """Return the methods of what is surely evaluated of an expression, innermost first."""
    found: How = {}
    for operand in operands_of(head):
        found |= _found(r, operand)
    name = _method(r, head)
    return found if name is None else {**found, head: name}


def _method(r: Reader, node: ast.AST) -> str | None:
    """Return the name of the method that an expression calls, None if it calls none."""
    match node:
        case ast.Attribute(owner, name):
            called = [_read_by(kind, name) for kind in _classes(r, owner)]
        case ast.Subscript(owner):
            called = [_own(kind, "__getitem__") for kind in _classes(r, owner)]
        case ast.UnaryOp(op, owner):
            called = [_own(kind, SIGNS.get(type(op), "")) for kind in _classes(r, owner)]
        case ast.Call(fn):
            value = _stands_for(r, fn)
            if isinstance(value, Static) and isinstance(value.obj, type):
                return _maker(value.obj)
            called = [_own(kind, "__call__") for kind in _kinds(value)]
        case _:
            return None
    return called[0] if called and len({*called}) == 1 else None


def _setter(r: Reader, target: ast.expr | None) -> str:
    """Return the name of the method that an assignment to a target calls."""
    called: Sequence[str | None] = ()
    match target:
        case ast.Attribute(owner, name):
            called = [_written_by(kind, name) for kind in _classes(r, owner)]
        case ast.Subscript(owner):
            called = [_own(kind, "__setitem__") for kind in _classes(r, owner)]
    return (called[0] or "") if called and len({*called}) == 1 else ""


def _classes(r: Reader, node: ast.expr) -> list[type]:
    return _kinds(_stands_for(r, node))


def _kinds(value: Any) -> list[type]:
    """Return the classes of the object, or of those of which the path decides."""
    if isinstance(value, Choice):
        return [*_kinds(value.then), *_kinds(value.other)]
    kind = None if isinstance(value, Static) else class_of(value)
    return [] if kind is None else [kind]


def _stands_for(r: Reader, node: ast.expr) -> Any:
    """Return what an expression stands for, None where that is not known."""
    if not all(isinstance(n, PLAIN) for n in nodes_in(node)):
        return None
    before = snapshot(r)
    try:
        with r.b.into(Block()):
            return r.settled(evaluate(r, node))
    except (GradgenError, Certain):
        return None
    finally:
        restore(r, before)


def _own(kind: type, name: str) -> str | None:
    return name if isinstance(found_in(kind, name), types.FunctionType) else None


def _read_by(kind: type, name: str) -> str | None:
    found = found_in(kind, name)
    asked = isinstance(found, property) and isinstance(found.fget, types.FunctionType)
    return name + GET if asked else None


def _written_by(kind: type, name: str) -> str | None:
    found = found_in(kind, name)
    asked = isinstance(found, property) and isinstance(found.fset, types.FunctionType)
    return name + SET if asked else None


def _maker(cls: Any) -> str | None:
    """Return what is called to make an object of a class: ``__init__`` or ``__post_init__``."""
    if not is_users(cls) or issubclass(cls, tuple | BaseException):
        return None
    init = found_in(cls, "__init__")
    if isinstance(init, types.FunctionType) and init.__code__.co_filename != "<string>":
        return "__init__"
    given = any(
        f._field_type is dataclasses._FIELD_INITVAR  # type: ignore[attr-defined]
        for f in getattr(cls, "__dataclass_fields__", {}).values()
    )
    return None if given or found_in(cls, "__post_init__") is MISSING else "__post_init__"


class _Spelling:
    """Puts calls in the place of what calls something, and of assignments to properties."""

    def __init__(self, mark: str, how: How) -> None:
        self.mark, self.how, self.count = mark, how, 0

    def _name(self, node: ast.AST | None = None) -> str:
        self.count += 1
        return f"{self.mark} spelled {self.count}"

    def of_head(self, s: ast.stmt) -> list[ast.stmt]:
        """Return a statement behind the calls that its head makes."""
        head = getattr(s, HEADS[type(s)], None)
        inside = head is not None and any(n in self.how for n in nodes_in(head))
        return hoisted(s, self.how, self._name, self._instead) if inside else [s]

    def _instead(self, node: Any, now: Any) -> tuple[list[ast.stmt], str]:
        """Return what stands in the place of an expression, whose operands are as they are now."""
        name, method = self._name(), self.how[node]
        if method in ("__init__", "__post_init__"):
            return self._made(now, method, name), name
        args, keywords = [], []
        if isinstance(now, ast.Call):
            owner, args, keywords = now.func, now.args, now.keywords
        elif isinstance(now, ast.Subscript):
            owner, args = now.value, [now.slice]
        else:
            owner = now.operand if isinstance(now, ast.UnaryOp) else now.value
        call = ast.Call(ast.Attribute(owner, method, ast.Load()), args, keywords)
        return [_put(name, call)], name

    def _made(self, now: ast.Call, method: str, name: str) -> list[ast.stmt]:
        """Return how an object is made: it begins with its fields, and its method is called."""
        by_init = method == "__init__"
        given = ([], []) if by_init else (now.args, now.keywords)
        kind = ast.Constant(method)
        empty = ast.Call(_read(BEGUN), [kind, now.func, *given[0]], given[1])
        args, keywords = (now.args, now.keywords) if by_init else ([], [])
        call = ast.Call(ast.Attribute(_read(name), method, ast.Load()), args, keywords)
        kept = ast.Call(_read(ENDED), [_read(name)], [])
        return [_put(name, empty), ast.Expr(call), _put(name, kept)]

    def of_target(self, s: Any, target: Any, method: str) -> list[ast.stmt]:
        """Return an assignment as a call of the method that it means."""
        value, owner, place = self._name(), self._name(), self._name()
        keyed = isinstance(target, ast.Subscript)
        found = [_put(owner, target.value), *([_put(place, target.slice)] if keyed else [])]
        args: list[ast.expr] = [_read(place), _read(value)] if keyed else [_read(value)]
        call = ast.Expr(ast.Call(ast.Attribute(_read(owner), method, ast.Load()), args, []))
        if not isinstance(s, ast.AugAssign):
            return [_put(value, s.value), *found, call]
        now: ast.expr = ast.Attribute(_read(owner), getattr(target, "attr", ""), ast.Load())
        now = ast.Subscript(_read(owner), _read(place), ast.Load()) if keyed else now
        changed = ast.AugAssign(ast.Name(value, ast.Store()), s.op, s.value)
        return [*found, _put(value, now), changed, call]


def _put(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _read(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def begun_object(method: str, cls: type, *args: Any, **kwargs: Any) -> Any:
    """Stand for an object before its ``__init__`` or ``__post_init__``."""
    raise NotImplementedError


def ended_object(made: Any) -> Any:
    """Stand for an object after these."""
    raise NotImplementedError


@special(begun_object, listed=False)
def _begun(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    method, cls, *rest = args
    if not isinstance(cls, Static) or _maker(cls.obj) != method.obj:
        r.refuse(node, "a class that is another one in another turn", "name the class")
    return begun(r, node, cls.obj, rest, kwargs)


@special(ended_object, listed=False)
def _ended(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    (made,) = args
    names = r.frame.names  # nobody but the body of its method has seen it
    for name in [n for n, value in names.items() if value is made and MARK in n]:
        del names[name]
    return ended(r, node, made)
