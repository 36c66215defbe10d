"""Which Python objects mean what: tables of functions, methods of ufuncs and of distributions.

An object is known by what it is, never by how the user's source spells it.  What belongs to SciPy
is looked up when SciPy is there: gradgen does not import it.  NumPy imports some of its own parts
only when they are asked for, which takes a while: so does gradgen.
"""

from __future__ import annotations

import builtins
import importlib
import math
import sys
import types
from typing import Any, Generic, TypeVar

import numpy as np

T = TypeVar("T")
HEADS: dict[str, Any] = {"np": np, "math": math}
# What nearly all spellings begin with.
HOMES: dict[str, Any] = {**HEADS, "": builtins, "np.linalg": np.linalg}
SCIPY = ("special", "linalg", "stats", "integrate", "interpolate", "signal", "optimize", "fft")
# The modules that spellings may begin with, but for NumPy, math and the builtins.
MODULES = {*(f"scipy.{name}" for name in SCIPY), "scipy.spatial.distance"}
PARTS = ("fft", "polynomial", "random")  # of NumPy, which imports them when they are asked for
STANDARD = ("cmath", "logging")  # of the standard library: few programs use them


def key_of(obj: Any) -> Any:
    """Return what identifies an object; methods are new objects at every look."""
    owner = getattr(obj, "__self__", None)
    if owner is None or isinstance(owner, types.ModuleType):
        return id(obj)
    if type(owner).__module__.startswith("scipy.stats."):
        # A distribution with its parameters held has a copy of it; its support is its own.
        bounds = [getattr(owner, end, None) for end in "ab"]
        numbers = (x if isinstance(x, int | float) else None for x in bounds)
        return id(type(owner)), *numbers, getattr(obj, "__name__", "")
    return id(owner), getattr(obj, "__name__", "")


def module_of(path: str) -> str:
    """Return the module that a spelling begins with: one of SciPy's, or of a rule of a user's."""
    module = path.rpartition(".")[0]
    while module and module not in MODULES:
        module = module.rpartition(".")[0]
    return module


def awaited(path: str) -> str:
    """Return the module that has to be there before a spelling means an object, '' for none."""
    head, _, rest = path.partition(".")
    if head in STANDARD:
        return head
    part = rest.partition(".")[0] if head == "np" else ""
    return f"numpy.{part}" if part in PARTS else module_of(path)


def resolve(path: str) -> Any:
    """Return the object that a spelling such as ``np.linalg.norm`` or ``abs`` means, or None."""
    module = module_of(path)
    if module:
        obj: Any = sys.modules.get(module)
        rest = path[len(module) + 1 :].split(".")
    else:
        head, *rest = path.split(".")
        obj = sys.modules.get(head) if head in STANDARD else None
        obj = obj or HEADS.get(head, getattr(builtins, head, None))
    for part in rest:
        obj = getattr(obj, part, None)
    return obj


# Modules that know SciPy, to import when SciPy is there.
PENDING = ["gradgen.rules.of_scipy"]


def meet_scipy() -> None:
    """Import what knows SciPy, once SciPy is there."""
    if PENDING and "scipy" in sys.modules:
        modules, PENDING[:] = PENDING[:], []
        for module in modules:
            importlib.import_module(module)


class Callables(Generic[T]):
    """A table from Python objects to entries."""

    def __init__(self) -> None:
        self._known: dict[Any, T] = {}
        self._later: dict[str, list[tuple[str, T]]] = {}
        self._keep_alive: list[Any] = []

    def enter(self, what: Any, entry: T) -> None:
        """Enter an object, or the spelling of one."""
        target = what
        if isinstance(what, str):
            home, _, name = what.rpartition(".")
            if home in HOMES:
                target = getattr(HOMES[home], name, None)
            else:
                self._meet(what)
                module = awaited(what)
                if module:
                    self._later.setdefault(module, []).append((what, entry))
                    return
                target = resolve(what)
        if target is not None:
            self._keep_alive.append(target)
            self._known[key_of(target)] = entry

    def _meet(self, path: str) -> None:
        """Remember the module of a spelling that is none of those known."""
        module, _, name = path.rpartition(".")
        head = path.partition(".")[0]
        known = head in HEADS or head in STANDARD or hasattr(builtins, head) or module_of(path)
        if module and name and not known:
            MODULES.add(module)

    def of(self, obj: Any) -> T | None:
        """Return the entry of an object, None if it has none."""
        meet_scipy()
        for module in [m for m in self._later if m in sys.modules]:
            for path, entry in self._later.pop(module):
                self.enter(resolve(path), entry)
        return self._known.get(key_of(obj))


def heads() -> set[str]:
    """Return the packages that operations come from, but for NumPy and math."""
    return {module.partition(".")[0] for module in MODULES}


class Lazy(types.ModuleType):
    """SciPy in the source of rules: its modules are imported when one is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name not in SCIPY:
            raise AttributeError(name)
        return importlib.import_module(f"scipy.{name}")


scipy = Lazy("scipy")
