"""What to derive: the options that decorators, command line and pipeline share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from inspect import BoundArguments, Signature
from typing import Any

from gradgen.errors import ArgumentError


@dataclass(frozen=True)
class Options:
    """What to derive.

    ``argnums`` are positions of differentiated arguments (an int gives a bare gradient, a tuple a
    tuple of gradients); ``argnames`` names them instead.  ``mode`` is ``value_and_grad`` or
    ``grad``; ``has_aux`` says that the function returns ``(loss, aux)``.  ``check_replay`` runs
    every call again in the graph, and compares.  ``backend`` is what the text is made for:
    ``numpy``, or ``numba``, which compiles it.
    """

    argnums: int | tuple[int, ...] = 0
    argnames: tuple[str, ...] | str | None = None
    mode: str = "value_and_grad"
    has_aux: bool = False
    check_replay: bool = False
    backend: str = "numpy"

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
                    f"there are {len(names)} parameters",
                    hint=f"count from 0: {', '.join(names) or 'there is none'}",
                )
            out.append(names[k])
        if len(set(out)) != len(out):
            raise ArgumentError(
                f"argnums={self.argnums!r} chooses an argument twice", hint="name each once"
            )
        return tuple(out)

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
