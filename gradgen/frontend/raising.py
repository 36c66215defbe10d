"""Exceptions and assertions, with their messages as the generated text spells them.

A message is kept as an expression with holes: names ``_value_0``, ``_value_1`` ... for the inputs
of the operation that raises.
"""

from __future__ import annotations

import ast
import builtins
from typing import Any

import numpy as np

from gradgen.errors import GradgenError, Span, UnsupportedError
from gradgen.frontend.branches import condition
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.flow import split
from gradgen.frontend.jumps import is_thrown
from gradgen.frontend.own_texts import told
from gradgen.frontend.pointers import points_to_rows
from gradgen.frontend.points import End, Point, links
from gradgen.frontend.reader import Reader
from gradgen.frontend.shown_rows import shown
from gradgen.frontend.signals import Certain, Raised
from gradgen.frontend.state import has_effects, restore, snapshot
from gradgen.frontend.texts import HOW, one_exception, shifted, spelled
from gradgen.frontend.values import (
    Choice,
    Map,
    Record,
    Ref,
    Seq,
    Static,
    Text,
    Texts,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Const, Op, Value, walk
from gradgen.syntax import located, nodes_in

FAILED = "assertion failed"  # a name that no program has, for the class of its error
KEPT = ("str", "repr", "format", "type", "round")
# The result of a function that never returns: what its callers go on with is never computed.
NEVER = Const(0.0)


def raise_statement(r: Reader, s: ast.Raise, rest: Point) -> Point:
    """Read a ``raise``: nothing follows it on this path."""
    if s.exc is None:
        r.refuse(s, "raise without an exception", "name the exception")
    made = evaluate(r, s.exc) if isinstance(s.exc, ast.Name) and _is_known(r, s.exc) else None
    if made is not None and _is_made(made):
        _raise_again(r, s, made, None)
        return ended(r, rest)
    spelling = _Spelling(r)
    error = spelling.error(s.exc)
    text = ast.unparse(ast.Raise(error, None))
    return _raised(r, text, spelling.holes, r.span(s), rest)


def _is_known(r: Reader, name: ast.Name) -> bool:
    """Whether a name of the user's is read, or what a handler caught on this path."""
    if is_thrown(name.id) and name.id not in r.frame.names:
        r.refuse(name, "raise of what another path caught", "raise Class(message)")
    return True


def _is_made(value: Any) -> bool:
    """Whether a value is an exception that was made before, or one of several."""
    if isinstance(value, Choice):
        return _is_made(value.then) and _is_made(value.other)
    if isinstance(value, Record):
        return isinstance(value.kind, type) and issubclass(value.kind, BaseException)
    return isinstance(value, Static) and isinstance(value.obj, BaseException)


def _raise_again(r: Reader, s: ast.Raise, made: Any, where: Value | None) -> None:
    """Raise an exception that was made before, ``where`` a test holds."""
    made = one_exception(r, r.settled(made))
    if isinstance(made, Choice):
        test = made.test if where is None else r.b.emit("bitand", [where, made.test])
        _raise_again(r, s, made.then, test)
        _raise_again(r, s, made.other, where)
        return
    kind, args = (made.kind, made.fields["args"].items) if isinstance(made, Record) else (
        type(made.obj), [Static(a) for a in made.obj.args]
    )  # fmt: skip
    spelling = _Spelling(r)
    given = [spelled(r, a, s, spelling.holes) for a in args]
    error = ast.Call(spelling.class_of(kind), given, [])
    inputs = [Const(True) if where is None else where, *spelling.holes]
    text = ast.unparse(ast.Raise(error, None))
    r.b.append("raise_if", inputs, [], span=r.span(s), attrs={"text": text})


def certain(r: Reader, found: Certain, rest: Point) -> Point:
    """Write down what Python raises here; where only a part of an expression does, refuse."""
    error = found.error
    if found.block is not r.b.block:
        for what in getattr(error, "__notes__", ()):
            raise UnsupportedError(what, found.span, "fill such lists by extend, or before")
        raise UnsupportedError(
            f"this raises {type(error).__name__} ({error}) where it is evaluated",
            found.span,
            "put it under an if statement, if it is not to be reached",
        )
    if found.written:
        return ended(r, rest)
    plain = all(type(a) in (str, int, float, bool, type(None)) for a in error.args)
    given = error.args if plain else (str(error),)
    if given[-1:] == (None,):  # a prefix that an AxisError does not have
        given = given[:-1]
    args: list[ast.expr] = [ast.Constant(a) for a in given]
    call = ast.Call(_Spelling(r).class_of(type(error)), args, [])
    return _raised(r, ast.unparse(ast.Raise(call, None)), [], found.span, rest)


def _raised(r: Reader, text: str, holes: list[Value], span: Span, rest: Point) -> Point:
    """Raise at this place; nothing follows on this path."""
    r.b.append("raise_if", [Const(True), *holes], [], span=span, attrs={"text": text})
    return ended(r, rest)


def ended(r: Reader, rest: Point) -> Point:
    """Return where a path goes on that has raised: nothing follows on it."""
    if r.b.block is r.frame.exits.block:  # no path through this function returns
        r.frame.names.setdefault(r.frame.exits.result, NEVER)
    return next(point for point in links(rest) if isinstance(point, End))


def returned(r: Reader, result: Any) -> Any:
    """Return the result of a call, or end the statement where the call always raises.

    A call on one path through an expression has its result, which nobody computes.
    """
    if result is NEVER and r.b.block is r.frame.statement_block:
        raise Raised
    return result


def assert_statement(r: Reader, s: ast.Assert, rest: Point) -> Point:
    """Keep an assertion that is not known to hold; behind one that fails, nothing follows."""
    test = condition(r, s.test)
    if isinstance(test, Const) and test.const:
        return rest
    attrs, inputs = {}, [test]
    if s.msg is not None and not _is_harmless(r, s.msg):
        r.frame.names[FAILED] = Static(AssertionError)
        error = ast.Call(ast.Name(FAILED, ast.Load()), [s.msg], [])
        failing = r.expansions.setdefault((id(s), "failing"), located(ast.Raise(error), s))
        return split(r, s, test, [], [failing], rest) or rest
    if s.msg is not None:
        spelling = _Spelling(r)
        attrs["text"] = ast.unparse(spelling.text(s.msg))
        inputs += spelling.holes
    r.b.append("assert", inputs, [], span=r.span(s), attrs=attrs)
    return ended(r, rest) if isinstance(test, Const) else rest


def _is_harmless(r: Reader, message: ast.expr) -> bool:
    """Whether a message may be asked for where nothing fails: it writes nothing, nor raises."""
    if not any(isinstance(n, ast.Call | ast.NamedExpr | ast.Attribute) for n in nodes_in(message)):
        return True
    before = snapshot(r)
    ops: list[Op] = []

    def asked() -> None:
        _Spelling(r).text(message)
        ops.extend(walk(r.b.block))

    try:
        return not has_effects(r, asked) and all(op.prim != "raise_if" for op in ops)
    except (Certain, Raised):
        restore(r, before)
        return False


class _Spelling:
    """Turns the expression of a message into one that stands in the generated text."""

    def __init__(self, r: Reader) -> None:
        self.r = r
        self.holes: list[Value] = []
        self.how, self.said = "str", False  # how an object is asked for its text, and whether

    def error(self, node: ast.expr) -> ast.expr:
        """Return the exception that is raised."""
        called = node.func if isinstance(node, ast.Call) else node
        cls = evaluate(self.r, called)
        if not (isinstance(cls, Static) and isinstance(cls.obj, type)):
            self.r.refuse(node, "raise of a computed exception", "raise Class(message)")
        name = self.class_of(cls.obj)
        if not isinstance(node, ast.Call):
            return name
        keywords = [ast.keyword(k.arg, self.text(k.value)) for k in node.keywords]
        return ast.Call(name, [self.text(a) for a in node.args], keywords)

    def class_of(self, cls: type) -> ast.expr:
        """Return what names a class in the generated text."""
        if getattr(builtins, cls.__name__, None) is cls:
            return ast.Name(cls.__name__, ast.Load())
        for home in ("linalg", "exceptions"):
            if getattr(getattr(np, home), cls.__name__, None) is cls:
                return ast.parse(f"np.{home}.{cls.__name__}", mode="eval").body
        self.r.arrays[cls.__name__] = cls
        return ast.Name(cls.__name__, ast.Load())

    def text(self, node: ast.expr) -> ast.expr:
        """Return an expression of a message, its values as holes."""
        if isinstance(node, ast.Constant):
            return node
        if isinstance(node, ast.JoinedStr):
            parts = [self.text(part) for part in node.values]
            known = [part.value for part in parts if isinstance(part, ast.Constant)]
            joined = len(known) == len(parts)
            return ast.Constant("".join(map(str, known))) if joined else ast.JoinedStr(parts)
        if isinstance(node, ast.FormattedValue):
            spec = None if node.format_spec is None else self.text(node.format_spec)
            self.how, self.said = HOW[node.conversion], False
            value = self.text(node.value)
            self.how, said = "str", self.said
            fixed = isinstance(value, ast.Constant) and isinstance(value.value, str)
            if fixed and spec is None and node.conversion == -1:
                return value
            return ast.FormattedValue(value, -1 if said else node.conversion, spec)
        if isinstance(node, ast.BinOp) and _is_text(node):
            return ast.BinOp(self.text(node.left), node.op, self.text(node.right))
        if isinstance(node, ast.Tuple):
            return ast.Tuple([self.text(item) for item in node.elts], ast.Load())
        if isinstance(node, ast.IfExp):
            return ast.IfExp(self._value(node.test), self.text(node.body), self.text(node.orelse))
        if isinstance(node, ast.Call) and _joins(node.func):
            return self._value(node)
        if isinstance(node, ast.Call) and self._keeps(node.func) and not node.keywords:
            args = [self.text(a) for a in node.args]
            if not any(map(_stands_for, args, node.args)):
                return ast.Call(node.func, args, [])
        return self._value(node)

    def _keeps(self, func: ast.expr) -> bool:
        """Whether a call stays as it is: of a builtin that makes text, or of a text's method."""
        if isinstance(func, ast.Attribute):
            return _is_text(func.value)
        if not (isinstance(func, ast.Name) and func.id in KEPT):
            return False
        found = self.r.lookup(func.id, func)
        return isinstance(found, Static) and found.obj is getattr(builtins, func.id)

    def _value(self, node: ast.expr) -> ast.expr:
        try:
            return self._spelled(shown(self.r, node), node)
        except GradgenError:
            return _placeholder(node)

    def _spelled(self, value: Any, node: ast.expr) -> ast.expr:
        said = told(self.r, node, value, self.how)
        if said is not None:
            self.said, value = True, said
        if isinstance(value, Text | Texts):
            return shifted(value, self.holes)
        if is_static(value) and isinstance(static_value(value), str | int | float | None):
            return ast.Constant(static_value(value))
        if isinstance(value, Value | Ref) and not points_to_rows(self.r.read(value).type):
            return spelled(self.r, value, node, self.holes)
        if isinstance(value, Seq) and value.kind in (tuple, list):
            items = [self._spelled(item, node) for item in value.items]
            make = ast.Tuple if value.kind is tuple else ast.List
            return make(items, ast.Load())
        if isinstance(value, Map):
            items = [self._spelled(item, node) for item in value.items.values()]
            return ast.Dict([ast.Constant(k) for k in value.items], items)
        return spelled(self.r, value, node, self.holes)


def _placeholder(node: ast.expr) -> ast.Constant:
    """Return what a message says of what has no text here: the user's own words for it."""
    return ast.Constant(f"<{ast.unparse(node)}>")


def _stands_for(made: ast.expr, node: ast.expr) -> bool:
    return isinstance(made, ast.Constant) and made.value == _placeholder(node).value


def _joins(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and func.attr == "join" and _is_text(func.value)


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
