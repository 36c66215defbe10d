"""The decorator ``dataclass`` as the standard library has it, but made for a quick start.

The standard one compiles up to six methods for each class. A hundred classes are made before the
first gradient: that is a fifth of what a new process waits for. Here ``__init__`` alone is
compiled, when the first object is made, and the other methods are shared. That a class is
``frozen`` is left to the type checker.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(
        cls: Any = None, *, frozen: bool = False, slots: bool = False, eq: bool = True
    ) -> Any:
        """Make a class of its annotated fields; the options are those of ``dataclasses``."""

        def made(cls: Any) -> Any:
            new = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
            methods = {"__init__": _compiling(new), "__repr__": _spelled}
            for name, method in (methods | (_comparing(new, frozen) if eq else {})).items():
                if name not in vars(cls):
                    setattr(new, name, method)
            return new

        return made if cls is None else made(cls)


def _compiling(cls: Any) -> Callable[..., None]:
    """Return an ``__init__`` that compiles the one of the class, and puts it into its place."""

    def first(self: Any, *args: Any, **kwargs: Any) -> None:
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


def _comparing(cls: Any, frozen: bool) -> dict[str, Callable[..., Any] | None]:
    """Return the methods of a class whose objects are equal where their fields are."""
    fields = attrgetter(*(f.name for f in dataclasses.fields(cls) if f.compare))

    def equal(self: Any, other: Any) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self is other or fields(self) == fields(other)

    def hashed(self: Any) -> int:
        return hash(fields(self))

    return {"__eq__": equal, "__hash__": hashed if frozen else None}
