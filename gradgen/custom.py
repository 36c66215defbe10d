"""Derivatives of one's own: ``custom_vjp``, ``custom_jvp`` and ``stop_gradient``.

The rules are plain Python and NumPy functions.  gradgen reads them as it reads the loss, so that
the generated module contains what they do, and needs neither gradgen nor their file.  Called
outside a gradient, a function with a rule is the function itself.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import keyword
import linecache
import types
from collections.abc import Callable, Iterator
from typing import Any

from gradgen.digests import digest
from gradgen.errors import ArgumentError

_watch: Callable[[Any], Any] | None = None


class _Custom:
    """A function with a derivative rule of its own."""

    __wrapped__: Callable[..., Any]

    def __init__(self, fun: Callable[..., Any], nondiff_argnums: tuple[int, ...] = ()) -> None:
        functools.update_wrapper(self, fun)
        self.fun = fun
        self.nondiff_argnums = tuple(nondiff_argnums)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self.fun(*args, **kwargs)

    def positional(self, args: list[Any], kwargs: dict[str, Any]) -> list[Any]:
        """Return the arguments of a call in the order of the parameters, defaults included."""
        bound = inspect.signature(self.fun).bind(*args, **kwargs)
        bound.apply_defaults()
        return list(bound.arguments.values())


def as_function(custom: Any) -> Any:
    """Return a function that calls one with a rule, and has its parameters; others as they are."""
    if not isinstance(custom, _Custom) or not isinstance(custom.fun, types.FunctionType):
        return custom
    signature, name = inspect.signature(custom.fun), custom.fun.__name__
    name = name if name.isidentifier() and not keyword.iskeyword(name) else "custom"
    bare = [p.replace(default=p.empty, annotation=p.empty) for p in signature.parameters.values()]
    handed = [_handed(p) for p in bare]
    shown = inspect.Signature(bare)
    text = f"def {name}{shown}:\n    return custom_rule({', '.join(handed)})\n"
    filename = f"<gradgen {name} {digest(text)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"__name__": custom.fun.__module__, "custom_rule": custom}
    exec(compile(text, filename, "exec", dont_inherit=True), namespace)
    made: types.FunctionType = namespace[name]
    made.__defaults__, made.__kwdefaults__ = custom.fun.__defaults__, custom.fun.__kwdefaults__
    made.__annotations__ = dict(custom.fun.__annotations__)
    made.__doc__, made.__qualname__ = custom.fun.__doc__, custom.fun.__qualname__
    return made


def _handed(p: inspect.Parameter) -> str:
    stars: dict[Any, str] = {
        p.VAR_POSITIONAL: "*",
        p.VAR_KEYWORD: "**",
        p.KEYWORD_ONLY: f"{p.name}=",
    }
    return f"{stars.get(p.kind, '')}{p.name}"


class custom_vjp(_Custom):
    """A function whose reverse-mode derivative is given.

    Use it as a decorator, then give the rule with ``defvjp``, as in JAX.

    Parameters
    ----------
    fun : function
        Of positional arguments: numbers, arrays and containers of them.
    nondiff_argnums : tuple of int
        Arguments without a derivative, such as functions and options.

    Examples
    --------
    A gradient that is clipped on its way back:

    >>> @gradgen.custom_vjp
    ... def clipped(x):
    ...     return 1.0 * x
    >>> def forward(x):
    ...     return 1.0 * x, None
    >>> def backward(kept, g):
    ...     return (np.clip(g, -1.0, 1.0),)
    >>> clipped.defvjp(forward, backward)
    """

    forward: Callable[..., Any] | None = None
    backward: Callable[..., Any] | None = None
    # For forward mode, where there is one: ``pushforward(moving)(kept, tangents)``, where
    # ``moving`` are the numbers of the arguments that have tangents.
    pushforward: Callable[..., Any] | None = None
    # For a solver: what takes its solution in place of the start, and has the same rules.
    found: custom_vjp | None = None

    def defvjp(self, forward: Callable[..., Any], backward: Callable[..., Any]) -> None:
        """Give the rule.

        Parameters
        ----------
        forward : function
            Of the same arguments; returns ``(result, kept)``, where ``kept`` is what ``backward``
            needs.
        backward : function
            ``backward(kept, g)`` returns a tuple of the cotangents of the arguments, in their
            structure; None stands for zero.  Arguments of ``nondiff_argnums`` come first, and have
            no place in the tuple.
        """
        self.forward, self.backward = forward, backward


class custom_jvp(_Custom):
    """A function whose forward-mode derivative is given; reverse mode follows by transposing it.

    Use it as a decorator, then give the rule with ``defjvp``, as in JAX.

    Parameters
    ----------
    fun : function
        Of positional arguments: numbers, arrays and containers of them.
    nondiff_argnums : tuple of int
        Arguments without a derivative, such as functions and options.

    Examples
    --------
    >>> @gradgen.custom_jvp
    ... def log1pexp(x):
    ...     return np.log1p(np.exp(x))
    >>> @log1pexp.defjvp
    ... def rule(primals, tangents):
    ...     (x,), (t,) = primals, tangents
    ...     return log1pexp(x), t / (1.0 + np.exp(-x))
    """

    rule: Callable[..., Any] | None = None
    # Of one that stands behind another in text that is read again: whose rule it has, and what
    # that one's arguments without a derivative are; its first argument is the result.
    stands_for: tuple[Any, ...] = ()

    def defjvp(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Give the rule, and return it.

        Parameters
        ----------
        rule : function
            ``rule(primals, tangents)`` of two tuples returns the result and its tangent, which is
            linear in the tangents.  Arguments of ``nondiff_argnums`` come before them.
        """
        self.rule = rule
        return rule


def stop_gradient(x: Any) -> Any:
    """Return the argument, as a constant for every derivative.

    Parameters
    ----------
    x : number, array or container of these

    Returns
    -------
    The same object.
    """
    return x if _watch is None else _watch(x)


def on_grad(x: Any, rule: Callable[[Any], Any]) -> Any:
    """Return the argument; what comes back to it in reverse goes through a function first.

    Parameters
    ----------
    x : number, array or container of these
    rule : function
        ``rule(g)`` of the adjoint of ``x`` returns the one that is handed on, in the same
        structure: clipped, scaled, or as it is after a look at it.  It is read into the text, and
        may use constants and other functions, but nothing that the loss computes.

    Returns
    -------
    The same object.

    Examples
    --------
    >>> h = gradgen.on_grad(h, lambda g: np.clip(g, -1.0, 1.0))
    """
    return x


@contextlib.contextmanager
def stops_watched(watch: Callable[[Any], Any]) -> Iterator[None]:
    """Let ``watch`` say what `stop_gradient` returns meanwhile, for a check that holds it fast."""
    global _watch
    before, _watch = _watch, watch
    try:
        yield
    finally:
        _watch = before


def missing_rule(name: str, method: str) -> ArgumentError:
    """Return the error for a function whose rule was never given."""
    return ArgumentError(
        f"{name!r} has no derivative rule yet", hint=f"give it with {name}.{method}(...)"
    )
