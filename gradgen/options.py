"""What to derive: the options that decorators, command line and pipeline share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from inspect import BoundArguments, Signature, signature
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.errors import ArgumentError

UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20,
         "GIB": 2**30}  # fmt: skip


@dataclass(frozen=True)
class Options:
    """What to derive.

    ``argnums`` are positions of differentiated arguments (an int gives a bare gradient, a tuple a
    tuple of gradients); ``argnames`` names them instead.  ``mode`` is ``value_and_grad`` or
    ``grad``; ``has_aux`` says that the function returns ``(loss, aux)``.  ``check_replay`` runs
    every call again in the graph, and compares.  ``backend`` is what the text is made for:
    ``numpy``, or ``numba``, which compiles it; ``cache`` keeps compiled code on disk.  ``memory``
    is how many bytes may be kept for the reverse sweep, None for no limit; 0 runs every loop again
    of which something would be kept, and ``snapshots`` is at how many turns the states of such
    loops are kept, None for the square root.  ``batch`` are arguments that hold an example in each
    row.  ``turns`` says whether the seeds of a Jacobian may go through one after the other, where
    they cannot together; ``read_again``, that the text is not for the user, but to be
    differentiated; ``parallel``, whether loops may be done in parts, each on a thread;
    ``reassociate``, whether compiled code may take sums in another order; ``equal``, which
    lengths of arguments are taken as equal from the beginning (``equal_lengths``), None: none is.
    """

    argnums: int | tuple[int, ...] = 0
    argnames: tuple[str, ...] | str | None = None
    mode: str = "value_and_grad"
    has_aux: bool = False
    check_replay: bool = False
    backend: str = "numpy"
    memory: int | None = None
    cache: bool = False
    batch: tuple[int | str, ...] = ()
    snapshots: int | None = None
    turns: bool = True
    read_again: bool = False
    parallel: bool = False
    reassociate: bool = False
    equal: tuple[Any, ...] | None = ()

    def selected(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the differentiated parameters."""
        if self.argnames is not None:
            chosen = (self.argnames,) if isinstance(self.argnames, str) else self.argnames
            missing = [n for n in chosen if n not in names]
            if missing:
                raise ArgumentError(
                    f"argnames={self.argnames!r}, but there is no parameter {missing[0]!r}",
                    hint=f"the parameters are {', '.join(names) or 'none at all'}",
                )
            return tuple(chosen)
        nums = self.argnums if isinstance(self.argnums, tuple) else (self.argnums,)
        out = []
        for k in nums:
            if not -len(names) <= k < len(names):
                raise ArgumentError(
                    f"argnums={self.argnums!r}, but {k} is out of range: "
                    f"it takes {len(names)} argument{'s' * (len(names) != 1)}",
                    hint=f"count from 0: {', '.join(names) or 'there is none'}",
                )
            out.append(names[k])
        if len(set(out)) != len(out):
            raise ArgumentError(
                f"argnums={self.argnums!r} chooses an argument twice", hint="name each once"
            )
        return tuple(out)

    def without_receiver(self) -> Options:
        """Explicit argnums of a decorated method count ``self``, as the plain function has it."""
        if self.argnames is not None:
            return self
        one = isinstance(self.argnums, int)
        nums = (self.argnums,) if isinstance(self.argnums, int) else self.argnums
        shift = tuple(k - 1 if k > 0 else k for k in nums)
        return replace(self, argnums=shift[0] if one else shift)

    @property
    def single(self) -> bool:
        """Whether the gradient is one argument's, not a tuple."""
        return (
            isinstance(self.argnames, str)
            if self.argnames is not None
            else isinstance(self.argnums, int)
        )


def bound(
    signature: Signature, name: str, args: Sequence[Any], kwargs: dict[str, Any]
) -> BoundArguments:
    """Return the arguments of a call by parameter, defaults with them.

    Raises
    ------
    ArgumentError
        If they do not fit.
    """
    try:
        found = signature.bind(*args, **kwargs)
    except TypeError as error:
        raise ArgumentError(
            f"the call of {name!r} does not fit: {error}", hint=f"its parameters are {signature}"
        ) from None
    found.apply_defaults()
    return found


def bound_by_name(fn: Any, args: tuple[Any, ...]) -> dict[str, Any]:
    """Return arguments by the names of a function's parameters."""
    return dict(signature(fn).bind(*args).arguments)


def byte_limit(memory: Any) -> int | None:
    """Return the bytes that ``memory=`` stands for: 0 for ``"recompute"``, None for no limit.

    Raises
    ------
    ArgumentError
        If it is neither a number of bytes nor text like ``"100 MB"``.
    """
    if memory is None or (isinstance(memory, int) and not isinstance(memory, bool) and memory > 0):
        return memory
    if isinstance(memory, str):
        if memory == "recompute":
            return 0
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", memory)
        if found and found[2].upper() in UNITS and float(found[1]) > 0:
            return max(1, int(float(found[1]) * UNITS[found[2].upper()]))
    raise ArgumentError(
        f"memory={memory!r} is not a limit",
        hint='give bytes, text such as "100 MB", or "recompute"',
    )


def require_compiled(option: str, backend: str) -> None:
    """Refuse an option of compiled code where nothing is compiled.

    Raises
    ------
    ArgumentError
        For NumPy's backend.
    """
    does = {"cache": "keeps compiled code", "parallel": "is for compiled loops",
            "reassociate": "is for compiled sums"}  # fmt: skip
    if backend == "numpy":
        raise ArgumentError(
            f"{option}=True {does[option]}, and nothing is compiled for NumPy",
            hint='leave it out, or give backend="numba"',
        )
