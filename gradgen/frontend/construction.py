"""How objects of the user's classes are made: dataclasses and named tuples with their fields."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import types
from typing import Any

from gradgen.frontend import pointers, pools
from gradgen.frontend.class_defaults import defaults
from gradgen.frontend.classes import extended, found_in, is_users, makes_plain
from gradgen.frontend.describing import describe
from gradgen.frontend.objects import Method, class_of, set_attribute_of, suggested
from gradgen.frontend.parameters import binding_error
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Retry
from gradgen.frontend.special import special
from gradgen.frontend.values import Map, Record, Seq, Static
from gradgen.library.uneven_lists import UnevenList


def construct(r: Reader, node: ast.AST, cls: type, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return a new object of a class."""
    from gradgen.frontend.calls import call_value

    if issubclass(cls, tuple):
        return _named_tuple(r, node, cls, args, kwargs)
    if cls is types.SimpleNamespace and not args:
        return Record(cls, {name: suggested(name, value) for name, value in kwargs.items()})
    init = _initialiser(cls)
    made = begun(r, node, cls, *(([], {}) if init is not None else (args, kwargs)))
    if init is not None:
        call_value(r, node, Method(made, init), args, kwargs)
    elif dataclasses.is_dataclass(cls):
        _finish_fields(r, node, made, args, kwargs)
    return ended(r, node, made)


def begun(r: Reader, node: ast.AST, cls: Any, args: list[Any], kwargs: dict[str, Any]) -> Record:
    """Return an object as it is before its ``__init__``, or its ``__post_init__``."""
    from gradgen.frontend.calls import call_value

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
    made = Record(cls, defaults(r, cls, node))
    if base := extended(cls):  # what it holds is there before, and without, a call of __init__
        r.load(made, {**made.fields, "_held": call_value(r, node, Static(base), [], {})})
    if _initialiser(cls) is None and dataclasses.is_dataclass(cls):
        _fill_fields(r, node, made, args, kwargs)
    elif args or kwargs:
        raise binding_error(r, node, f"{cls.__name__}() takes no arguments")
    return made


def _initialiser(cls: type) -> types.FunctionType | None:
    """Return the ``__init__`` of a class, if it has one that somebody has written."""
    init = found_in(cls, "__init__")
    written = isinstance(init, types.FunctionType) and init.__code__.co_filename != "<string>"
    return init if written else None


def ended(r: Reader, node: ast.AST, made: Record) -> Any:
    """Return an object as it is once it has been made."""
    kind: Any = made.kind
    own = not kind.__module__.startswith("gradgen.") or issubclass(kind, UnevenList)
    if is_users(kind) and own:
        return _kept(r, node, made)
    return made


def _kept(r: Reader, node: ast.AST, made: Record) -> Any:
    """Return a new object of the user's; where such are rows of lists, its place in these."""
    r.book.kinds.made.add(made.kind)
    if r.book.pooled is None or made.kind in r.book.whole:
        return made
    if made.kind not in r.book.pooled:
        r.book.pooled.add(made.kind)
        raise Retry(set())
    if pointers.ROW not in made.fields:
        return pools.row_of(r, node, made)
    return pools.early_row(r, node, made)


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
    return Seq(list(map(suggested, cls._fields, items)), cls)


def _fill_fields(
    r: Reader, node: ast.AST, made: Record, args: list[Any], kwargs: dict[str, Any]
) -> None:
    """Do what the ``__init__`` does that a dataclass gets, but for its ``__post_init__``."""
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
    named = {name: suggested(name, value) for name, value in fields.items()}
    r.load(made, {**made.fields, **named})


def _finish_fields(
    r: Reader, node: ast.AST, made: Record, args: list[Any], kwargs: dict[str, Any]
) -> None:
    """Call the ``__post_init__`` of a dataclass, if it has one."""
    from gradgen.frontend.calls import call_value

    cls: Any = made.kind
    after = found_in(cls, "__post_init__")
    if isinstance(after, types.FunctionType):
        given = _bound(r, node, cls, args, kwargs)
        variables = [
            given[n] if n in given else r.wrap(f.default, cls, n, node)
            for n, f in cls.__dataclass_fields__.items()
            if f._field_type is dataclasses._FIELD_INITVAR  # type: ignore[attr-defined]
        ]
        call_value(r, node, Method(made, after), variables, {})


def initialises_fields(init: types.FunctionType, made: Any) -> bool:
    """Whether a function is the ``__init__`` that a dataclass, of which an object is, got."""
    return init.__code__.co_filename == "<string>" and _base_of(init, made) is not None


def _base_of(init: types.FunctionType, made: Any) -> Any:
    kind = class_of(made)
    bases = kind.__mro__ if kind is not None else ()
    found = (c for c in bases if vars(c).get("__init__") is init)
    return next((c for c in found if dataclasses.is_dataclass(c)), None)


def fill_anew(
    r: Reader, node: ast.AST, init: types.FunctionType, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Do what the ``__init__`` of a dataclass does where the one of another class calls it."""
    from gradgen.frontend.calls import call_value

    made, base = args[0], _base_of(init, args[0])
    kind: Any = class_of(made)
    if any(
        f._field_type is dataclasses._FIELD_INITVAR  # type: ignore[attr-defined]
        for f in base.__dataclass_fields__.values()
    ):
        r.refuse(node, f"a call of the __init__ of {base.__name__}, which has an InitVar")
    given = _bound(r, node, base, args[1:], kwargs)
    frozen = base.__dataclass_params__.frozen
    for f in dataclasses.fields(base):
        if f.init and f.name in given:
            value = given[f.name]
        elif f.default_factory is not dataclasses.MISSING:
            value = call_value(r, node, Static(f.default_factory), [], {})
        elif f.init:
            value = r.wrap(f.default, base, f.name, node)
        else:
            continue  # the class has it
        set_attribute_of(r, made, f.name, value, node, frozen)
    after = found_in(kind, "__post_init__")
    if isinstance(after, types.FunctionType):
        call_value(r, node, Method(made, after), [], {})
    return Static(None)


@special(object.__init__, listed=False)
def _object_init(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Do what the last of all does that call ``super().__init__(**kwargs)``: nothing."""
    if len(args) != 1 or kwargs:
        said = "object.__init__() takes exactly one argument (the instance to initialize)"
        r.fail(node, TypeError(said))
    return Static(None)


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
    from gradgen.frontend.attributes import attribute  # a property may be read, which calls

    old, kind = args[0], class_of(args[0])
    if kind is None or not dataclasses.is_dataclass(kind):
        r.refuse(node, f"replace of a {describe(old)}")
    names = [f.name for f in dataclasses.fields(kind) if f.init and f.name not in kwargs]
    kept = {name: attribute(r, old, name, node) for name in names}
    return construct(r, node, kind, [], {**kept, **kwargs})
