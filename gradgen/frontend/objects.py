"""Objects of the user's classes: how they are made, and what their attributes and operators mean.

An object whose attributes the graph holds is a ``Record``; one that stands outside the function is
a ``Static``.  Both find methods, properties and operators in their class, as Python does.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import types
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.frontend import pools, unbound
from gradgen.frontend.attribute_dicts import HELD, attributes_as_dict
from gradgen.frontend.class_attributes import assigned
from gradgen.frontend.classes import MISSING, extended, found_in, is_users, makes_plain
from gradgen.frontend.parameters import binding_error
from gradgen.frontend.pointers import class_of_row
from gradgen.frontend.reader import Reader, describe
from gradgen.frontend.signals import Retry
from gradgen.frontend.values import Choice, Map, Record, Seq, Static
from gradgen.ir.nodes import Value
from gradgen.library import python
from gradgen.library.collections import STANDS_FOR

OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv",
    ast.Mod: "mod", ast.Pow: "pow", ast.MatMult: "matmul", ast.BitAnd: "and", ast.BitOr: "or",
    ast.BitXor: "xor", ast.LShift: "lshift", ast.RShift: "rshift",
}  # fmt: skip
COMPARISONS = {
    ast.Lt: ("__lt__", "__gt__"), ast.LtE: ("__le__", "__ge__"), ast.Gt: ("__gt__", "__lt__"),
    ast.GtE: ("__ge__", "__le__"), ast.Eq: ("__eq__", "__eq__"), ast.NotEq: ("__ne__", "__ne__"),
}  # fmt: skip
NAMED_TUPLE_METHODS = ("_replace", "_asdict", "count", "index")
SIGNS = {ast.USub: "__neg__", ast.UAdd: "__pos__", ast.Invert: "__invert__"}


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
        return Static(kind)
    if name == "__dict__":
        return attributes_as_dict(r, node, owner)
    value = class_attribute_or_fallback(r, owner, kind, name, node)
    if value is not MISSING:
        return value
    ours = kind.__module__.startswith("gradgen.")  # it may not have all that it stands for
    if hasattr(STANDS_FOR.get(kind), name):
        said = STANDS_FOR[kind].__name__
        r.refuse(node, f"the method {name!r} of a {said}", "use what lists, sets and dicts share")
    if r.turn or not (ours or hasattr(kind, name)):  # a loop is read again once a turn has set it
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
    if found_in(kind, name, owner.after) is object.__setattr__:
        return Method(value, _set_plainly)
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
        r.fill(owner, {**owner.fields, name: value})


def delete_attribute(r: Reader, owner: Any, name: str, node: ast.AST) -> None:
    """Perform ``del owner.name`` on an object whose attributes the graph holds."""
    if not isinstance(owner, Record):
        r.refuse(node, f"del of an attribute of a {describe(owner)}", "set it to None")
    own = isinstance(found_in(owner.kind, "__delattr__"), types.FunctionType)
    own = own or isinstance(found_in(owner.kind, name), property)
    params = getattr(owner.kind, "__dataclass_params__", None)
    if own or (params is not None and params.frozen):
        r.refuse(node, f"del of this attribute of a {owner.kind.__name__}", "set another one")
    missing = AttributeError(_no_attribute(owner.kind, name))
    if name not in owner.fields:
        r.fail(node, missing)
    unbound.found(r, owner.fields[name], missing, node)
    r.fill(owner, {k: v for k, v in owner.fields.items() if k != name})


# --- making objects -----------------------------------------------------------------------


def construct(r: Reader, node: ast.AST, cls: type, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return a new object of a class."""
    from gradgen.frontend.calls import call_value

    if issubclass(cls, tuple):
        return _named_tuple(r, node, cls, args, kwargs)
    if cls is types.SimpleNamespace and not args:
        return Record(cls, kwargs)
    own_new = not isinstance(cls.__new__, types.BuiltinFunctionType) or (
        cls.__new__ is not object.__new__ and extended(cls) is None
    )
    if own_new:
        held = next((c for c in cls.__mro__ if c in (list, dict, set, str, float, int)), None)
        what = f"extends {held.__name__}" if held else "has its own __new__"
        hint = f"let it hold a {held.__name__} in an attribute" if held else ""
        r.refuse(node, f"the class {cls.__name__}, which {what}", hint)
    if type(cls).__call__ is not type.__call__ or issubclass(cls, BaseException):
        r.refuse(node, f"an object of the class {cls.__name__}")
    made = Record(cls, {})
    if base := extended(cls):  # what it holds is there before, and without, a call of __init__
        r.load(made, {"_held": call_value(r, node, Static(base), [], {})})
    init = found_in(cls, "__init__")
    if isinstance(init, types.FunctionType) and init.__code__.co_filename != "<string>":
        call_value(r, node, Method(made, init), args, kwargs)
    elif dataclasses.is_dataclass(cls):
        _fill_fields(r, node, made, args, kwargs)
    elif args or kwargs:
        raise binding_error(r, node, f"{cls.__name__}() takes no arguments")
    plain: Any = cls
    if is_users(plain) and not cls.__module__.startswith("gradgen."):
        return _kept(r, node, made)
    return made


def _kept(r: Reader, node: ast.AST, made: Record) -> Any:
    """Return a new object of the user's; where such are rows of lists, its place in these."""
    r.book.kinds.made.add(made.kind)
    if r.book.pooled is None:
        return made
    if made.kind not in r.book.pooled:
        r.book.pooled.add(made.kind)
        raise Retry(set())
    return pools.row_of(r, node, made)


def _bound(
    r: Reader, node: ast.AST, cls: type, args: list[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    try:
        return dict(inspect.signature(cls).bind(*args, **kwargs).arguments)
    except TypeError as error:
        raise binding_error(r, node, f"{cls.__name__}() {error}") from None


def _named_tuple(
    r: Reader, node: ast.AST, cls: Any, args: list[Any], kwargs: dict[str, Any]
) -> Seq:
    owner = next(c for c in cls.__mro__ if "__new__" in vars(c))
    if owner is not tuple and not makes_plain(cls):
        # A cycle by nature: the class says how its objects are made.
        from gradgen.frontend.calls import call_value

        new = Static(vars(owner)["__new__"].__func__)
        return call_value(r, node, new, [Static(cls), *args], kwargs)
    return plain_tuple(r, node, owner, cls, args, kwargs)


def plain_tuple(
    r: Reader, node: ast.AST, base: Any, cls: Any, args: list[Any], kwargs: dict[str, Any]
) -> Seq:
    """Return a new tuple of a class, as one of its bases makes it."""
    if base is tuple:
        from gradgen.frontend.unpacking import sequence_items

        return Seq(sequence_items(r, args[0], node) if args else [], cls)
    given = _bound(r, node, base, args, kwargs)
    defaults = cls._field_defaults
    items = [given[n] if n in given else r.wrap(defaults[n], defaults, n, node)
             for n in cls._fields]  # fmt: skip
    return Seq(items, cls)


def _fill_fields(
    r: Reader, node: ast.AST, made: Record, args: list[Any], kwargs: dict[str, Any]
) -> None:
    """Do what the ``__init__`` does that a dataclass gets."""
    from gradgen.frontend.calls import call_value

    cls = made.kind
    given = _bound(r, node, cls, args, kwargs)
    fields: dict[str, Any] = {}
    for f in dataclasses.fields(cls):
        if f.init and f.name in given:
            fields[f.name] = given.pop(f.name)
        elif f.default_factory is not dataclasses.MISSING:
            fields[f.name] = call_value(r, node, Static(f.default_factory), [], {})
        elif f.default is not dataclasses.MISSING:
            fields[f.name] = r.wrap(f.default, cls, f.name, node)
    r.load(made, fields)
    after = found_in(cls, "__post_init__")
    if isinstance(after, types.FunctionType):
        variables = [
            given[n] if n in given else r.wrap(f.default, cls, n, node)
            for n, f in cls.__dataclass_fields__.items()
            if f._field_type is dataclasses._FIELD_INITVAR  # type: ignore[attr-defined]
        ]
        call_value(r, node, Method(made, after), variables, {})


def named_tuple_method(
    r: Reader, node: ast.AST, owner: Seq, name: str, kwargs: dict[str, Any]
) -> Any:
    """Return what ``_replace`` or ``_asdict`` of a named tuple makes."""
    fields: tuple[str, ...] = owner.kind._fields
    held = dict(zip(fields, owner.items, strict=True))
    wrong = [k for k in kwargs if k not in held]
    if wrong:
        r.fail(node, ValueError(f"Got unexpected field names: {wrong!r}"))
    return Map(held) if name == "_asdict" else Seq(list({**held, **kwargs}.values()), owner.kind)


def replaced(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return what ``dataclasses.replace`` makes."""
    old = args[0]
    if not isinstance(old, Record) or not dataclasses.is_dataclass(old.kind):
        r.refuse(node, f"replace of a {describe(old)}")
    kind: Any = old.kind
    kept = {f.name: old.fields[f.name] for f in dataclasses.fields(kind) if f.init}
    return construct(r, node, kind, [], {**kept, **kwargs})


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


def special_method(value: Any, name: str) -> Any:
    """Return a method such as ``__add__`` of an object of the user's classes, None if it has none.

    A method that Python or a dataclass made is not one.
    """
    kind = class_of(value)
    if kind is None:
        return None
    # One that stands outside the function is a list as it is, not spelled out.
    outside = isinstance(value, Static)
    found = inspect.getattr_static(kind, name, MISSING) if outside else found_in(kind, name)
    return Method(value, found) if isinstance(found, types.FunctionType) else None


def overloaded(r: Reader, node: Any, left: Any, right: Any) -> Any:
    """Return ``left op right`` as the objects' classes define it; ``MISSING`` if they do not."""
    name = OPERATORS.get(type(node.op), "")
    if isinstance(node, ast.AugAssign):
        done = invoked(r, node, left, f"__i{name}__", right)
        if done is not MISSING:
            return done
    tries = [(left, f"__{name}__", right), (right, f"__r{name}__", left)]
    for owner, method, other in _in_order(left, right, tries, f"__r{name}__"):
        done = invoked(r, node, owner, method, other)
        if done is not MISSING:
            return done
    return MISSING


def _in_order(left: Any, right: Any, tries: list[Any], reflected: str) -> list[Any]:
    """Return whose method Python asks first: the right one's, where its class refines the left's.

    Of two objects of one class, the reflected method is not asked at all.
    """
    one, other = class_of(left), class_of(right)
    if one is None or other is None or not issubclass(other, one):
        return tries
    if one is other:
        return tries[:1]
    refined = not reflected or found_in(other, reflected) is not found_in(one, reflected)
    return tries[::-1] if refined else tries


def compared(r: Reader, node: ast.AST, op: ast.cmpop, left: Any, right: Any) -> Any:
    """Return a comparison as the objects' classes define it; ``MISSING`` if they do not."""
    names = COMPARISONS.get(type(op))
    if names is None:
        return MISSING
    tries = [(left, names[0], right), (right, names[1], left)]
    if class_of(left) is not class_of(right):
        tries = _in_order(left, right, tries, "")
    for owner, name, other in tries:
        method = special_method(owner, name)
        if method is not None and method.function.__code__.co_filename == "<string>":
            return _fieldwise(r, node, op, left, right)
        done = invoked(r, node, owner, name, other)
        if done is not MISSING:
            return done
    return _unequal(r, node, left, right) if isinstance(op, ast.NotEq) else MISSING


def _unequal(r: Reader, node: Any, left: Any, right: Any) -> Any:
    """Return what ``!=`` is for a class that says only what ``==`` is; ``MISSING`` for others."""
    # A cycle by nature: comparisons are of objects, too.
    from gradgen.frontend.branches import negated, truth

    done = compared(r, node, ast.Eq(), left, right)
    return done if done is MISSING else negated(r, truth(r, done, node))


def fields_in_order(kind: Any) -> list[str]:
    """Return the fields by which objects of a dataclass are ordered, none where they are not."""
    if not dataclasses.is_dataclass(kind) or not kind.__dataclass_params__.order:  # type: ignore[union-attr]
        return []
    return [f.name for f in dataclasses.fields(kind) if f.compare]


def _fieldwise(r: Reader, node: Any, op: ast.cmpop, left: Any, right: Any) -> Any:
    """Compare two objects of one dataclass as the tuples of their fields."""
    kind = class_of(left)
    if kind is None or class_of(right) != kind:
        return MISSING
    from gradgen.frontend.attributes import attribute
    from gradgen.frontend.branches import chain
    from gradgen.frontend.comparisons import compare_two

    fields = fields_in_order(kind)
    if fields and not isinstance(op, ast.Eq):
        one, other = (Seq([attribute(r, o, n, node) for n in fields]) for o in (left, right))
        return compare_two(r, node, op, one, other)
    names = [f.name for f in dataclasses.fields(kind) if f.compare]
    tests = [
        lambda n=n: compare_two(
            r, node, ast.Eq(), attribute(r, left, n, node), attribute(r, right, n, node)
        )
        for n in names
    ]
    return chain(r, node, tests, stop_on=False)


def invoked(r: Reader, node: ast.AST, owner: Any, name: str, /, *args: Any, **kwargs: Any) -> Any:
    """Return what a special method gives; ``MISSING`` if the object has none."""
    from gradgen.frontend.calls import call_value

    method = special_method(owner, name)
    if method is None:
        return MISSING
    out = call_value(r, node, method, list(args), kwargs)
    return MISSING if isinstance(out, Static) and out.obj is NotImplemented else out


def object_truth(r: Reader, value: Any, node: ast.AST) -> Any:
    """Return what the truth of an object is asked of, None if every such object is true."""
    done = invoked(r, node, value, "__bool__")
    if done is MISSING:
        done = invoked(r, node, value, "__len__")
    return None if done is MISSING else done
