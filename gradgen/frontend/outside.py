"""Python objects from outside the function that is read: what they are in the graph."""

from __future__ import annotations

import ast
import enum
import keyword
import types
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np

from gradgen.frontend.captures import Answer, Capture, Methods
from gradgen.frontend.classes import is_users
from gradgen.frontend.parts import parts
from gradgen.frontend.sharing import lock
from gradgen.frontend.values import Box, Map, Record, Ref, Seq, Static, Storage, over_range
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Value
from gradgen.ir.types import array, known_dtype, scalar
from gradgen.library.records import RecordArray

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader

DICTS = (dict, OrderedDict)
_NAMED = {id(np): "np", id(__import__("math")): "math"}


def wrap(r: Reader, obj: Any, holder: Any, key: Any, node: ast.AST, name: str = "") -> Any:
    """Return the value of an object found outside the function, and remember where.

    ``name`` is what it is called in the text, by default the key.
    """
    remember(r, holder, key, obj)
    return _wrapped(r, obj, holder, name or key, node)


def unremembered(r: Reader, obj: Any, holder: Any, key: Any, node: ast.AST) -> Any:
    """Return the value of an object found outside of which it is said later where it was."""
    return _wrapped(r, obj, holder, key, node)


def remember(r: Reader, holder: Any, key: Any, obj: Any) -> None:
    """Note that what is generated holds as long as ``obj`` is found there."""
    if isinstance(holder, str | bytes | range):
        return  # what is read from it, or made of it, is always the same
    if is_own(r.frame.globals):
        return  # what gradgen's library and generated text read stays what it is
    mark = id(holder), key, id(obj)
    if mark not in r.remembered:
        r.remembered.add(mark)
        r.captures.append(Capture(holder, key, obj, _label(holder, key)))


def note_methods(r: Reader, kind: type) -> None:
    """Note that what is generated holds as long as a class of the user's has the same methods."""
    mark = id(kind), "methods", id(kind)
    if is_users(kind) and mark not in r.remembered and not is_own(r.frame.globals):
        r.remembered.add(mark)
        r.captures.append(Methods(kind))


def note_answer(r: Reader, ask: Any, *things: Any) -> None:
    """Note that what is generated holds as long as a question has the answer that it has now."""
    r.captures.append(Answer(ask, things, ask.__name__))


def is_own(names: dict[str, Any]) -> bool:
    """Whether global names are those of a module of gradgen's, or of one that it has written."""
    return str(names.get("__name__")).partition(".")[0] == "gradgen"


def _wrapped(r: Reader, obj: Any, holder: Any, key: Any, node: ast.AST) -> Any:
    kind = type(obj)
    if kind in (float, int, bool, complex):
        owner = _NAMED.get(id(getattr(holder, "__self__", None)), "")
        return Const(obj, f"{owner}.{key}" if owner else "")
    if isinstance(obj, np.ndarray) and obj.dtype.names and obj.ndim:
        return _captured_records(r, obj, key, node)
    if isinstance(obj, np.ndarray):
        return _captured_array(r, obj, key, node)
    if isinstance(obj, np.generic) and obj.dtype.kind in "fiubc":
        _check_dtype(r, obj, key, node)
        return _captured(r, obj, key, scalar(obj.dtype.name))
    if kind in (tuple, list) or (kind in DICTS and all(map(_is_plain_key, obj))):
        listed = _captured_list(r, obj, key) if kind not in DICTS and r.book.keeps_lists else None
        return _captured_box(r, obj, key, node) if listed is None else listed
    if kind is range:
        return over_range(Const(obj.start), Const(obj.stop), Const(obj.step))
    note_methods(r, obj if isinstance(obj, type) else kind)
    return Static(obj)


def _is_plain_key(key: Any) -> bool:
    """Whether a key of a dict is found by what it is: a text, a number, a member, or several."""
    # A cycle by nature: what objects are compared by may be texts, which are read.
    from gradgen.frontend.identities import fields_compared

    if type(key) is tuple:
        return all(map(_is_plain_key, key))
    if fields := fields_compared(type(key)):
        return all(_is_plain_key(getattr(key, name)) for name in fields)
    return key is None or isinstance(key, enum.Enum) or type(key) in (str, int, float, bool)


def _captured_list(r: Reader, obj: list[Any] | tuple[Any, ...], key: Any) -> Ref | None:
    """Return a long list of things of one kind as a list of the graph, None of any other."""
    # A cycle by nature: readers read what is outside.
    from gradgen.frontend.captured_lists import captured_list

    if id(obj) not in r.outside:
        ref = captured_list(r, obj, lambda type_: _captured(r, obj, key, type_))
        if ref is None:
            return None
        r.outside[id(obj)] = ref
    ref = r.outside[id(obj)]
    if isinstance(ref, Ref):
        r.versions.setdefault(ref.storage, ref.value)
    return ref


def _captured_box(r: Reader, obj: Any, key: Any, node: ast.AST) -> Box:
    box = r.outside.get(id(obj))
    if box is None and isinstance(obj, dict):
        items = {k: _part(r, o, obj, k, node) for k, o in obj.items()}
        box = Map(items, outside=str(key))
        if type(obj) is not dict:
            r.book.made.note(type(obj))
            r.others.add(box)
    elif box is None:
        box = Seq([_part(r, o, obj, k, node) for k, o in enumerate(obj)], type(obj))
        box.outside = str(key) if isinstance(obj, list) else ""
    r.outside[id(obj)] = box
    return box


def _part(r: Reader, obj: Any, holder: Any, key: Any, node: ast.AST) -> Any:
    """Return the value of an item; its container's capture knows whether it is replaced."""
    read = wrap if type(obj) in (list, tuple, *DICTS) else _wrapped
    return read(r, obj, holder, key, node)


def keep_unwritten(value: Any, name: str) -> None:
    """Let writes be refused to what a local function reads around it, or what one keeps."""
    if isinstance(value, Ref):
        lock(value.storage, name)
    elif isinstance(value, Box):
        lock(value, name)
        for _, part in parts(value):
            keep_unwritten(part, name)


def _label(holder: Any, key: Any) -> str:
    if isinstance(holder, dict | types.CellType | list | tuple):
        return str(key)
    return f"{type(holder).__name__}.{key}"


def _captured_array(r: Reader, obj: np.ndarray, key: Any, node: ast.AST) -> Ref:
    _check_array(r, obj, key, node)
    ref = r.outside.get(id(obj))
    if ref is None:
        value = _captured(r, obj, key, array(obj.dtype.name, obj.shape))
        ref = Ref(Storage(value.name, outside=True), (), value, value)
        r.outside[id(obj)] = ref
    r.versions.setdefault(ref.storage, ref.value)
    return ref


def _captured_records(r: Reader, obj: np.ndarray, key: Any, node: ast.AST) -> Record:
    """Return an array of records from outside as its columns."""
    box = r.outside.get(id(obj))
    if box is None:
        columns = {n: _captured_array(r, np.asarray(obj[n]), f"{key}_{n}", node)
                   for n in obj.dtype.names or ()}  # fmt: skip
        held = Map(dict(columns), outside=str(key))
        fields = {"columns": held, "first": next(iter(columns.values()))}
        box = r.outside[id(obj)] = Record(RecordArray, fields, outside=str(key))
    for ref in box.fields["columns"].items.values():
        r.versions.setdefault(ref.storage, ref.value)
    return box


def _check_array(r: Reader, obj: np.ndarray, key: Any, node: ast.AST) -> None:
    if type(obj) not in (np.ndarray, np.memmap):
        kind = type(obj).__name__
        r.refuse(
            node,
            f"{_called(key)} is a {kind}, whose arithmetic is not that of plain arrays",
            "make a plain array of it outside the function, with np.asarray",
        )
    _check_dtype(r, obj, key, node)


def _check_dtype(r: Reader, obj: np.ndarray | np.generic, key: Any, node: ast.AST) -> None:
    """Refuse what would give results of a dtype that has no derivative."""
    if not known_dtype(obj.dtype):
        kind = "an array" if isinstance(obj, np.ndarray) else "a number"
        what = f"{_called(key)} is {kind} of dtype {obj.dtype}"
        r.refuse(node, what, "make it float64 or float32 outside the function")


def _called(key: Any) -> str:
    return repr(key) if isinstance(key, str) else f"item {key}"


def _captured(r: Reader, obj: Any, key: Any, type: Any) -> Value:
    name = key if isinstance(key, str) and key.isidentifier() else f"item_{key}"
    name = name if name.isidentifier() and not keyword.iskeyword(name) else "captured"
    while name in r.arrays and r.arrays[name] is not obj:
        name += "_"
    r.arrays[name] = obj
    start = Builder(Block())
    out = start.append("captured", [], [type], [name], r.b.span, {"name": name}).out
    r.top.ops[:0] = start.block.ops
    return out
