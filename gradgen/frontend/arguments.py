"""From call arguments, annotations or nothing to the values that parameters have at entry.

A ``Spec`` is what specialisation knows of one argument: the type of a number or array, the
structure of a container, or a static object.  Specs are hashable: they are the cache key.
"""

from __future__ import annotations

import ast
import dataclasses
from collections import OrderedDict
from typing import Any

import numpy as np

from gradgen.dataclass import dataclass
from gradgen.errors import ArgumentError
from gradgen.frontend import asked, entries, row_kinds
from gradgen.frontend.classes import attributes_of, has_attributes, is_taken_apart
from gradgen.frontend.listed import SHARED
from gradgen.frontend.outside import note_methods
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Tabled
from gradgen.frontend.values import (
    OTHER_KEYS,
    Around,
    Box,
    Map,
    Record,
    Ref,
    Seq,
    SomeKeys,
    Static,
    over_range,
)
from gradgen.ir.nodes import Const, Leaf, Value
from gradgen.ir.types import (
    ANY,
    BOOL,
    COMPLEX,
    FLOAT,
    Dim,
    Type,
    array,
    given_dim,
    integer,
    known_dtype,
    scalar,
)
from gradgen.library.records import RecordArray
from gradgen.rules.complexes import is_complex

MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Container:
    """The structure of a container argument: its class, its keys and the specs of its items.

    ``ordered``: it is an ``OrderedDict``, which is a dict here.
    """

    kind: Any
    keys: tuple[Any, ...]
    items: tuple[Any, ...]
    open: bool = False
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class LongList:
    """A list or tuple of any length; ``classes`` are its class, and that of its rows."""

    type: Any
    classes: tuple[Any, ...]


class Opaque:
    """A static argument, compared by value where that is safe, else by identity."""

    __slots__ = ("key", "obj")

    def __init__(self, obj: Any) -> None:
        self.obj = obj
        plain = type(obj) in (str, bytes, type(None))
        self.key: Any = (type(obj), obj) if plain else id(obj)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Opaque) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class Back(Opaque):
    """What refers back to one of the objects around it: its class, ``up`` of them further out."""

    __slots__ = ("up",)

    def __init__(self, kind: type, up: int) -> None:
        self.obj, self.up = kind, up
        self.key = "back", up


class Refine(Exception):
    """A parameter of unknown type turned out to be a container."""

    def __init__(self, path: tuple[str, tuple[Any, ...]], how: tuple[str, Any]) -> None:
        super().__init__(path, how)
        self.path, self.how = path, how


def spec_of(value: Any, name: str = "argument", depth: int = 0, seen: tuple[int, ...] = ()) -> Any:
    """Return the spec of an argument.

    Raises
    ------
    ArgumentError
        If no derivative is defined for arguments of this kind.
    """
    kind = type(value)
    if kind is float:
        return FLOAT
    if kind is bool:
        return BOOL
    if kind is int:
        return integer()
    if isinstance(value, np.ndarray) and value.dtype.names and value.ndim:
        return _records_spec(value, name)
    if isinstance(value, np.ndarray):
        return _array_spec(value, name)
    if isinstance(value, np.generic):
        return _scalar_spec(value, name)
    if depth > MAX_DEPTH:
        raise ArgumentError(
            f"{name} is nested too deeply (or contains itself)",
            hint="pass flatter containers",
        )
    if kind in (tuple, list) or (isinstance(value, tuple) and hasattr(value, "_fields")):
        items = tuple(spec_of(v, f"{name}[{k}]", depth + 1, seen) for k, v in enumerate(value))
        return Container(kind, tuple(range(len(items))), items)
    if kind is dict or kind is OrderedDict:
        items = tuple(spec_of(v, f"{name}[{k!r}]", depth + 1, seen) for k, v in value.items())
        return Container(dict, tuple(value), items, ordered=kind is OrderedDict)
    if kind is range:
        return _range_spec(integer(), integer(), value.step)
    if is_taken_apart(kind):
        return _object_spec(value, name, depth, seen)
    if isinstance(value, complex):
        return COMPLEX
    return Opaque(value)


def _range_spec(start: Any, stop: Any, step: int) -> Container:
    """Return the spec of a range: the sign of its step is the direction of a loop."""
    known = dataclasses.replace(integer(), value=step)
    return Container(range, ("start", "stop", "step"), (start, stop, known))


def _object_spec(value: Any, name: str, depth: int, seen: tuple[int, ...]) -> Any:
    """Return the structure of an object; what refers back to it is that object."""
    if id(value) in seen:
        return Back(type(value), len(seen) - seen.index(id(value)))
    seen = (*seen, id(value))
    found = {n: _attribute_spec(v, f"{name}.{n}", depth + 1, seen)
             for n, v in attributes_of(value).items()}  # fmt: skip
    return Container(type(value), tuple(found), tuple(found.values()))


def _attribute_spec(value: Any, name: str, depth: int, seen: tuple[int, ...]) -> Any:
    try:
        return spec_of(value, name, depth, seen)
    except ArgumentError:
        # Text or complex numbers that an object holds as well need no derivative.
        return Opaque(value)


def part_of(value: Any, kind: Any, key: Any) -> Any:
    """Return the item or attribute of a container argument at one of the keys of its spec."""
    return getattr(value, key) if has_attributes(kind) else value[key]


def star_spec(specs: tuple[Any, ...] | dict[str, Any]) -> Container:
    """Return the spec of ``*args`` or ``**kwargs`` whose items have these specs."""
    if isinstance(specs, dict):
        return Container(dict, tuple(specs), tuple(specs.values()))
    return Container(tuple, tuple(range(len(specs))), specs)


def _records_spec(value: np.ndarray, name: str) -> Container:
    """Return the spec of an array of records: those of its columns."""
    names = value.dtype.names or ()
    columns = [np.asarray(value[n]) for n in names]
    for n, column in zip(names, columns, strict=True):
        if not known_dtype(column.dtype):
            raise ArgumentError(
                f"{name} is an array of records, whose field {n!r} is of dtype {column.dtype}",
                hint="pass a dict of the columns that are numbers",
            )
    items = (_array_spec(c, f"{name}[{n!r}]") for n, c in zip(names, columns, strict=True))
    return Container(RecordArray, names, tuple(items))


def _array_spec(value: np.ndarray, name: str) -> Type:
    if type(value) not in (np.ndarray, np.memmap):
        raise ArgumentError(
            f"{name} is a {type(value).__name__}, whose arithmetic is not that of plain arrays",
            hint=f"pass a plain array, for example np.asarray({name})",
        )
    if not known_dtype(value.dtype):
        what = "text" if value.dtype.kind in "US" else f"dtype {value.dtype}"
        raise ArgumentError(
            f"{name} is an array of {what}, which has no derivative here", hint=_other(value.dtype)
        )
    dims = tuple(1 if n == 1 else Dim(f"{name}.{k}", 0, True) for k, n in enumerate(value.shape))
    return array(value.dtype.name, dims)


def _scalar_spec(value: np.generic, name: str) -> Any:
    if not known_dtype(value.dtype):
        raise ArgumentError(
            f"{name} is a {type(value).__name__}, which has no derivative here",
            hint=_other(value.dtype),
        )
    return scalar(value.dtype.name)


def _other(dtype: np.dtype) -> str:
    """Say what to pass instead of an array or number of a dtype."""
    if dtype.kind == "c":
        return "pass the real and imaginary parts as two arguments"
    return "use float64 or float32"


def spec_of_annotation(annotation: Any) -> Any:
    """Return the spec that an annotation gives: float, int, bool, or an unknown."""
    known = {
        float: FLOAT,
        "float": FLOAT,
        int: integer(),
        "int": integer(),
        bool: BOOL,
        "bool": BOOL,
    }
    try:
        return known.get(annotation, ANY)
    except TypeError:
        return ANY


def refined(spec: Any, path: tuple[Any, ...], how: tuple[str, Any]) -> Any:
    """Return a spec in which the unknown at ``path`` is known to be a container."""
    if path:
        assert isinstance(spec, Container)
        k = spec.keys.index(path[0][1])
        items = [refined(s, path[1:], how) if i == k else s for i, s in enumerate(spec.items)]
        return dataclasses.replace(spec, items=tuple(items))
    if how[0] == "unpack":
        return Container(tuple, tuple(range(how[1])), (ANY,) * how[1])
    if isinstance(spec, Container):
        return dataclasses.replace(spec, keys=(*spec.keys, how[1]), items=(*spec.items, ANY))
    return Container(dict, (how[1],), (ANY,), open=True)


def enter(
    r: Reader,
    name: str,
    spec: Any,
    active: list[tuple[Any, ...]],
    path: tuple[Any, ...] = (),
    around: tuple[Record, ...] = (),
) -> tuple[Any, list[Leaf]]:
    """Return a parameter's value at entry, and its leaves.

    ``active`` are the ways to what is differentiated inside it, ``around`` the objects that it is
    in.
    """
    if isinstance(spec, Back):
        return Around(around[-spec.up]), []
    if isinstance(spec, Opaque):
        return Static(spec.obj), []
    if isinstance(spec, Type):
        return _enter_leaf(r, name, spec, active, path)
    if isinstance(spec, LongList):
        return _enter_list(r, name, spec, active, path)
    if spec.kind is RecordArray and any(path[: len(w)] == w for w in active):
        what = f"{name!r} is differentiated, but it is an array of records"
        raise ArgumentError(what, r.b.span, f"pass what is differentiated as an array, {name}['x']")
    values, leaves = [], []
    by_attribute = has_attributes(spec.kind)
    owner = Record(spec.kind, {}, given=True) if by_attribute and spec.kind is not range else None
    note_methods(r, spec.kind)
    around = around if owner is None else (*around, owner)
    for key, item in zip(spec.keys, spec.items, strict=True):
        step = ("attr" if by_attribute else "item", key)
        value, inner = enter(r, name, item, active, (*path, step), around)
        values.append(value)
        leaves += inner
    if spec.kind is range:
        return over_range(*values), leaves
    items = dict(zip(spec.keys, values, strict=True))
    box: Box = Seq(values, spec.kind, given=True)
    if owner is not None:
        owner.fields, box = items, owner
    elif spec.kind is RecordArray:
        columns = Map(items, given=True)
        box = Record(RecordArray, {"columns": columns, "first": values[0]}, given=True)
    elif spec.kind is dict:
        if spec.ordered:
            r.book.made.note(OrderedDict)
        box = Map(items, (name, path) if spec.open else None, given=True)
        if spec.ordered:
            r.others.add(box)
    r.given[box.id] = name, path
    return box, leaves


def _enter_leaf(
    r: Reader, name: str, spec: Type, wanted: list[tuple[Any, ...]], path: tuple[Any, ...]
) -> Any:
    active = any(path[: len(w)] == w for w in wanted)
    plain = dataclasses.replace(spec, entries=None) if spec.entries is not None else spec
    sized = _sized(plain, r.book.lengths)
    attrs = {"param": name, "path": path, "type": sized}
    if sized != plain:
        attrs["open"] = plain
    counts = sized.kind == "int" and sized.weak and sized.value is None
    # What is made that long is as long as whatever else is.
    type_ = integer(_counted(r, given_dim("".join(map(str, (name, *path)))))) if counts else sized
    op = r.b.append("leaf", [], [type_], ["" if path else name], attrs=attrs)
    op.out.user = not path
    if path in wanted and not spec.inexact:
        raise ArgumentError(
            f"{name!r} is differentiated, but it is {_kind(spec)}",
            r.b.span,
            f"pass it as float{'s (x.astype(float))' if spec.is_array else ''}, "
            "or choose other arguments with argnums",
        )
    leaf = Leaf(name, path, op.out, active and spec.inexact and not is_complex(op.out))
    if spec.is_scalar and isinstance(spec.value, int):
        r.pinned = True
        return Const(bool(spec.value) if spec.kind == "bool" else spec.value), [leaf]
    r.pinned |= any(isinstance(d, int) and d != 1 for d in spec.shape or ())
    if spec.entries is not None:
        entries.enter(r, op.out, spec)
    return r.hold(op.out), [leaf]


def _counted(r: Reader, d: Dim) -> Dim:
    """Return the length that a whole number stands for, with what the text may take for granted."""
    return (r.book.equal or {}).get(d.name, d)


def _enter_list(
    r: Reader, name: str, spec: LongList, wanted: list[tuple[Any, ...]], path: tuple[Any, ...]
) -> tuple[Any, list[Leaf]]:
    """Return a list that nothing may be written to."""
    active = any(path[: len(w)] == w for w in wanted)
    attrs = {"param": name, "path": path, "type": spec.type, "classes": spec.classes}
    op = r.b.append("leaf", [], [spec.type], ["" if path else name], attrs=attrs)
    op.out.user = not path
    ref = held_list(r, op.out, spec)
    ref.storage.name = name
    return ref, [Leaf(name, path, op.out, active and spec.type.inexact)]


def held_list(r: Reader, value: Value, spec: LongList) -> Ref:
    """Return a hold on a list that nothing may be written to."""
    ref: Ref = r.hold(value)
    ref.storage.outside = True
    row_kinds.set_class(r, ref, spec.classes[0] is tuple)
    r.entangle(ref.storage, SHARED, set())
    r.book.row_kinds.note(*spec.classes[1:])
    r.book.has_rows |= spec.type.points
    return ref


def _sized(spec: Type, lengths: dict[str, int]) -> Type:
    """Return the type of an argument whose unpacking says how long it is."""
    if not lengths or not spec.shape:
        return spec
    dims = (
        lengths[d.name] + d.offset if isinstance(d, Dim) and d.name in lengths else d
        for d in spec.shape
    )
    return dataclasses.replace(spec, shape=tuple(dims))


def _kind(spec: Type) -> str:
    if spec.kind == "array":
        return f"an array of dtype {spec.dtype}"
    return f"{'an' if spec.kind == 'int' else 'a'} {spec.kind}"


def spec_of_value(r: Reader, value: Any) -> Any:
    """Return the spec of a value inside a function that is read: an argument of a gradient call."""
    if isinstance(value, Seq):
        items = tuple(spec_of_value(r, v) for v in value.items)
        return Container(value.kind, tuple(range(len(items))), items)
    if isinstance(value, Record) and value.kind is RecordArray:
        columns: Container = spec_of_value(r, value.fields["columns"])
        return dataclasses.replace(columns, kind=RecordArray)
    if isinstance(value, Map | Record):
        fields = value.items if isinstance(value, Map) else value.fields
        kind = dict if isinstance(value, Map) else value.kind
        return Container(kind, tuple(fields), tuple(spec_of_value(r, v) for v in fields.values()))
    if isinstance(value, Value | Ref):
        known = value.const if r.pinned and isinstance(value, Const) else None
        whole = int(known) if isinstance(known, int) else None
        classes = row_kinds.classes_of(r, value)
        if tuple in classes or (classes and r.read(value).type.points):
            return LongList(r.read(value).type, classes)
        return dataclasses.replace(r.read(value).type, value=whole, entries=entries.held(r, value))
    if row_kinds.is_range(value) and isinstance(value.bounds[2], Const):
        start, stop, step = value.bounds
        return _range_spec(spec_of_value(r, start), spec_of_value(r, stop), int(step.const))
    return Opaque(value.obj if isinstance(value, Static) else value)


def fallback_name(leaf: Leaf) -> str:
    """Name a leaf that the user's source never names."""
    key = leaf.path[-1][1]
    return key if isinstance(key, str) and key.isidentifier() else f"{leaf.param}_{key}"


def every_item(r: Reader, node: ast.AST, value: Map) -> dict[Any, Any]:
    """Return all items of a dict, whose keys have to be known.

    They are not in an argument of unknown type, and where paths that gave it other keys have met.
    """
    if OTHER_KEYS in value.items:
        if r.book.words and r.book.tables and value.made not in {0, *r.book.tabled}:
            raise Tabled(value.made)  # lists of keys and of items know the order of the keys
        raise value.items[OTHER_KEYS].error
    return any_items(r, node, value)


def items_in_order(r: Reader, node: ast.AST, value: Map) -> dict[Any, Any]:
    """Return the items of a dict, of which some may be missing, in the order that they have."""
    if isinstance(value.items.get(OTHER_KEYS), SomeKeys):
        return {k: v for k, v in any_items(r, node, value).items() if k is not OTHER_KEYS}
    return every_item(r, node, value)


def any_items(r: Reader, node: ast.AST, value: Map) -> dict[Any, Any]:
    """Return the items of a dict, of which those may be missing that not all paths gave it."""
    if value.unknown is not None:
        r.refuse(
            node,
            f"the use of a dict as a whole, {value.unknown[0]!r}, whose keys are not known",
            "give types: example arguments or annotations",
        )
    asked.note(r, value, asked.COUNT)
    return value.items


def is_unknown_leaf(value: Any) -> Any:
    """Return where an unknown parameter leaf stands, None for anything else."""
    if not isinstance(value, Ref) or value.steps or value.value.op is None:
        return None
    op = value.value.op
    if op.prim != "leaf" or op.out.type != ANY:
        return None
    return op.attrs["param"], op.attrs["path"]
