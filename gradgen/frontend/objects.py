"""Objects of the user's classes: what their attributes mean, and how they are set.

An object whose attributes the graph holds is a ``Record``; one that stands outside the function is
a ``Static``.  Both find methods, properties and operators in their class, as Python does.
"""

from __future__ import annotations

import ast
import functools
import types
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.frontend import pools, row_kinds, unbound
from gradgen.frontend.attribute_dicts import HELD, attributes_as_dict
from gradgen.frontend.class_attributes import assigned
from gradgen.frontend.class_defaults import require_own
from gradgen.frontend.classes import MISSING, found_in, is_users
from gradgen.frontend.describing import describe
from gradgen.frontend.pointers import class_of_row
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Choice, Record, Ref, Seq, Static, Storage
from gradgen.ir.nodes import Value
from gradgen.library import python
from gradgen.library.collections import STANDS_FOR

# Behind the name of a property: the function that reads it, or writes to it.
GET, SET = " read", " written"
NAMED_TUPLE_METHODS = ("_replace", "_asdict", "count", "index")


@dataclass(slots=True, eq=False)
class Method:
    """A Python function with the object that it was found on."""

    owner: Any
    function: Any


@dataclass(slots=True, eq=False)
class Super:
    """``super()`` in a method of ``after``: what its base classes say of ``owner``."""

    after: type
    owner: Any


@dataclass(frozen=True, eq=False)
class TupleNew:
    """``super().__new__`` in a class of tuples, of a ``base`` that makes plain ones."""

    base: Any


def class_of(value: Any) -> type | None:
    """Return the class of an object of the user's, None for anything else."""
    if isinstance(value, Value):
        return class_of_row(value)
    if isinstance(value, Record):
        return value.kind if is_users(value.kind) else None
    if isinstance(value, Seq):
        return value.kind if value.kind not in (tuple, list) else None
    if isinstance(value, Static) and not isinstance(value.obj, type | types.ModuleType):
        kind: Any = type(value.obj)
        return kind if is_users(kind) else None
    return None


def class_attribute(
    r: Reader, owner: Any, kind: type, name: str, node: ast.AST, after: type | None = None
) -> Any:
    """Return what an object's class gives it under a name; ``MISSING`` if nothing."""
    from gradgen.frontend.calls import call_value

    if name.endswith((GET, SET)):
        return _accessor(owner, kind, name)
    held = assigned(r, kind, name, node, after)
    if held is not MISSING:
        return held
    found = found_in(kind, name, after)
    if isinstance(found, functools._lru_cache_wrapper):
        found = found.__wrapped__  # what it keeps, the method gives again
    if isinstance(found, types.FunctionType):
        return Method(owner, found)
    if isinstance(found, property):
        return call_value(r, node, Method(owner, found.fget), [], {})
    if isinstance(found, functools.cached_property):
        value = call_value(r, node, Method(owner, found.func), [], {})
        if isinstance(owner, Record):
            r.fill(owner, {**owner.fields, name: value})
        return value
    if isinstance(found, staticmethod):
        return r.wrap(found.__func__, kind, name, node)
    if isinstance(found, classmethod):
        return Method(Static(kind), found.__func__)
    reads = descriptor_method(found, "__get__")
    if reads is not None:
        return call_value(r, node, Method(Static(found), reads), [owner, Static(kind)], {})
    if isinstance(found, functools.partialmethod):
        return _filled_method(r, owner, found, node)
    if hasattr(type(found), "__set__"):
        return MISSING
    if hasattr(type(found), "__get__") and found is not MISSING:
        found = found.__get__(None, kind) if not isinstance(owner, Static) else MISSING
    if found is MISSING:
        return MISSING
    return r.wrap(found, kind, name, node)


def _filled_method(
    r: Reader, owner: Any, found: functools.partialmethod[Any], node: ast.AST
) -> Any:
    """Return a method of which some arguments are given in the class."""
    from gradgen.frontend.callables import from_library

    if not isinstance(found.func, types.FunctionType):
        r.refuse(node, "partialmethod of something that is not a function", "write the method out")
    held = [r.wrap(a, found.args, k, node) for k, a in enumerate(found.args)]
    named = {k: r.wrap(v, found.keywords, k, node) for k, v in found.keywords.items()}
    return from_library(r, node, python.partial, [Method(owner, found.func), *held], named)


def _accessor(owner: Any, kind: Any, name: str) -> Any:
    """Return what reads a property, or writes to it, as a method to be called."""
    found = found_in(kind, name.removesuffix(GET).removesuffix(SET))
    if not isinstance(found, property):
        return MISSING
    return Method(owner, found.fget if name.endswith(GET) else found.fset)


def comes_first(in_class: Any) -> bool:
    """Whether what a class has is read before what an object of it holds under the name."""
    return isinstance(in_class, property) or descriptor_method(in_class, "__set__") is not None


def descriptor_method(found: Any, name: str) -> Any:
    """Return the method by which an object of a user's class stands for an attribute, or None."""
    kind: Any = type(found)
    method = found_in(kind, name) if is_users(kind) else None
    return method if isinstance(method, types.FunctionType) else None


def class_attribute_or_fallback(r: Reader, owner: Any, kind: type, name: str, node: ast.AST) -> Any:
    """Return what a class, or its ``__getattr__``, gives an object; ``MISSING`` if nothing."""
    # A cycle by nature: a method is called.
    from gradgen.frontend.calls import call_value

    value = class_attribute(r, owner, kind, name, node)
    fallback = found_in(kind, "__getattr__") if value is MISSING else None
    if isinstance(fallback, types.FunctionType):
        return call_value(r, node, Method(owner, fallback), [Static(name)], {})
    return value


def attribute_of(r: Reader, owner: Record, name: str, node: ast.AST) -> Any:
    """Return ``owner.name`` for an object whose attributes the graph holds."""
    kind = owner.kind
    in_class = found_in(kind, name)
    missing = _no_attribute(kind, name)
    if name in owner.fields and not comes_first(in_class):
        return unbound.found(r, r.settled(owner.fields[name]), AttributeError(missing), node)
    if name == "__class__":
        return Static(row_kinds.class_of_box(r, node, owner))
    if name == "__dict__":
        return attributes_as_dict(r, node, owner)
    value = class_attribute_or_fallback(r, owner, kind, name, node)
    if value is not MISSING:
        return value
    ours = kind.__module__.startswith("gradgen.")  # it may not have all that it stands for
    if hasattr(STANDS_FOR.get(kind), name):
        said = STANDS_FOR[kind].__name__
        r.refuse(node, f"the method {name!r} of a {said}", "use what lists, sets and dicts share")
    later = r.turn and not hasattr(kind, name)  # a loop is read again once a turn has set it
    if later or not (ours or hasattr(kind, name)):
        r.fail(node, AttributeError(missing))
    r.refuse(node, f"{kind.__name__} has no attribute {name!r} here", "assign it before it is read")


def _no_attribute(kind: type, name: str) -> str:
    """Return what Python says of an attribute that an object of a class has not."""
    spelled = "types.SimpleNamespace" if kind is types.SimpleNamespace else kind.__name__
    return f"{spelled!r} object has no attribute {name!r}"


def attribute_of_super(r: Reader, owner: Super, name: str, node: ast.AST) -> Any:
    """Return ``super().name``."""
    value = owner.owner
    kind = value.obj if is_class(value) else class_of(value)
    if kind is None:
        r.refuse(node, f"super() of a {describe(value)}")
    if name == "__new__" and issubclass(kind, tuple):
        order = kind.__mro__[kind.__mro__.index(owner.after) + 1 :]
        base = next(c for c in order if "__new__" in vars(c))
        if base is tuple or "_fields" in vars(base):
            return Static(TupleNew(base))
    plain = found_in(kind, name, owner.after)
    if plain is object.__setattr__:
        return Method(value, _set_plainly)
    if plain is object.__init__:
        return Method(value, plain)
    found = class_attribute(r, value, kind, name, node, owner.after)
    if found is not MISSING:
        return found
    if name in ("__init__", "__post_init__"):
        return Static(_nothing)
    r.refuse(node, f"super() has no attribute {name!r} here")


def _nothing():  # type: ignore[no-untyped-def]
    return None


def _set_plainly(self, name, value):  # type: ignore[no-untyped-def]
    object.__setattr__(self, name, value)


def is_class(value: Any) -> bool:
    """Whether a value is a class."""
    return isinstance(value, Static) and isinstance(value.obj, type)


def is_plainly_held(r: Reader, owner: Any, name: str) -> bool:
    """Whether to store again what is held under a name changes nothing: no setter hears of it."""
    owner = r.settled(owner)
    if isinstance(owner, Choice):
        return all(is_plainly_held(r, o, name) for o in (owner.then, owner.other))
    if is_class(owner):
        return name in vars(owner.obj)
    kind: Any = owner.kind if isinstance(owner, Record) else class_of(owner)
    if kind is None:
        return True
    usual = found_in(kind, "__setattr__") is object.__setattr__ or kind is types.SimpleNamespace
    there = name in owner.fields if isinstance(owner, Record) else True
    return there and usual and not comes_first(found_in(kind, name))


def set_attribute_of(
    r: Reader, owner: Any, name: str, value: Any, node: ast.AST, plain: bool = False
) -> None:
    """Perform ``owner.name = value`` on an object whose attributes the graph holds.

    ``plain``: as ``object.__setattr__`` does, whatever the class says of it.
    """
    from gradgen.frontend.calls import call_value

    kind: Any = class_of(owner) or owner.kind
    found = found_in(kind, name)
    if isinstance(found, property):
        if found.fset is None:
            r.refuse(node, f"the property {name!r} of {kind.__name__} has no setter")
        call_value(r, node, Method(owner, found.fset), [value], {})
        return
    writes = descriptor_method(found, "__set__")
    if writes is not None:
        call_value(r, node, Method(Static(found), writes), [owner, value], {})
        return
    params = getattr(kind, "__dataclass_params__", None)
    if params is not None and params.frozen and not plain:
        r.refuse(node, f"an assignment to an attribute of the frozen {kind.__name__}",
                 "make a new one with dataclasses.replace")  # fmt: skip
    own = found_in(kind, "__setattr__")
    usual = own is object.__setattr__ or kind is types.SimpleNamespace
    if not usual and not plain and name != HELD:
        if isinstance(own, types.FunctionType) and own.__code__.co_filename != "<string>":
            call_value(r, node, Method(owner, own), [Static(name), value], {})
            return
        r.refuse(node, f"{kind.__name__} has its own __setattr__")
    if name in ("__dict__", "__class__"):
        r.refuse(node, f"an assignment to {name}", "set each attribute")
    if isinstance(owner, Value):
        pools.set_attribute(r, owner, name, value, node)
    else:
        r.fill(owner, {**owner.fields, name: suggested(name, value)})


def suggested(name: str, value: Any) -> Any:
    """Return a value that an attribute or a field holds, whose name a variable for it may have."""
    held: list[Any] = [value.value, value.storage] if isinstance(value, Ref) else [value]
    for found in held if name[0] != "_" else ():
        computed = isinstance(found, Storage) or (isinstance(found, Value) and found.op is not None)
        if computed and not found.name:
            found.name = name
    return value


def delete_attribute(r: Reader, owner: Any, name: str, node: ast.AST) -> None:
    """Perform ``del owner.name`` on an object whose attributes the graph holds."""
    if not isinstance(owner, Record):
        r.refuse(node, f"del of an attribute of a {describe(owner)}", "set it to None")
    own = isinstance(found_in(owner.kind, "__delattr__"), types.FunctionType)
    own = own or isinstance(found_in(owner.kind, name), property)
    params = getattr(owner.kind, "__dataclass_params__", None)
    if own or (params is not None and params.frozen):
        r.refuse(node, f"del of this attribute of a {owner.kind.__name__}", "set another one")
    require_own(r, owner, node, "del of an attribute where some are set on one path")
    missing = AttributeError(_no_attribute(owner.kind, name))
    if name not in owner.fields:
        r.fail(node, missing)
    unbound.found(r, owner.fields[name], missing, node)
    r.fill(owner, {k: v for k, v in owner.fields.items() if k != name})


# --- making objects -----------------------------------------------------------------------


def super_of(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return what ``super()`` is in the method that is read."""
    if args:
        if len(args) != 2 or not is_class(args[0]):
            r.refuse(node, "super with these arguments", "call super()")
        return Super(args[0].obj, args[1])
    frame = next((f for f in r.frame.outward() if "__class__" in f.cells), None)
    if frame is None:
        r.refuse(node, "super() outside a method")
    spec = frame.source.node.args
    first = [*spec.posonlyargs, *spec.args][0].arg
    # A recursive function takes what it reads of those around it when it first reads it.
    receiver = frame.names[first] if first in frame.names else r.lookup(first, node)
    return Super(frame.cells["__class__"].cell_contents, receiver)


# --- operators ----------------------------------------------------------------------------
