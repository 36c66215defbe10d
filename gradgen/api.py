"""The decorators ``grad``, ``value_and_grad`` and ``differentiable``, and the function ``emit``."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypedDict, TypeVar, Unpack, overload

from gradgen.backends import BACKENDS
from gradgen.errors import ArgumentError
from gradgen.gradient import Differentiable, Gradient
from gradgen.options import Options, byte_limit, require_compiled

Function = Callable[..., Any]
Argnums = int | tuple[int, ...] | list[int] | None
Argnames = str | tuple[str, ...] | list[str] | None
MODES = ("value_and_grad", "grad", "vjp", "jvp", "value", "jacobian", "jacfwd", "jacrev", "hessian",
         "hvp", "hessian_reverse", "hessian_outputs", "hessian_diag")  # fmt: skip
Batch = int | str | tuple[int | str, ...] | list[int | str] | None
Made = TypeVar("Made", Gradient, Differentiable)


class Choices(TypedDict, total=False):
    """The options of the decorators, as `grad` describes them."""

    argnums: Argnums
    argnames: Argnames
    has_aux: bool
    example_args: Any
    check_replay: bool
    backend: str
    memory: int | str | None
    cache: bool
    batch: Batch
    parallel: bool
    reassociate: bool


def options_of(
    mode: str,
    argnums: Argnums,
    argnames: Argnames,
    has_aux: bool,
    check_replay: bool = False,
    backend: str = "numpy",
    memory: int | str | None = None,
    cache: bool = False,
    batch: Batch = None,
    parallel: bool = False,
    reassociate: bool = False,
) -> Options:
    """Return the options that arguments of a decorator stand for, after checking them."""
    if argnums is not None and argnames is not None:
        raise ArgumentError("argnums and argnames are both given", hint="give one of them")
    nums: Any = 0 if argnums is None else argnums
    names: Any = argnames
    _require("argnums", nums, _is_position, "the positions")
    if names is not None:
        _require("argnames", names, lambda n: isinstance(n, str), "the names")
    nums = tuple(nums) if isinstance(nums, list) else nums
    names = tuple(names) if isinstance(names, list) else names
    if backend not in BACKENDS:
        raise ArgumentError(
            f"there is no backend {backend!r}", hint=f"one of {', '.join(BACKENDS)}"
        )
    for option, asked in (("cache", cache), ("parallel", parallel), ("reassociate", reassociate)):
        if asked:
            require_compiled(option, backend)
    rows = () if batch is None else tuple(batch) if isinstance(batch, tuple | list) else (batch,)
    if rows:
        _require("batch", rows, lambda k: _is_position(k) or isinstance(k, str), "the names")
    limit = byte_limit(memory)
    return Options(nums, names, mode, has_aux, check_replay, backend, limit, cache, rows,
                   parallel=parallel, reassociate=reassociate)  # fmt: skip


def _is_position(k: Any) -> bool:
    return isinstance(k, int) and not isinstance(k, bool)


def _require(option: str, chosen: Any, good: Callable[[Any], bool], what: str) -> None:
    """Refuse a choice of arguments that is not one, or a tuple, of positions or names."""
    items = list(chosen) if isinstance(chosen, tuple | list) else [chosen]
    one = f"{what[4:-1]} of an argument"
    if not items or not all(map(good, items)):
        raise ArgumentError(
            f"{option}={chosen!r} is not the {one}, nor a tuple of these",
            hint=f"give {what} of the arguments to differentiate by",
        )
    if len(set(items)) != len(items):
        raise ArgumentError(
            f"{option}={chosen!r} chooses an argument twice", hint="name each argument once"
        )


def _decorate(
    make: type[Made], fn: Function | None, example: Any, mode: str, argnums: Argnums, *choices: Any
) -> Made | Callable[[Function], Made]:
    """Make a gradient of a function, or a decorator; ``choices`` are those of `options_of`."""
    options, counted = options_of(mode, argnums, *choices), argnums is not None
    if fn is None:
        return lambda f: make(f, options, example, counted)
    return make(fn, options, example, counted)


@overload
def grad(fn: Function, **options: Unpack[Choices]) -> Gradient: ...
@overload
def grad(fn: None = None, **options: Unpack[Choices]) -> Callable[[Function], Gradient]: ...
def grad(
    fn: Function | None = None,
    *,
    argnums: Argnums = None,
    argnames: Argnames = None,
    has_aux: bool = False,
    example_args: Any = None,
    check_replay: bool = False,
    backend: str = "numpy",
    memory: int | str | None = None,
    cache: bool = False,
    batch: Batch = None,
    parallel: bool = False,
    reassociate: bool = False,
) -> Gradient | Callable[[Function], Gradient]:
    """Return a function that computes the gradient of a scalar function.

    Parameters
    ----------
    fn : function, optional
        A Python function of floats, arrays and containers of them that returns one number.
        Without it, a decorator is returned.
    argnums, argnames : int or tuple of int, str or tuple of str, optional
        Which arguments to differentiate by: argument 0 by default.  A tuple gives a tuple.
    has_aux : bool
        Whether ``fn`` returns ``(loss, aux)``; the result is then ``(gradient, aux)``.
    example_args : tuple or callable, optional
        Arguments, or a function that makes them, for inspection before the first call.
    check_replay : bool
        A debugging aid, many times slower: every call also runs the operation graph, and raises
        `ReplayError` where the reverse sweep reads a value that the forward sweep did not compute.
    backend : {"numpy", "numba"}
        What the text is made for.  Numba, which has to be installed, compiles it at the first call.
    memory : int or str, optional
        How much may be kept for the reverse sweep, in bytes or as in ``"100 MB"``.  For more, or an
        unknown amount, loops are run again, as by `checkpoint`; for ``"recompute"``, always.
    cache : bool
        Whether compiled code is kept for other processes: in the folder ``GRADGEN_CACHE``, else in
        ``~/.cache/gradgen``; of a module that is saved, beside its file.
    batch : str, int or tuple of these, optional
        Arguments whose arrays hold an example in each row.  The function is that of one example;
        the results get an axis that counts them: ``grad(loss, batch=("x", "y"))(w, x, y)``.
    parallel : bool
        With Numba: whether loops whose turns meet only in sums are done in parts, on threads.  The
        same number of threads gives the same bits; another one another order of the sums.
    reassociate : bool
        With Numba: whether sums may be taken in another order than is written, so that compilers
        make vectors of them.  Results differ in their last digits; NaN and infinity stay.

    Returns
    -------
    Gradient
        ``gradient(*args)`` has the structure, shapes and dtypes of the differentiated arguments;
        a Python float gives a Python float.

    Raises
    ------
    GradgenError
        At the call, where a construct or an argument has no derivative here.
    """
    return _decorate(
        Gradient, fn, example_args, "grad", argnums, argnames, has_aux, check_replay,
        backend, memory, cache, batch, parallel, reassociate,
    )  # fmt: skip


@overload
def value_and_grad(fn: Function, **options: Unpack[Choices]) -> Gradient: ...
@overload
def value_and_grad(
    fn: None = None, **options: Unpack[Choices]
) -> Callable[[Function], Gradient]: ...
def value_and_grad(
    fn: Function | None = None,
    *,
    argnums: Argnums = None,
    argnames: Argnames = None,
    has_aux: bool = False,
    example_args: Any = None,
    check_replay: bool = False,
    backend: str = "numpy",
    memory: int | str | None = None,
    cache: bool = False,
    batch: Batch = None,
    parallel: bool = False,
    reassociate: bool = False,
) -> Gradient | Callable[[Function], Gradient]:
    """Return a function that computes the value and the gradient of a scalar function.

    Parameters are those of `grad`; the result is ``(value, gradient)``, or
    ``((value, aux), gradient)`` with ``has_aux``, as ``scipy.optimize.minimize(..., jac=True)``
    takes it.
    """
    return _decorate(
        Gradient, fn, example_args, "value_and_grad", argnums, argnames, has_aux, check_replay,
        backend, memory, cache, batch, parallel, reassociate,
    )  # fmt: skip


@overload
def differentiable(fn: Function, **options: Unpack[Choices]) -> Differentiable: ...
@overload
def differentiable(
    fn: None = None, **options: Unpack[Choices]
) -> Callable[[Function], Differentiable]: ...
def differentiable(
    fn: Function | None = None,
    *,
    argnums: Argnums = None,
    argnames: Argnames = None,
    has_aux: bool = False,
    example_args: Any = None,
    check_replay: bool = False,
    backend: str = "numpy",
    memory: int | str | None = None,
    cache: bool = False,
    batch: Batch = None,
    parallel: bool = False,
    reassociate: bool = False,
) -> Differentiable | Callable[[Function], Differentiable]:
    """Give a function ``.grad``, ``.value_and_grad``, ``.source``, ``.graph`` and ``.explain()``.

    The function stays callable as it was.  Parameters are those of `grad`.
    """
    return _decorate(
        Differentiable, fn, example_args, "value_and_grad", argnums, argnames, has_aux,
        check_replay, backend, memory, cache, batch, parallel, reassociate,
    )  # fmt: skip


def emit(
    fn: Function,
    path: str | os.PathLike[str] | None = None,
    *,
    argnums: Argnums = None,
    argnames: Argnames = None,
    mode: str = "value_and_grad",
    has_aux: bool = False,
    example_args: Any = None,
    backend: str = "numpy",
    memory: int | str | None = None,
    cache: bool = False,
    batch: Batch = None,
    parallel: bool = False,
    reassociate: bool = False,
) -> str:
    """Return the generated module of a function as text, and write it to a file if asked.

    Parameters
    ----------
    fn : function
        The loss.
    path : path-like, optional
        Where to write the module, atomically; a file that gradgen did not write is left alone.
    argnums, argnames, has_aux, example_args, backend, memory, cache, batch, parallel, reassociate
        As for `grad`.
    mode : {"value_and_grad", "grad", "vjp", "jvp", "value", "jacobian", "jacfwd", "jacrev", \
"hessian", "hessian_reverse", "hessian_outputs", "hvp", "hessian_diag"}
        What the generated function returns; that of ``vjp`` takes a cotangent ``d_value`` as its
        last argument, those of ``jvp`` and ``hvp`` take tangents ``t_NAME``; ``jacobian`` is
        ``jacfwd`` or ``jacrev``, by the number of seeds; a Hessian is forward over reverse, or in
        reverse, and ``hessian_outputs`` that of every output of a function with several.

    Raises
    ------
    OutputError
        If the file cannot be written or is not gradgen's.
    """
    if path is not None and not isinstance(path, str | os.PathLike):
        raise ArgumentError(f"path={path!r} is not a path", hint="pass text or a pathlib.Path")
    if mode not in MODES:
        raise ArgumentError(f"there is no mode {mode!r}", hint=f"one of {', '.join(MODES)}")
    options = options_of(
        mode, argnums, argnames, has_aux, backend=backend, memory=memory, cache=cache, batch=batch,
        parallel=parallel,
        reassociate=reassociate,
    )  # fmt: skip
    made = _maker(mode)(fn, options, example_args)
    if path is not None:
        made.save(path)
    return made.source


def _maker(mode: str) -> type[Gradient]:
    """Return the class that makes a mode's text: a Jacobian chooses its direction."""
    if mode != "jacobian":
        return Gradient
    # A cycle: Jacobians are made with the options of this module.
    from gradgen.jacobians import Jacobian

    return Jacobian
