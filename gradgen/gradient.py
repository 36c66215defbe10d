"""Functions that know their gradient.

A gradient function looks at the types of its arguments, takes the module generated for them from
its cache (or generates it), and calls that.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import os
import types
from collections.abc import Callable
from operator import is_
from typing import TYPE_CHECKING, Any

from gradgen.custom import as_function
from gradgen.errors import ArgumentError, UnsupportedError
from gradgen.frontend.selection import signature_of
from gradgen.frontend.source import innermost
from gradgen.ir.evaluate import follow
from gradgen.modules import Specialised
from gradgen.options import Options, bound
from gradgen.pickling import reduced, reduced_whole
from gradgen.quick import Quick, long_way, quick_of
from gradgen.specialisation import MAX_SPECIALISATIONS, Specialisation, road

if TYPE_CHECKING:
    from gradgen.pipeline import Program

STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)

NOTHING = object()  # in the place of an argument that is not given
Call = tuple[tuple[Any, ...], tuple[Any, ...], dict[str, Any]]


def _takes_all(fn: Any) -> bool:
    """Whether what a method belongs to is the first of any arguments: ``def inner(*args)``."""
    code = getattr(fn, "__code__", None)
    return code is not None and not code.co_argcount and bool(code.co_flags & inspect.CO_VARARGS)


class Gradient(Specialised):
    """A function that returns the gradient (and value) of another; made by `grad` and its kin.

    Attributes
    ----------
    source : str
        The generated module: for the types of the last call, else for annotations or example
        arguments, else in the general form.
    graph : Graph
        The operation graph; ``str(graph)``, ``graph.dot()``, ``graph.svg()``.
    """

    calls_for_more = False  # whether it takes a direction, or returns a function or a sparse matrix

    def __init__(
        self,
        fn: Callable[..., Any],
        options: Options,
        example_args: Any = None,
        counted: bool = False,
    ) -> None:
        self.counted = counted
        fn = as_function(fn.__wrapped__ if isinstance(fn, Differentiable) else fn)
        receiver = None
        if isinstance(fn, types.MethodType) and _takes_all(fn.__func__):
            fn = functools.partial(fn.__func__, fn.__self__)
        if isinstance(fn, types.MethodType):
            receiver, fn = fn.__self__, fn.__func__
        if isinstance(fn, Gradient) and fn._receiver is not None:
            receiver, fn = fn._receiver, fn._unbound()
        if isinstance(fn, staticmethod | classmethod):
            raise ArgumentError(
                f"gradgen's decorator is above @{type(fn).__name__}",
                hint=f"put @{type(fn).__name__} above it",
            )
        if not callable(fn):
            raise ArgumentError(
                f"what is given is of type {type(fn).__name__}, and no function",
                hint="pass a Python function: grad(loss), then call the result with its arguments",
            )
        self.inner = fn if isinstance(fn, Gradient) else None
        if self.inner is not None and self.inner.calls_for_more:
            raise ArgumentError(
                f"{self.inner!r} takes or returns other things than its function does, "
                "and is not differentiated as it is",
                hint="differentiate a function of what matters, which calls it",
            )
        self.__wrapped__ = fn
        functools.update_wrapper(self, fn)
        self.options, self.example_args = options, example_args
        self._cache = {}
        self._quick: dict[tuple[type, ...], Quick] = {}
        self._recent = long_way(None)
        self._receiver = receiver
        self._pinning = {}
        self._inlined = False
        self._parameters_by: Any = None
        self._note_signature()
        if not any(p.kind in STARRED for p in self._signature.parameters.values()):
            options.selected(self._names[receiver is not None :])

    @property
    def _signature(self) -> inspect.Signature:
        """The parameters and defaults that the function has now."""
        self._follow()
        return self._parameters

    def _follow(self) -> None:
        """Note the parameters and defaults of the function, where they are not what they were."""
        if not _same_given(self._parameters_by, _given(self.__wrapped__)):
            self._note_signature()

    def _note_signature(self) -> None:
        self._parameters_by = _given(self.__wrapped__)
        self._parameters = _signature(self.__wrapped__)
        self._names = list(self._parameters.parameters)
        self._by_position = all(
            p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
            for p in self._parameters.parameters.values()
        )

    def __repr__(self) -> str:
        return f"<gradgen {self.options.mode} of {self.__wrapped__!r}>"

    def __get__(self, instance: Any, owner: Any = None) -> Gradient:
        return self if instance is None else self.bound_to(instance)

    def bound_to(self, instance: Any) -> Gradient:
        """Return the derivative of the method of an object."""
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__)
        bound._receiver, bound._quick, bound._recent = instance, {}, long_way(self._last)
        bound.options = self.options.without_receiver() if self.counted else self.options
        return bound

    def specialise(self, args: tuple[Any, ...]) -> Specialisation:
        """Return the module for the types of the values of all parameters."""
        self._follow()
        return super().specialise(args)

    def _unbound(self) -> Gradient:
        """Return what `__get__` makes this of: the derivative of a function, not of a method."""
        free = object.__new__(type(self))
        free.__dict__.update(self.__dict__)
        free._receiver, free._quick, free._recent = None, {}, long_way(None)
        free.counted, free._cache = False, {}
        return free

    def __call__(self, first: Any = NOTHING, /, *rest: Any, **kwargs: Any) -> Any:
        """Return the gradient (and value) at these arguments."""
        # The first argument has a name of its own: one alone is handed on without a tuple of it.
        quick = self._recent
        sole = type(first) is quick.sole and not rest and not kwargs
        if sole and (quick.unchanged is None or quick.unchanged()):
            try:
                return quick.call(first)
            except Exception as error:
                self._explain_failure(error, quick.made, (first,))
                raise
        args = rest if first is NOTHING else (first, *rest)
        quick = None if kwargs else self._quick.get(tuple(map(type, args)))
        if quick is None or not (
            (quick.unchanged is None or quick.unchanged()) if quick.sure else quick.takes(args)
        ):
            return self._at_length(args, kwargs)
        self._recent = quick
        try:
            return quick.call(*args)
        except Exception as error:
            self._explain_failure(error, quick.made, args)
            raise

    def _at_length(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the generated function; calls of these types go the short way from then on."""
        call = self.complete(args, kwargs)
        made = self.specialise(call[0])
        o = self.options
        plain = self._by_position and not kwargs and len(args) == len(self._names)
        if plain and self._receiver is None and o.memory is None and not o.check_replay:
            quick = quick_of(made, args)
            if quick is not None:
                if len(self._quick) >= MAX_SPECIALISATIONS:
                    self._quick.clear()
                self._quick[tuple(map(type, args))] = quick
        return self.run(call, made)

    def complete(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return all arguments of a call by position, ``self`` included."""
        self._follow()
        if self._receiver is not None:
            args = (self._receiver, *args)
        if kwargs or len(args) != len(self._names) or not self._by_position:
            return self._bound(args, kwargs)
        return args, args, {}

    def run(self, call: Call, made: Specialisation | None = None, **more: Any) -> Any:
        """Call the generated function for a complete call (and a cotangent, where it takes one)."""
        values, args, named = call
        made = made or self.specialise(values)
        if made.program.written:
            program, read = made.program, made.read_outside
            road().require_apart(self._names, values, program.written, program.function.span, read)
        try:
            out = made.call(*(args[1:] if self._receiver is not None else args), **named, **more)
        except Exception as error:
            self._explain_failure(error, made, values)
            raise
        if self.options.check_replay:
            from gradgen.replay import replay

            replay(made.program, self._named(values) | more, out)
        return out

    def _explain_failure(
        self, error: Exception, made: Specialisation, values: tuple[Any, ...]
    ) -> None:
        """Name the user's line in an exception of generated code; a refusal takes its place."""
        from gradgen.emission.origins import note_origin

        if self.options.backend == "numba":
            from gradgen.backends.failures import refusal

            refused = refusal(error, made.program, made.call.__code__)
            if refused is not None:
                raise refused from None
        if isinstance(error, ZeroDivisionError | ValueError):
            road().require_entries(self._names, values, error)
        try:
            swept = note_origin(error, made.program, made.call.__code__)
        except ArgumentError as refused:
            self._prefer_own_error(refused, made, values)
            raise
        if swept:
            self._prefer_own_error(error, made, values)

    def _prefer_own_error(
        self, error: Exception, made: Specialisation, values: tuple[Any, ...]
    ) -> None:
        """Raise what the function itself raises, where that is something else."""
        if self.options.backend == "numpy" and not self.options.batch:
            from gradgen.own_errors import prefer_own_error

            given = dict(zip(self._names, values, strict=True))
            call = inspect.BoundArguments(self._signature, given)
            prefer_own_error(error, self.__wrapped__, call, made.program.function)

    def _named(self, values: tuple[Any, ...]) -> dict[str, Any]:
        """Return the values of the parameters that the generated function has, by name."""
        named = dict(zip(self._names, values, strict=True))
        return named if self._receiver is None else dict(list(named.items())[1:])

    def chosen(self, values: tuple[Any, ...], made: Specialisation) -> dict[str, Any]:
        """Return the differentiated arguments of a complete call, by what they are called."""
        given, active = self._named(values), made.program.function.result["active"]
        return {s.label: follow(given[s.name], s.path) for s in active}

    def _bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        """Return the value of each parameter, and all of them as positional and named arguments."""
        name = getattr(self.__wrapped__, "__name__", "the function")
        found = bound(self._signature, name, args, kwargs)
        return tuple(found.arguments.values()), found.args, found.kwargs

    def __gradgen_inline__(
        self, args: list[Any], kwargs: dict[str, Any], exact: bool = False
    ) -> tuple[Any, list[Any]]:
        """Return the generated function for argument specs, for a loss that calls this.

        And what was read from outside for it.  ``exact``: whole numbers of the call are known,
        those of defaults too.
        """
        if self._receiver is not None:
            args = [road().opaque(self._receiver), *args]
        if self._inlined:
            raise UnsupportedError(
                f"{self.__wrapped__.__qualname__!r} calls its own gradient: "
                "the name it calls stands for the decorated function",
                hint="call the function itself: decorate a second function that returns it",
            )
        known: dict[str, Any] = self._signature.bind(*args, **kwargs).arguments
        for name, p in self._signature.parameters.items():
            if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
                nothing: Any = () if p.kind is p.VAR_POSITIONAL else {}
                known[name] = road().star_spec(known.get(name, nothing))
            elif name not in known:
                spec = road().spec_of(p.default, name)
                known[name] = road().pinned(spec, p.default) if exact else spec
        self._inlined = True
        try:
            made = Specialisation(self._plain_program(known, apart=True))
            return made.call, made.captures
        finally:
            self._inlined = False

    # --- inspection -----------------------------------------------------------------------

    @property
    def program(self) -> Program:
        """The pipeline's result for the last call's types (see `source`)."""
        if self._last is not None:
            return self._last.program
        example = self.example_args() if callable(self.example_args) else self.example_args
        return self._program(example)

    @property
    def source(self) -> str:
        """The generated module as text."""
        return self.program.text

    @property
    def graph(self) -> Any:
        """The operation graph of the function."""
        from gradgen.graph import Graph

        return Graph(self.program.forward)

    def explain(self, *args: Any, **kwargs: Any) -> str:
        """Return what is differentiated, saved and recomputed, and why.

        With arguments, it says how many bytes a call with these keeps for the reverse sweep.
        """
        from gradgen.explain import explain

        if not args and not kwargs:
            return explain(self.program)
        values, _, _ = self.complete(args, kwargs)
        return explain(self.specialise(values).program, self._named(values))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the generated module to a file, atomically, never over a foreign file."""
        program = self.program
        road().write(program.text, path, program.function.captures)

    def made_again(self, fn: Any) -> tuple[Any, ...]:
        """Return a class and arguments that make it of a function."""
        return type(self), (fn, self.options, self.example_args)

    def __reduce__(self) -> Any:
        return reduced(self)


def _given(fn: Any) -> tuple[Any, ...]:
    """Return what decides the parameters of a function and their defaults, which may change."""
    while isinstance(fn, Gradient):
        fn = fn.__wrapped__
    own = innermost(fn)
    named = getattr(own, "__kwdefaults__", None) or {}
    code, defaults = getattr(own, "__code__", None), getattr(own, "__defaults__", None)
    return (code, defaults, *named, *named.values())


def _same_given(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    return len(before) == len(now) and all(map(is_, before, now))


def _signature(fn: Any) -> inspect.Signature:
    if isinstance(fn, Gradient):
        return fn._signature
    try:
        return signature_of(fn)
    except (ValueError, TypeError):
        road().source_of(fn)
        raise


class Differentiable:
    """A function that stays what it was and knows its gradient; made by `differentiable`."""

    def __init__(
        self,
        fn: Callable[..., Any],
        options: Options,
        example_args: Any = None,
        counted: bool = False,
    ) -> None:
        self.__wrapped__ = fn
        functools.update_wrapper(self, fn)
        both = [dataclasses.replace(options, mode=mode) for mode in ("grad", "value_and_grad")]
        self.grad, self.value_and_grad = (Gradient(fn, o, example_args, counted) for o in both)

    def __repr__(self) -> str:
        return f"<gradgen differentiable {self.__wrapped__!r}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself."""
        return self.__wrapped__(*args, **kwargs)

    def __gradgen_inline__(
        self, args: list[Any], kwargs: dict[str, Any], exact: bool = False
    ) -> tuple[Any, list[Any]]:
        """Return the function itself, for a loss that calls this."""
        return self.__wrapped__, []

    def __get__(self, instance: Any, owner: Any = None) -> Differentiable:
        if instance is None:
            return self
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__)
        bound.__wrapped__ = self.__wrapped__.__get__(instance)
        bound.grad = self.grad.__get__(instance)
        bound.value_and_grad = self.value_and_grad.__get__(instance)
        return bound

    @property
    def _shown(self) -> Gradient:
        return (
            self.grad if self.grad._last and not self.value_and_grad._last else self.value_and_grad
        )

    @property
    def source(self) -> str:
        """The generated module as text (see `Gradient`)."""
        return self._shown.source

    @property
    def graph(self) -> Any:
        """The operation graph of the function."""
        return self._shown.graph

    def explain(self, *args: Any, **kwargs: Any) -> str:
        """Return what is differentiated, saved and recomputed, and why (see `Gradient.explain`)."""
        return self._shown.explain(*args, **kwargs)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the generated module to a file (see `Gradient.save`)."""
        self._shown.save(path)

    def __reduce__(self) -> Any:
        return reduced_whole(self)
