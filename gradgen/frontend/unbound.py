"""Names that may stand for nothing: a read of one raises as Python does.

Where one path assigns a name and another does not, the name is a choice between its value and
nothing, and a read tests which.  A number or an array needs no choice: it is a variable of the text
as it is one of the function's, and a variable that was not assigned raises by itself.  That it is
read there is not sure, though: what is asked may be known without it.  So a read leaves a guard,
which `passes.unbound` takes out again where the text does as well without.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gradgen.frontend.values import OTHER_KEYS, Choice, Poison, Ref, SomeKeys, Static
from gradgen.ir.nodes import Block, Const, Undefined, Value

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader


def unassigned(name: str, free: bool = False) -> NameError:
    """Return Python's error for a name that was not assigned on the path taken."""
    name = name.partition(" ")[0]  # as it is spelled
    if free:
        return NameError(
            f"cannot access free variable {name!r} where it is not associated with a value in "
            "enclosing scope"
        )
    return UnboundLocalError(
        f"cannot access local variable {name!r} where it is not associated with a value"
    )


def may_miss(value: Any) -> bool:
    """Whether a value is nothing on some path, as far as the frontend has a choice of it."""
    if isinstance(value, Choice):
        return may_miss(value.then) or may_miss(value.other)
    return isinstance(value, Undefined)


def is_there(r: Reader, value: Any) -> Value:
    """Return whether a value is something: a constant where that is known."""
    if not isinstance(value, Choice):
        return Const(not isinstance(value, Undefined))
    sides = [is_there(r, r.settled(side)) for side in (value.then, value.other)]
    truths = [side.const if isinstance(side, Const) else None for side in sides]
    if truths[0] is truths[1] is not None:
        return sides[0]
    if truths == [False, True]:
        return r.b.emit("not", [value.test])
    return r.read(Choice(value.test, sides[0], sides[1]))


def number_there(r: Reader, items: dict[Any, Any]) -> Value:
    """Return how many items a dict has, of which some may be missing."""
    held = [r.settled(v) for k, v in items.items() if k is not OTHER_KEYS]
    count: Value = Const(sum(not may_miss(v) for v in held))
    for item in held:
        if may_miss(item):
            one = r.b.emit("int", [is_there(r, item)])
            known = isinstance(count, Const) and count.const == 0
            count = one if known else r.b.emit("add", [count, one])
    return count


def or_else(value: Any, default: Any) -> Any:
    """Return a value, and something else on the paths on which it is nothing."""
    if isinstance(value, Undefined):
        return default
    if not may_miss(value):
        return value
    return Choice(value.test, or_else(value.then, default), or_else(value.other, default))


def merged(r: Reader, old: dict[Any, Any], new: dict[Any, Any]) -> dict[Any, Any]:
    """Return a dict's items, updated by those of another: by what may be missing, where it is."""
    kept = {k: or_else(v, old[k]) if k in old else v for k, v in new.items()}
    return in_order(r, old, {**old, **kept})


def in_order(r: Reader, old: dict[Any, Any], new: dict[Any, Any]) -> dict[Any, Any]:
    """Return the new items of a dict, with a note if the order of its keys is lost.

    A key that may be missing goes to the end of the dict where it is.
    """
    before, after = old.get(OTHER_KEYS), new.get(OTHER_KEYS)
    if isinstance(before, Poison) and not isinstance(before, SomeKeys):
        return {**new, OTHER_KEYS: before}
    keys = [k for k in new if k is not OTHER_KEYS]
    moved = [
        k for k in keys[:-1] if k in old and new[k] is not old[k] and may_miss(r.settled(old[k]))
    ]
    known = next((p for p in (after, before) if isinstance(p, Poison)), None)
    if known is None:
        return new
    return {**new, OTHER_KEYS: Poison(known.error) if moved else known}


def order_of(*lists: Iterable[Any]) -> list[Any] | None:
    """Return keys in an order that agrees with that in each of some lists, None if none does."""
    out: list[Any] = []
    for keys in lists:
        both = _merged_order(out, [k for k in keys if k is not OTHER_KEYS])
        if both is None:
            return None
        out = both
    return out


def _merged_order(a: list[Any], b: list[Any]) -> list[Any] | None:
    out: list[Any] = []
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            out.append(a[i])
            i, j = i + 1, j + 1
        elif a[i] not in b:
            out.append(a[i])
            i += 1
        elif b[j] not in a:
            out.append(b[j])
            j += 1
        else:
            return None
    return [*out, *a[i:], *b[j:]]


def found(r: Reader, value: Any, error: Exception, node: ast.AST) -> Any:
    """Return what a name or attribute stands for, having raised where that is nothing."""
    if isinstance(value, Undefined):
        r.fail(node, error)
    if may_miss(value):
        return _chosen(r, value, error, node)
    inner = value.value if isinstance(value, Ref) and not value.steps else value
    if isinstance(inner, Value) and r.read(value) in r.unsure:
        _guard(r, r.read(value), error, node)
    return value


def _chosen(r: Reader, value: Any, error: Exception, node: ast.AST) -> Any:
    """Raise on the paths on which a choice is nothing, and return what it is on the others."""
    if not may_miss(value):
        return value
    for side, other, truth in (
        (value.then, value.other, True),
        (value.other, value.then, False),
    ):
        if isinstance(side, Undefined):
            if side.name:  # else Python has raised on that path before
                test = value.test if truth else r.b.emit("not", [value.test])
                raise_where(r, error, test, r.span(node))
            return _chosen(r, other, error, node)
    sides, blocks = [], []
    for option in (value.then, value.other):
        with r.b.into(Block()) as block:
            sides.append(_chosen(r, option, error, node))
        blocks.append(block)
    r.b.append("if", [value.test], [], span=r.span(node), blocks=blocks)
    return Choice(value.test, *sides)


def unpackable(r: Reader, value: Any, node: ast.AST) -> Any:
    """Raise on the paths on which a choice is None, a number or nothing; return the others."""
    if not isinstance(value, Choice):
        return value
    for side, other, truth in (
        (value.then, value.other, True),
        (value.other, value.then, False),
    ):
        error = _nothing(side)
        if error is not None:
            test = value.test if truth else r.b.emit("not", [value.test])
            raise_where(r, error, test, r.span(node))
            return unpackable(r, other, node)
    sides, blocks = [], []
    for option in (value.then, value.other):
        with r.b.into(Block()) as block:
            sides.append(unpackable(r, option, node))
        blocks.append(block)
    if sides[0] is value.then and sides[1] is value.other:
        return value
    r.b.append("if", [value.test], [], span=r.span(node), blocks=blocks)
    return Choice(value.test, *sides)


def _nothing(side: Any) -> Exception | None:
    """Return what Python raises where this is unpacked, None where there is something."""
    if isinstance(side, Undefined):
        return unassigned(side.name)
    if isinstance(side, Static) and side.obj is None:
        return TypeError("cannot unpack non-iterable NoneType object")
    number = isinstance(side, Value) and side.type.is_scalar and side.type.of is None
    if number and side.type.kind in ("float", "int", "bool"):
        kind = side.type.kind if side.type.weak else f"numpy.{side.type.dtype}"
        return TypeError(f"cannot unpack non-iterable {kind} object")
    return None


def _guard(r: Reader, value: Value, error: Exception, node: ast.AST) -> None:
    missing = r.b.emit("is", [value, Const(None)], span=r.span(node))
    raise_where(r, error, missing, r.span(node), guards=True)


def _literal(key: Any) -> Any:
    """Return what a text can say of a key: itself, or what Python shows for a member, say."""
    try:
        ast.literal_eval(repr(key))
    except (SyntaxError, ValueError):
        return repr(key)
    return key


def raise_where(r: Reader, error: Exception, test: Value, span: Any, **attrs: Any) -> None:
    """Raise an exception if a test holds."""
    said = error.args[0] if isinstance(error, KeyError) else str(error)
    text = f"raise {type(error).__name__}({_literal(said)!r})"
    r.b.append("raise_if", [test], [], span=span, attrs={"text": text, **attrs})
