"""Attributes of classes that the program assigns: they are in a box, as those of an object are.

What they are when the function begins, the class says.  The class itself is left as it is, like
arguments that are written to: each call begins with what the class holds then.
"""

from __future__ import annotations

import ast
import types
from typing import TYPE_CHECKING, Any

from gradgen.frontend import outside, unbound
from gradgen.frontend.class_defaults import forget
from gradgen.frontend.classes import MISSING, found_in, is_users
from gradgen.frontend.signals import Retry
from gradgen.frontend.values import Box, Map, Record, Seq, Static, plain
from gradgen.ir.nodes import nothing, uses

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader

WAY_OUT = "keep it in an object that is made in the function"
# With what Python does more than hold it, where a class has it.
ACTIVE = (types.FunctionType, property, classmethod, staticmethod, type)


class Attributes:
    """The class of the boxes that hold what is assigned to a class."""


def begin(r: Reader, node: ast.AST) -> None:
    """Make the boxes of the classes whose attributes the program was seen to assign."""
    r.book.class_frame = r.frame
    for kind, names in r.book.class_writes.items():
        r.frame.names[_label(r, kind)] = Record(Attributes, _initial(r, kind, names, node))


def end(r: Reader) -> None:
    """Drop the arrays that classes had where all paths assign others before they are read."""
    if not r.book.class_writes or r.book.callees():
        return
    used, asked = uses(r.top), {id(c.value) for c in r.captures}
    for op in [op for op in r.top.ops if op.prim == "captured" and op.out not in used]:
        if id(r.arrays[op.attrs["name"]]) not in asked:
            del r.arrays[op.attrs["name"]]
            r.top.ops.remove(op)


def made_anew(r: Reader, node: ast.AST, kind: type) -> None:
    """Begin with what a class statement gives a class."""
    names = r.book.class_writes.get(kind)
    if names is not None:
        if r.turn or r.inner:
            what = f"the class statement {kind.__name__!r} in a loop or a recursive function"
            way = "define the class outside, since the program assigns attributes of it"
            r.refuse(node, what, way)
        r.fill(_box(r, kind, node), _initial(r, kind, names, node))


def assign(r: Reader, kind: type, name: str, value: Any, node: ast.AST) -> None:
    """Perform ``Class.name = value``."""
    what = f"an assignment to {name!r} of the class {kind.__name__}"
    held = found_in(kind, name)
    active = isinstance(held, ACTIVE) or hasattr(type(held), "__get__")
    plain = type(kind).__setattr__ is type.__setattr__ and not hasattr(type(kind), name)
    if not is_users(kind) or active or not plain or name.startswith("__"):
        r.refuse(node, what, WAY_OUT)
    if r.inner:
        r.refuse(node, f"{what} in a recursive function", "return what it counts, and add it up")
    names = r.book.class_writes.setdefault(kind, {})
    if name not in names:
        names[name] = None
        forget(r, kind, name)
        raise Retry(set())
    box = _box(r, kind, node)
    r.fill(box, {**box.fields, name: value})
    if r.b.block is r.top:
        r.class_starts.add((kind, name))
    if "<locals>" not in kind.__qualname__:
        r.notes.append(f"what is assigned to {kind.__name__}.{name} is not kept after the call")


def write_into(r: Reader, box: Box) -> None:
    """Let what a class statement of the function holds be written to: each call makes it anew."""
    writes = r.book.class_writes
    for kind, _ in r.book.local_classes.values():
        for name, value in vars(kind).items():
            held = _is_literal(value) and r.outside.get(id(value)) is box
            if held and name not in writes.get(kind, ()):
                writes.setdefault(kind, {})[name] = None
                raise Retry(set())


def _is_literal(value: Any) -> bool:
    return type(value) in (list, dict)


def _made_here(value: Any) -> Any:
    """Return a list or dict that a class statement in the function makes, to be written to."""
    if type(value) is list:
        return Seq(list(map(_made_here, value)), list)
    if type(value) is dict:
        return Map({key: _made_here(item) for key, item in value.items()})
    return plain(value)


def assigned(r: Reader, kind: type, name: str, node: ast.AST, after: type | None = None) -> Any:
    """Return what a class or its bases have by an assignment; ``MISSING`` where there was none.

    ``after``: the class behind which to look, for ``super``.
    """
    writes = r.book.class_writes
    order = kind.__mro__ if after is None else kind.__mro__[kind.__mro__.index(after) + 1 :]
    for one in order if writes else ():
        if name in writes.get(one, ()):
            fields = _box(r, one, node).fields
            if name not in fields:
                continue
            before = found_in(one, name)
            if (one, name) not in r.class_starts and before is not MISSING:
                r.remember(one, name, before)
            missing = f"type object {one.__name__!r} has no attribute {name!r}"
            return unbound.found(r, r.settled(fields[name]), AttributeError(missing), node)
        if name in vars(one):
            break
    return MISSING


def held(r: Reader, owner: Static, name: str, node: ast.AST) -> Any:
    """Return what a class, or that of an object outside, is assigned; or nothing."""
    kind = owner.obj if isinstance(owner.obj, type) else type(owner.obj)
    for one in kind.__mro__:
        if name in r.book.class_writes.get(one, ()):
            return r.settled(_box(r, one, node).fields.get(name, nothing(name)))
    return nothing(name)


def _initial(r: Reader, kind: type, names: dict[str, None], node: ast.AST) -> dict[str, Any]:
    """Return what a class has by its statement under the names that are assigned."""
    for name in names:
        others = [c for c in kind.__mro__[1:] if name in r.book.class_writes.get(c, ())]
        if name not in vars(kind) and others:
            what = (
                f"assignments to {name!r} of {kind.__name__} and of {others[0].__name__}, its base"
            )
            r.refuse(node, what, f"give {kind.__name__} an attribute {name!r} of its own")
    held = {name: found_in(kind, name) for name in names}
    there = {name: value for name, value in held.items() if value is not MISSING}
    local = any(kind is made for made, _ in r.book.local_classes.values())
    anew = {n: local and _is_literal(v) and n in vars(kind) for n, v in there.items()}
    return {
        n: _made_here(v) if anew[n] else outside.unremembered(r, v, kind, n, node)
        for n, v in there.items()
    }


def _box(r: Reader, kind: type, node: ast.AST) -> Record:
    """Return the box of a class; in a recursive function, one of what it holds at the call."""
    frame, label = r.book.class_frame, _label(r, kind)
    held = frame.names[label] if frame.owner is r else r.bring_in(frame, label, node)  # type: ignore[attr-defined]
    assert isinstance(held, Record)
    return held


def _label(r: Reader, kind: type) -> str:
    """Return a name that no name of the user's can be, nor that of another class."""
    return f"{kind.__name__} {list(r.book.class_writes).index(kind)}"
