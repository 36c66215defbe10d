"""What to derive: the options that decorators, command line and pipeline share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """What to derive.

    ``argnums`` are positions of differentiated arguments (an int gives a bare gradient, a tuple a
    tuple of gradients); ``argnames`` names them instead.  ``mode`` is ``value_and_grad`` or
    ``grad``; ``has_aux`` says that the function returns ``(loss, aux)``.
    """

    argnums: int | tuple[int, ...] = 0
    argnames: tuple[str, ...] | str | None = None
    mode: str = "value_and_grad"
    has_aux: bool = False

    def selected(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the differentiated parameters."""
        if self.argnames is not None:
            chosen = (self.argnames,) if isinstance(self.argnames, str) else self.argnames
            missing = [n for n in chosen if n not in names]
            if missing:
                raise ValueError(
                    f"there is no parameter {missing[0]!r}; there are {', '.join(names)}"
                )
            return tuple(chosen)
        nums = self.argnums if isinstance(self.argnums, tuple) else (self.argnums,)
        out = []
        for k in nums:
            if not -len(names) <= k < len(names):
                raise ValueError(f"argnums {k} is out of range: there are {len(names)} parameters")
            out.append(names[k])
        return tuple(out)

    @property
    def single(self) -> bool:
        """Whether the gradient is one argument's, not a tuple."""
        return (
            isinstance(self.argnames, str)
            if self.argnames is not None
            else isinstance(self.argnums, int)
        )
