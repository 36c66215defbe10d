"""Attributes of modules, objects and arrays, and the stores to them."""

from __future__ import annotations

import ast
import collections
import types
from collections import deque
from typing import Any

import numpy as np

from gradgen.frontend import asked, class_attributes, pointers, pools, records, row_kinds, words
from gradgen.frontend.bindings import call_rule, emit
from gradgen.frontend.branches import distribute
from gradgen.frontend.classes import MISSING, found_in, is_users, own_method
from gradgen.frontend.describing import describe
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.lists import as_array
from gradgen.frontend.objects import (
    NAMED_TUPLE_METHODS,
    Method,
    Super,
    attribute_of,
    attribute_of_super,
    class_attribute,
    set_attribute_of,
)
from gradgen.frontend.reader import Reader
from gradgen.frontend.sections import method_handlers
from gradgen.frontend.stores import overwrite
from gradgen.frontend.unread import keep_for_its_errors
from gradgen.frontend.values import (
    BoundMethod,
    Choice,
    Cursor,
    Flags,
    GlobalNames,
    LocalFunction,
    Map,
    Record,
    Ref,
    Seq,
    SliceValue,
    Static,
    UnknownShape,
)
from gradgen.ir.nodes import Const, Value
from gradgen.library import READ_METHODS
from gradgen.library.records import RecordArray, RecordRow
from gradgen.rules.complexes import is_complex
from gradgen.rules.registry import METHODS, RULES

# Dicts of any kind are read as one; what none of them has is no attribute.
DICTS = (dict, collections.defaultdict, collections.OrderedDict, collections.Counter,
         collections.ChainMap)  # fmt: skip
ENDS = ("start", "stop", "step")  # of a range
DICT_KEYS: type = type(dict[str, int]().keys())


def attribute(r: Reader, owner: Any, name: str, node: ast.AST) -> Any:
    """Return ``owner.name``."""
    if isinstance(owner, Choice):
        return distribute(r, node, owner, lambda option: attribute(r, option, name, node))
    if pointers.is_list_row(owner) and hasattr(list, name):
        return BoundMethod(owner, name)  # its list is read where it is called
    owner = records.expanded(r, owner, node)
    if isinstance(owner, SliceValue) or (isinstance(owner, Static) and type(owner.obj) is slice):
        return _slice_attribute(r, owner, name, node)
    if isinstance(owner, Static):
        return _static_attribute(r, owner.obj, name, node)
    if isinstance(owner, Record) and owner.kind is Cursor and name == "send":
        return BoundMethod(owner, name)
    if isinstance(owner, Record) and owner.kind is GlobalNames:
        r.refuse(node, f"globals().{name}", "ask for a name by globals()[name]")
    if isinstance(owner, Record) and owner.kind in (RecordArray, RecordRow):
        known = name in owner.fields["columns"].items or name in owner.fields
        if not known and found_in(owner.kind, name) is MISSING:
            way = "take what is needed of its columns, a['x'], or pass these as arrays"
            r.refuse(node, f"attribute {name!r} of an {describe(owner)}", way)
    if isinstance(owner, Record):
        return attribute_of(r, owner, name, node)
    if isinstance(owner, Super):
        return attribute_of_super(r, owner, name, node)
    if isinstance(owner, Seq):
        return _sequence_attribute(r, owner, name, node)
    if isinstance(owner, Map):
        if not any(hasattr(kind, name) for kind in DICTS):
            r.fail(node, AttributeError(f"'dict' object has no attribute {name!r}"))
        return BoundMethod(owner, name)
    if isinstance(owner, Flags) and name == "c_contiguous":
        return emit(r, node, RULES["c_contiguous"], [owner.owner], {})
    if pointers.is_word(owner):
        return words.attribute(r, owner, name, node)
    if pointers.pointer(owner):
        return pools.attribute(r, owner, name, node)
    if isinstance(owner, Value | Ref):
        return _array_attribute(r, owner, name, node)
    if isinstance(owner, LocalFunction) and name == "__name__":
        return _name_of(r, owner, node)
    if isinstance(owner, Method) and name in ("__name__", "__self__"):
        return owner.owner if name == "__self__" else Static(owner.function.__name__)
    if isinstance(owner, LocalFunction) and owner.held is not None:
        if name not in owner.held.fields:
            r.fail(node, AttributeError(f"'function' object has no attribute {name!r}"))
        return attribute_of(r, owner.held, name, node)
    if row_kinds.is_range(owner) and name in ENDS:
        return owner.bounds[ENDS.index(name)]
    r.refuse(node, f"attribute {name!r} of a {describe(owner)}")


def _name_of(r: Reader, function: LocalFunction, node: ast.AST) -> Any:
    """Return the name of a function: as it was set, of the one that it wraps, or its own."""
    if function.held is not None and "__name__" in function.held.fields:
        return function.held.fields["__name__"]
    if function.wrapped is not None and not _is_nameless(function.wrapped):
        return attribute(r, function.wrapped, "__name__", node)
    if _is_nameless(function):
        r.refuse(node, "the name of what stands for a function", "name a function of your own")
    return Static(getattr(function.node, "name", "<lambda>"))


def _is_nameless(function: Any) -> bool:
    """Whether what is called has no name: an object, or a partial, which is read as a function."""
    if isinstance(function, LocalFunction):
        return function.frame.source.here is not None
    return isinstance(function, Record) or (
        isinstance(function, Static) and not hasattr(function.obj, "__name__")
    )


def _slice_attribute(r: Reader, owner: SliceValue | Static, name: str, node: ast.AST) -> Any:
    from gradgen.frontend.list_slices import ends_of  # which reads attributes

    parts = owner.parts if isinstance(owner, SliceValue) else ends_of(owner.obj)
    if name == "indices":
        return BoundMethod(Seq([Static(None) if p is None else p for p in parts], tuple), name)
    if name not in ENDS:
        r.fail(node, AttributeError(f"'slice' object has no attribute {name!r}"))
    part = parts[ENDS.index(name)]
    return Static(None) if part is None else part


def _sequence_attribute(r: Reader, owner: Seq, name: str, node: ast.AST) -> Any:
    fields = getattr(owner.kind, "_fields", ())
    if name in fields:
        return owner.items[fields.index(name)]
    of_class = name not in NAMED_TUPLE_METHODS if fields else own_method(owner.kind, name)
    if of_class:
        found = class_attribute(r, owner, owner.kind, name, node)
        if found is not MISSING:
            return found
    if not _may_have(owner.kind, name):
        r.refuse(node, f"attribute {name!r} of a {describe(owner)}")
    return BoundMethod(owner, name)


def _may_have(kind: type, name: str) -> bool:
    """Whether a sequence may have a method: a list, as deques and views of dicts are lists here.

    What lists have, and a tuple has not, fails where it is called, as Python says.
    """
    others = (list, deque, DICT_KEYS) if kind is list else (kind, list)
    return any(hasattr(other, name) for other in others)


def _static_attribute(r: Reader, obj: Any, name: str, node: ast.AST) -> Any:
    kind: Any = type(obj)
    if is_users(kind) and isinstance(found_in(kind, name), property):
        return class_attribute(r, Static(obj), kind, name, node)
    held = _assigned(r, obj, name, node)
    if held is not MISSING:
        return held
    if not hasattr(obj, name):
        if obj is None:
            r.fail(node, AttributeError(f"'NoneType' object has no attribute {name!r}"))
        if is_users(kind):
            r.fail(node, AttributeError(f"{kind.__name__!r} object has no attribute {name!r}"))
        if isinstance(obj, types.ModuleType):
            r.fail(node, AttributeError(f"module {obj.__name__!r} has no attribute {name!r}"))
        r.refuse(node, f"{describe(Static(obj))} has no attribute {name!r}")
    value = getattr(obj, name)
    text = {"numpy": "np", "math": "math"}.get(getattr(obj, "__name__", ""), "")
    if text and type(value) is float:
        return Const(value, f"{text}.{name}")
    if not isinstance(obj, types.ModuleType):
        return r.wrap(value, obj, name, node)
    return r.wrap(value, vars(obj) if vars(obj).get(name) is value else obj, name, node)


def _assigned(r: Reader, obj: Any, name: str, node: ast.AST) -> Any:
    """Return what the program has assigned to a class, or to that of an object outside."""
    if isinstance(obj, type):
        if name == "__dict__" and obj in r.book.class_writes:
            r.refuse(node, f"__dict__ of {obj.__name__}, whose attributes are assigned here")
        return class_attributes.assigned(r, obj, name, node)
    own = name in getattr(obj, "__dict__", ())
    return MISSING if own else class_attributes.assigned(r, type(obj), name, node)


def _array_attribute(r: Reader, owner: Any, name: str, node: ast.AST) -> Any:
    v = r.read(owner)
    if v.type.kind == "list":
        if not _may_have(list, name):
            r.refuse(node, f"attribute {name!r} of a {describe(owner)}")
        if row_kinds.known_tuple(r, owner) and not hasattr(tuple, name):
            r.fail(node, AttributeError(f"'tuple' object has no attribute {name!r}"))
        return BoundMethod(owner, name)
    if name == "shape":
        if v.type.shape is None:
            return UnknownShape(v)
        lengths = [dimension(r, v, k) for k in range(len(v.type.shape))]
        keep_for_its_errors(r, node, v, lengths)
        return Seq(lengths)
    if name == "ndim":
        asked.note(r, owner, asked.RANK)
        return Const(v.type.rank) if v.type.rank is not None else r.b.emit("ndim", [v])
    if name == "size":
        return r.b.emit("size", [v])
    if name in ("itemsize", "nbytes") and v.type.kind == "array" and v.type.dtype:
        each = Const(np.dtype(v.type.dtype).itemsize)
        return each if name == "itemsize" else r.b.emit("mul", [r.b.emit("size", [v]), each])
    if name in ("real", "imag"):
        return part_of(r, owner, name, node)
    if name == "flat":
        return call_rule(r, node, RULES[METHODS["ravel"]], [owner], {})
    if name == "mT" and isinstance(owner, Ref):
        return r.view(owner, "swapaxes", [], {"axis1": -1, "axis2": -2})
    if name == "T":
        return r.view(owner, "T", [], {}) if isinstance(owner, Ref) else owner
    if name == "dtype" and v.type.dtype:
        return Static(np.dtype(v.type.dtype))
    if name == "flags":
        return Flags(owner)
    if name in METHODS or name in READ_METHODS or name in method_handlers():
        return BoundMethod(owner, name)
    if v.type.kind == "array" and not hasattr(np.ndarray, name):
        there = f"; use np.{name}" if hasattr(np, name) else ""
        r.fail(node, AttributeError(f"'numpy.ndarray' object has no attribute {name!r}{there}"))
    if not any(hasattr(kind, name) for kind in (float, int, np.generic, np.ndarray)):
        if _is_of_nothing(v):
            r.fail(node, IndexError("list index out of range"))
        way = "give types: example arguments or annotations"
        way = way if v.type.kind == "any" else "correct the name"
        r.refuse(node, f"a {describe(owner)} has no attribute {name!r}", way)
    r.refuse(node, f"the attribute or method {name!r} of arrays has no rule")


def _is_of_nothing(v: Value) -> bool:
    """Whether this is an item of a list that has none, as far as is known: nothing reads it."""
    if v.op is None or v.op.prim != "load":
        return False
    held = v.op.inputs[0].type
    return held.kind == "list" and held.item is None


def part_of(r: Reader, owner: Any, name: str, node: ast.AST) -> Any:
    """Return the real or imaginary part, of which that of real numbers is known."""
    v = r.read(owner)
    if name == "real" and not is_complex(v):
        return owner
    if name == "imag" and v.type.kind == "any" and not v.type.dtype:
        r.refuse(node, "the imaginary part of a value of unknown type", "give example arguments")
    return emit(r, node, RULES[name], [owner], {})


def dimension(r: Reader, v: Value, axis: int) -> Value:
    """Return one length of an array: a constant where it is known."""
    d = v.type.shape[axis] if v.type.shape is not None else None
    return Const(d) if isinstance(d, int) else r.b.emit("dim", [v], axis=axis)


def set_attribute(r: Reader, owner: Any, name: str, value: Any, node: ast.AST) -> None:
    """Perform ``owner.name = value``."""
    if isinstance(owner, Choice):
        distribute(r, node, owner, lambda option: set_attribute(r, option, name, value, node))
    elif isinstance(owner, Static) and isinstance(owner.obj, type):
        class_attributes.assign(r, owner.obj, name, value, node)
    elif isinstance(owner, Record) or pointers.class_of_row(owner):
        set_attribute_of(r, owner, name, value, node)
    elif isinstance(owner, LocalFunction) and owner.held is not None:
        set_attribute_of(r, owner.held, name, value, node)
    elif isinstance(owner, Ref) and name == "flat":
        # A cycle by nature: what is written at places has its lengths from here.
        from gradgen.frontend.places import put

        everywhere = r.b.emit("arange", [r.b.emit("size", [r.read(owner)])])
        listed = isinstance(value, Ref) and r.read(value).type.kind == "list"
        given = r.hold(as_array(r, r.read(value), node)) if listed else value
        put(r, node, [owner, everywhere, given], {})
    elif isinstance(owner, Ref) and name in ("real", "imag"):
        overwrite(r, node, part_of(r, owner, name, node), as_value(r, value, node))
    else:
        if pointers.pointer(owner):
            pools.require_object(r, owner, name, node)  # None, as far as is known: this raises
        r.refuse(
            node,
            f"an assignment to an attribute of a {describe(owner)}",
            "return the value instead, or pass the object as an argument",
        )
