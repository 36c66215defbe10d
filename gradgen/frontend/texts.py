"""Text: known before the program runs, or spelled out in the generated module for a message."""

from __future__ import annotations

import ast
import math
import re
from typing import Any

from gradgen.frontend import own_texts, pointers
from gradgen.frontend.arguments import every_item
from gradgen.frontend.describing import describe
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.exact_kinds import is_exact
from gradgen.frontend.known_numbers import known_number
from gradgen.frontend.reader import Reader
from gradgen.frontend.shown_classes import require_own_class
from gradgen.frontend.text_values import text_value
from gradgen.frontend.values import (
    Choice,
    Map,
    Poison,
    Record,
    Ref,
    Seq,
    Static,
    Text,
    Texts,
    is_static,
    plain,
    static_value,
)
from gradgen.ir.nodes import Value
from gradgen.ir.spelling import HOLE

HOW = {-1: "format", ord("s"): "str", ord("r"): "repr", ord("a"): "repr"}  # by conversions
KNOWN_TEXTS = (str, int, re.Pattern, re.RegexFlag)  # what is given to functions of ``re``


def f_string(r: Reader, node: ast.JoinedStr) -> Any:
    """Return an f-string: known, or with holes."""
    # A cycle by nature: rows are shown as texts.
    from gradgen.frontend.shown_rows import shown

    parts: list[ast.expr] = []
    holes: list[Value] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            spec = None if part.format_spec is None else evaluate(r, part.format_spec)
            value, conversion = shown(r, part.value), part.conversion
            if conversion == ord("r") and is_exception(value):
                value, conversion = converted(r, part, "repr", [value]), -1
            how = HOW[conversion]
            if is_exact(value) and (spec is None or isinstance(spec, Static)):
                from gradgen.frontend.exact_numbers import in_text  # few programs have such numbers

                value, conversion, spec = in_text(r, part, value, conversion, spec), -1, None
            said = own_texts.told(r, part.value, value, how, spec if how == "format" else None)
            if said is not None:
                value, conversion, spec = said, -1, None if how == "format" else spec
            inner = spelled(r, value, part.value, holes)
            kept = None if spec is None else ast.JoinedStr([_as_part(r, spec, part, holes)])
            parts.append(ast.FormattedValue(inner, conversion, kept))
        else:
            parts.append(part)
    return _settled(ast.JoinedStr(parts), holes)


def _as_part(r: Reader, spec: Any, node: ast.AST, holes: list[Value]) -> ast.expr:
    if isinstance(spec, Static):
        return ast.Constant(spec.obj)
    return ast.FormattedValue(spelled(r, spec, node, holes), -1, None)


def formatted(r: Reader, node: ast.AST, text: str, args: list[Any], kwargs: Any) -> Any:
    """``text.format(...)``."""
    holes: list[Value] = []
    function = ast.Attribute(ast.Constant(text), "format", ast.Load())
    if ":" not in text and "!" not in text and "." not in text:
        args = [_in_braces(r, node, a) for a in args]
    given = [spelled(r, a, node, holes) for a in args]
    named = [ast.keyword(k, spelled(r, v, node, holes)) for k, v in kwargs.items()]
    return _settled(ast.Call(function, given, named), holes)


def _in_braces(r: Reader, node: ast.AST, value: Any) -> Any:
    said = own_texts.told(r, node, value, "format")
    return value if said is None else said


def method_of_text(r: Reader, node: ast.AST, method: Any, args: list[Any], kwargs: Any) -> Any:
    """Call a method of a text that is known."""
    if method.__name__ == "format":
        return formatted(r, node, method.__self__, args, kwargs)
    if method.__name__ == "join" and len(args) == 1 and isinstance(args[0], Map):
        args = [Seq([Static(k) for k in every_item(r, node, args[0])])]
    elif method.__name__ == "join" and len(args) == 1 and not is_static(args[0]):
        # A cycle by nature: these have texts as items.
        from gradgen.frontend.text_items import items_of_text, joined_texts

        args = [items_of_text(r, node, args[0])]
        if not all(map(is_static, args[0].items if isinstance(args[0], Seq) else args)):
            return joined_texts(r, node, ast.Constant(method.__self__), args[0])
    if not all(map(is_static, [*args, *kwargs.values()])):
        r.refuse(node, f"str.{method.__name__} of computed values", "use constants")
    given = {k: static_value(v) for k, v in kwargs.items()}
    return of_texts(r, node, method, args, given)


def of_expression(
    r: Reader, node: ast.AST, function: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Call a function of ``re``, or a method of what these make, for texts that are known."""
    given = [*args, *kwargs.values()]
    if not all(is_static(v) and isinstance(static_value(v), KNOWN_TEXTS) for v in given):
        r.refuse(node, f"{function.__name__} of regular expressions, of computed values",
                 "use constants")  # fmt: skip
    return of_texts(r, node, function, args, {k: static_value(v) for k, v in kwargs.items()})


def of_texts(
    r: Reader, node: ast.AST, function: Any, args: list[Any], named: dict[str, Any]
) -> Any:
    """Return what a function of known texts gives, or fail as it fails."""
    try:
        made = function(*map(static_value, args), **named)
        if hasattr(made, "__next__"):  # it can be looped over once
            from gradgen.frontend.cursors import made_once

            return made_once(r, [_made(item) for item in made], node)
        return _made(made)
    except (ValueError, TypeError, LookupError) as error:
        r.fail(node, error)


def _made(obj: Any) -> Any:
    """Return the value of something that has just been made: its lists and tuples are new."""
    if type(obj) in (list, tuple):
        return Seq([_made(item) for item in obj], type(obj))
    return plain(obj)


def converted(r: Reader, node: ast.AST, name: str, args: list[Any]) -> Any:
    """``str(x)``, ``repr(x)`` or ``format(x, spec)``."""
    holes: list[Value] = []
    said = own_texts.told(r, node, args[0], name, args[1] if len(args) > 1 else None)
    if said is not None:
        return said
    if name == "repr" and is_exception(args[0]):
        return _settled(_repr_of_exception(r, node, args[0], holes), holes)
    given = [spelled(r, a, node, holes) for a in args]
    return _settled(ast.Call(ast.Name(name, ast.Load()), given, []), holes)


def joined(r: Reader, node: ast.BinOp, left: Any, right: Any) -> Any:
    """``left + right`` of two texts, ``left % right`` or ``left * right`` of a text."""
    holes: list[Value] = []
    numbers = [side for side in (left, right) if isinstance(side, Value | Ref)]
    numbers = [side for side in numbers if not pointers.is_word(side)]
    if isinstance(node.op, ast.Add) and numbers:
        r.fail(node, TypeError("a number cannot be added to a text"))
    if isinstance(node.op, ast.Mod) and isinstance(left, Static):
        right = _told_in_places(r, node, left.obj, right)
    sides = [spelled(r, side, node, holes) for side in (left, right)]
    made = _settled(ast.BinOp(sides[0], node.op, sides[1]), holes)
    if r.book.words and isinstance(made, Text) and isinstance(node.op, ast.Add):
        return text_value(r, made, node)  # a loop may go on with it
    return made


PLACES = re.compile(r"%[#0\- +]*[0-9.]*(.)")  # not those with names, nor with computed widths


def _told_in_places(r: Reader, node: ast.AST, text: str, given: Any) -> Any:
    """Return what ``text % given`` is given, objects at ``%s`` as what they say of themselves."""
    kinds = [kind for kind in PLACES.findall(text) if kind != "%"]
    several = isinstance(given, Seq) and issubclass(given.kind, tuple)
    items = given.items if several else [given]
    if len(items) != len(kinds):
        return given
    told = [own_texts.told(r, node, v, "str") if kind == "s" else None
            for v, kind in zip(items, kinds, strict=True)]  # fmt: skip
    if not several and told == [None]:
        return given
    return Seq([v if t is None else t for v, t in zip(items, told, strict=True)], tuple)


def joined_text(*parts: str | ast.expr) -> ast.expr:
    """Return an f-string of texts and of expressions."""
    made: list[ast.expr] = [
        ast.Constant(p) if isinstance(p, str) else ast.FormattedValue(p, -1, None) for p in parts
    ]
    return ast.JoinedStr(made)


def never_empty(text: Text) -> bool:
    """Whether a text has letters of its own, or those of a number."""
    return _has_letters(text.spelled, not any(map(pointers.is_word, text.holes)))


def _has_letters(e: ast.expr, numbers: bool) -> bool:
    if isinstance(e, ast.JoinedStr):
        return any(_has_letters(part, numbers) for part in e.values)
    if isinstance(e, ast.BinOp) and isinstance(e.op, ast.Add):
        return _has_letters(e.left, numbers) or _has_letters(e.right, numbers)
    if isinstance(e, ast.Call) and isinstance(e.func, ast.Name) and e.func.id in ("str", "repr"):
        return numbers and len(e.args) == 1 and isinstance(e.args[0], ast.Name)
    return isinstance(e, ast.Constant) and isinstance(e.value, str) and bool(e.value)


def is_text(value: Any) -> bool:
    """Whether a value is text."""
    return isinstance(value, Text) or pointers.is_known_word(value) or pointers.is_word(value)


def _settled(e: ast.expr, holes: list[Value]) -> Any:
    """Return the text that an expression without holes is."""
    return Text(e, holes) if holes else settled_text(e)


def settled_text(e: ast.expr) -> Static:
    """Return what an expression without holes is."""
    code = ast.fix_missing_locations(ast.Expression(e))
    # The tree holds literals and the builtins that make text: nothing else of the user's.
    return Static(eval(compile(code, "<text>", "eval"), {}))


def spelled(r: Reader, value: Any, node: ast.AST, holes: list[Value]) -> ast.expr:
    """Return the expression of something in a text; its numbers are added to the holes."""
    value = one_exception(r, r.settled(value))
    if isinstance(value, Text | Texts):
        return shifted(value, holes)
    if isinstance(value, Choice):
        test = spelled(r, value.test, node, holes)
        then, other = (spelled(r, v, node, holes) for v in (value.then, value.other))
        return ast.IfExp(test, then, other)
    require_own_class(r, node, value)
    if is_static(value) and _is_literal(static_value(value)):
        return ast.parse(repr(static_value(value)), mode="eval").body
    if isinstance(value, Value | Ref) and pointers.points_to_rows(r.read(value).type):
        r.refuse(node, f"a {describe(value)} in a text", "write its numbers out")
    if isinstance(value, Value) and (number := known_number(value)) is not None:
        return ast.parse(repr(number), mode="eval").body
    if isinstance(value, Value | Ref):
        from gradgen.frontend.shown_rows import as_in_python

        holes.append(r.read(value))
        return as_in_python(r, value, ast.Name(f"{HOLE}{len(holes) - 1}", ast.Load()))
    if isinstance(value, Seq) and value.kind in (tuple, list):
        items = [spelled(r, item, node, holes) for item in value.items]
        return (ast.Tuple if value.kind is tuple else ast.List)(items, ast.Load())
    if isinstance(value, Map):
        held = every_item(r, node, value)
        items = [spelled(r, item, node, holes) for item in held.values()]
        return ast.Dict([ast.Constant(k) for k in held], items)
    if isinstance(value, Poison):
        raise value.error
    if is_exception(value):
        return _of_exception(r, node, value, holes)
    r.refuse(node, f"a {describe(value)} in a text", "write its numbers out")


def is_exception(value: Any) -> bool:
    """Whether a value is an exception that was caught."""
    if isinstance(value, Static):
        return isinstance(value.obj, BaseException)
    if isinstance(value, Choice):
        return is_exception(value.then) and is_exception(value.other)
    return isinstance(value, Record) and issubclass(value.kind, BaseException)


def one_exception(r: Reader, value: Any) -> Any:
    """Return a choice of exceptions for one that is made of more or less by the path."""
    if not isinstance(value, Record) or not is_exception(value):
        return value
    args = r.settled(value.fields["args"])
    if not isinstance(args, Choice):
        return value
    sides = (
        one_exception(r, Record(value.kind, {**value.fields, "args": a}))
        for a in (args.then, args.other)
    )
    return Choice(args.test, *sides)


def _parts_of(r: Reader, node: ast.AST, error: Any) -> tuple[Any, list[Any]]:
    """Return the class of an exception, and what it was made of."""
    if isinstance(error, Record):
        return error.kind, error.fields["args"].items
    # What Python raised has been raised; of others, this package has made the message.
    if error.obj.__traceback__ is None and not isinstance(error.obj, KeyError):
        what = f"the caught {type(error.obj).__name__} in a text"
        r.refuse(node, what, "write the message itself there, or what is known of it")
    return type(error.obj), [Static(a) for a in error.obj.args]


def _of_exception(r: Reader, node: ast.AST, error: Any, holes: list[Value]) -> ast.expr:
    """Return what ``str`` of an exception says."""
    kind, args = _parts_of(r, node, error)
    if kind.__str__ not in (BaseException.__str__, KeyError.__str__):
        what = f"the caught {kind.__name__} in a text"
        r.refuse(node, what, "write the message itself there, or what is known of it")
    if not args:
        return ast.Constant("")
    if len(args) > 1:
        return ast.Tuple([spelled(r, a, node, holes) for a in args], ast.Load())
    said = spelled(r, args[0], node, holes)
    called = "repr" if issubclass(kind, KeyError) else "str"
    if called == "str" and is_text(args[0]):
        return said
    return ast.Call(ast.Name(called, ast.Load()), [said], [])


def _repr_of_exception(r: Reader, node: ast.AST, error: Any, holes: list[Value]) -> ast.expr:
    error = one_exception(r, r.settled(error))
    if isinstance(error, Choice):
        test = spelled(r, error.test, node, holes)
        sides = (_repr_of_exception(r, node, e, holes) for e in (error.then, error.other))
        return ast.IfExp(test, *sides)
    kind, args = _parts_of(r, node, error)
    if kind.__repr__ is not BaseException.__repr__:
        what = f"repr of the caught {kind.__name__}"
        r.refuse(node, what, "write the message itself there, or what is known of it")
    given = [ast.FormattedValue(spelled(r, a, node, holes), ord("r"), None) for a in args]
    parts: list[ast.expr] = [ast.Constant(f"{kind.__name__}(")]
    for k, part in enumerate(given):
        parts += [ast.Constant(", "), part] if k else [part]
    return ast.JoinedStr([*parts, ast.Constant(")")])


def _is_literal(obj: Any) -> bool:
    """Whether what ``repr`` gives is read as the same thing again."""
    if type(obj) is tuple:
        return all(map(_is_literal, obj))
    finite = type(obj) is not float or math.isfinite(obj)
    return type(obj) in (str, int, float, bool, type(None)) and finite


def shifted(text: Text | Texts, holes: list[Value]) -> ast.expr:
    """Return the expression of a text inside another one."""
    start = len(holes)
    holes += text.holes

    class Shift(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            found = re.fullmatch(rf"{HOLE}(\d+)", node.id)
            return ast.Name(f"{HOLE}{int(found[1]) + start}", node.ctx) if found else node

    return Shift().visit(ast.parse(ast.unparse(text.spelled), mode="eval").body)
