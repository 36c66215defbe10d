"""The decorator ``dataclass`` as the standard library has it, but made for a quick start.

The standard one compiles up to six methods for each class, and looks into its annotations for what
is no field (there is no such thing here). A hundred classes are made before the first gradient:
that is a fifth of what a new process waits for. Here ``__init__`` alone is compiled, when the first
object is made, and the other methods are shared. That a class is ``frozen`` is left to the type
checker.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

_FIELD = dataclasses._FIELD  # type: ignore[attr-defined]

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(
        cls: Any = None, *, frozen: bool = False, slots: bool = False, eq: bool = True
    ) -> Any:
        """Make a class of its annotated fields; the options are those of ``dataclasses``."""

        def made(cls: Any) -> Any:
            fields = _inherited(cls)
            own = {name: _field(cls, name, kind) for name, kind in cls.__annotations__.items()}
            fields |= own
            places = tuple(f.name for f in fields.values() if f.init and not f.kw_only)
            parts: dict[str, Any] = {"__dataclass_fields__": fields, "__match_args__": places}
            owner: list[Any] = []
            parts |= {"__init__": _compiling(owner), "__repr__": _spelled}
            parts |= _comparing(fields, frozen) if eq else {}
            parts = {name: part for name, part in parts.items() if name not in vars(cls)}
            if slots:
                cls = _again(cls, own, parts)
            else:
                for name, part in parts.items():
                    setattr(cls, name, part)
            owner.append(cls)
            return cls

        return made if cls is None else made(cls)


def _inherited(cls: Any) -> dict[str, Any]:
    """Return the fields of the classes that a class is made from."""
    fields: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        fields |= vars(base).get("__dataclass_fields__", {})
    return fields


def _field(cls: Any, name: str, kind: Any) -> Any:
    """Return the field that an annotation makes, and leave the class its default."""
    given = vars(cls).get(name, dataclasses.MISSING)
    made = given if isinstance(given, dataclasses.Field) else dataclasses.field(default=given)
    made.name, made.type, made._field_type = name, kind, _FIELD  # type: ignore[union-attr]
    made.kw_only = made.kw_only is True
    if given is made and made.default is dataclasses.MISSING:
        delattr(cls, name)
    elif given is made:
        setattr(cls, name, made.default)
    return made


def _again(cls: Any, own: dict[str, Any], parts: dict[str, Any]) -> Any:
    """Return a class again with slots for its own fields: it has to be made with them."""
    space = {k: v for k, v in vars(cls).items() if k not in own} | parts
    for name in ("__dict__", "__weakref__"):
        space.pop(name, None)
    made = type(cls)(cls.__name__, cls.__bases__, {**space, "__slots__": tuple(own)})
    made.__qualname__ = cls.__qualname__
    return made


def _compiling(owner: list[Any]) -> Callable[..., None]:
    """Return an ``__init__`` that compiles the one of the class, and puts it into its place."""

    def first(self: Any, *args: Any, **kwargs: Any) -> None:
        (cls,) = owner
        cls.__init__ = _compiled(cls)
        cls.__init__(self, *args, **kwargs)

    return first


def _compiled(cls: Any) -> Any:
    """Compile a function that takes the fields of a class and sets them."""
    scope: dict[str, Any] = {"_unset": dataclasses.MISSING}
    by_place, body = ["self"], []
    by_name: list[str] = []
    for f in dataclasses.fields(cls):
        default, value = "", f.name
        if f.default is not dataclasses.MISSING:
            scope[default := f"_default_{f.name}"] = f.default
        elif f.default_factory is not dataclasses.MISSING:
            scope[made := f"_made_{f.name}"] = f.default_factory
            default, value = "_unset", f"{made}() if {f.name} is _unset else {f.name}"
        parameter = f"{f.name}={default}" if default else f.name
        (by_name if f.kw_only else by_place).append(parameter)
        body.append(f"self.{f.name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    parameters = ", ".join([*by_place, *(["*", *by_name] if by_name else [])])
    exec(f"def __init__({parameters}): {'; '.join(body) or 'pass'}", scope)
    return scope["__init__"]


@recursive_repr()
def _spelled(self: Any) -> str:
    """Spell an object as the call that makes it."""
    fields = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self))
    return f"{type(self).__qualname__}({fields})"


def _comparing(made: dict[str, Any], frozen: bool) -> dict[str, Callable[..., Any] | None]:
    """Return the methods of a class whose objects are equal where their fields are."""
    fields = attrgetter(*(f.name for f in made.values() if f.compare))

    def equal(self: Any, other: Any) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self is other or fields(self) == fields(other)

    def hashed(self: Any) -> int:
        return hash(fields(self))

    return {"__eq__": equal, "__hash__": hashed if frozen else None}
