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
from typing import TYPE_CHECKING, Any

from gradgen.custom import as_function
from gradgen.errors import ArgumentError, GradgenError, UnsupportedError, further, warn
from gradgen.frontend.selection import signature_of
from gradgen.ir.evaluate import follow
from gradgen.options import Options, bound
from gradgen.pickling import reduced, reduced_whole
from gradgen.quick import Quick, long_way, quick_of
from gradgen.specialisation import MAX_SPECIALISATIONS, Specialisation, over, road

if TYPE_CHECKING:
    from gradgen.pipeline import Program

STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)

Call = tuple[tuple[Any, ...], tuple[Any, ...], dict[str, Any]]


class Gradient:
    """A function that returns the gradient (and value) of another; made by `grad` and its kin.

    Attributes
    ----------
    source : str
        The generated module: for the types of the last call, else for annotations or example
        arguments, else in the general form.
    graph : Graph
        The operation graph; ``str(graph)``, ``graph.dot()``, ``graph.svg()``.
    """

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
        if isinstance(fn, types.MethodType):
            receiver, fn = fn.__self__, fn.__func__
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
        self.__wrapped__ = fn
        functools.update_wrapper(self, fn)
        self.options, self.example_args = options, example_args
        self._cache: dict[Any, list[Specialisation]] = {}
        self._quick: dict[tuple[type, ...], Quick] = {}
        self._recent = long_way(None)
        self._receiver: Any = receiver
        self._signature = _signature(fn)
        # Keys of types for which lengths have to be known, and whether entries have to be, too.
        self._pinning: dict[Any, bool] = {}
        self._inlined = False
        self._names = list(self._signature.parameters)
        self._by_position = all(
            p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
            for p in self._signature.parameters.values()
        )
        if not any(p.kind in STARRED for p in self._signature.parameters.values()):
            options.selected(self._names[receiver is not None :])

    def __repr__(self) -> str:
        return f"<gradgen {self.options.mode} of {self.__wrapped__!r}>"

    def __get__(self, instance: Any, owner: Any = None) -> Gradient:
        if instance is None:
            return self
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__)
        bound._receiver, bound._quick, bound._recent = instance, {}, long_way(self._last)
        bound.options = self.options.without_receiver() if self.counted else self.options
        return bound

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the gradient (and value) at these arguments."""
        if not kwargs:
            recent = self._recent
            if len(args) != 1 or type(args[0]) is not recent.sole:
                quick = self._quick.get(tuple(map(type, args)))
                if quick is None or not (quick.sure or quick.takes(args)):
                    return self._at_length(args, kwargs)
                self._recent = recent = quick
            try:
                return recent.call(*args)
            except Exception as error:
                self._explain_failure(error, recent.made, args)
                raise
        return self._at_length(args, kwargs)

    @property
    def _last(self) -> Specialisation | None:
        """The module of the last call."""
        last: Specialisation | None = self._recent.made
        return last

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
        if self._receiver is not None:
            args = (self._receiver, *args)
        if kwargs or len(args) != len(self._names) or not self._by_position:
            return self._bound(args, kwargs)
        return args, args, {}

    def run(self, call: Call, made: Specialisation | None = None, **more: Any) -> Any:
        """Call the generated function for a complete call (and a cotangent, where it takes one)."""
        values, args, named = call
        made = made or self.specialise(values)
        if made.program.writes_arguments:
            road().require_apart(self._names, values)
        try:
            out = made.call(*(args[1:] if self._receiver is not None else args), **named, **more)
        except Exception as error:
            self._explain_failure(error, made, values)
            raise
        if self.options.check_replay:
            road().replay(made.program, self._named(values) | more, out)
        return out

    def _explain_failure(
        self, error: Exception, made: Specialisation, values: tuple[Any, ...]
    ) -> None:
        """Name the user's line in an exception of generated code; a refusal takes its place."""
        if self.options.backend == "numba":
            refused = road().refusal(error, made.program, made.call.__code__)
            if refused is not None:
                raise refused from None
        if isinstance(error, ZeroDivisionError | ValueError):
            road().require_entries(self._names, values, error)
        road().note_origin(error, made.program, made.call.__code__)

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

    def specialise(self, args: tuple[Any, ...]) -> Specialisation:
        """Return the module for the types of the values of all parameters."""
        rest = args if self._receiver is None else args[1:]
        names = self._names if self._receiver is None else self._names[1:]
        try:
            key = tuple(map(road().key_of, rest))
        except ArgumentError:
            for name, value in zip(names, rest, strict=True):
                road().spec_of(value, name)  # the same error, with the argument's name
            raise
        if self._receiver is not None:
            key = (road().opaque(self._receiver), *key)
        if self.options.memory:
            return self._within(self.options.memory, key, dict(zip(names, rest, strict=True)))
        return self._known(key, dict(zip(names, rest, strict=True)), self.options)

    def _within(self, limit: int, key: Any, arguments: dict[str, Any]) -> Specialisation:
        """Return the module that keeps all, or one that runs loops again where that is too much."""
        plain = self._known(key, arguments, dataclasses.replace(self.options, memory=None))
        least = plain.bytes_kept(arguments)
        if least is not None and least <= limit:
            return plain
        again = self._known((*key, "again"), arguments, dataclasses.replace(self.options, memory=0))
        count = again.bytes_kept(arguments)
        if count is not None and count > limit:
            fewer, fewest = self._of_few_states(limit, key, arguments)
            if fewest is not None and fewest < count:
                again, count = fewer, fewest
            if count > limit:
                warn(over(limit, count if least is None else min(count, least)))
        smaller = least is None or count is None or count < least
        made = again if smaller else plain
        self._recent = long_way(made)
        return made

    def _of_few_states(
        self, limit: int, key: Any, arguments: dict[str, Any]
    ) -> tuple[Specialisation, int | None]:
        """Return what keeps as many states of its loops as fit, or one, and how many bytes."""

        def made(snapshots: int) -> tuple[Specialisation, int | None]:
            options = dataclasses.replace(self.options, memory=0, snapshots=snapshots)
            found = self._known((*key, "snapshots", snapshots), arguments, options)
            return found, found.bytes_kept(arguments)

        (one, least), (_, second) = made(1), made(2)
        if least is not None and second is not None and least < second and least <= limit:
            found, count = made(1 + (limit - least) // (second - least))
            if count is not None and count <= limit:
                return found, count
        return one, least

    def _known(self, key: Any, arguments: dict[str, Any], options: Options) -> Specialisation:
        """Return the module for some types from the cache, or make it."""
        if (known := self._cached(key)) is not None:
            return known
        specs = {n: road().spec_of(v, n) for n, v in arguments.items()}
        if key in self._pinning:
            return self._pinned(key, specs, arguments, options, self._pinning[key])
        try:
            return self._make(key, specs, options)
        except GradgenError as error:
            for entries in (False, True):
                try:
                    made = self._pinned(key, specs, arguments, options, entries)
                except GradgenError as other:
                    error = further(error, other)
                    continue
                self._pinning[key] = entries
                return made
            raise error from None

    def _pinned(
        self,
        key: Any,
        specs: dict[str, Any],
        arguments: dict[str, Any],
        options: Options,
        entries: bool,
    ) -> Specialisation:
        """Return the module for the lengths and whole numbers, or entries, of the arguments."""
        before = specs
        exact = {n: road().pinned(spec, arguments[n]) for n, spec in specs.items()}
        if entries:
            before, exact = exact, road().with_entries(exact, arguments)
        exact = road().rows_open(exact, specs, options.batch)
        if exact == before:
            raise UnsupportedError("there is nothing to pin")
        key = (key, *exact.values())
        return self._cached(key) or self._make(key, exact, options)

    def _cached(self, key: Any) -> Specialisation | None:
        """Return the module that was made for some types, if what it was made from is the same."""
        for known in self._cache.get(key, ()):
            if known.fresh():
                self._recent = long_way(known)
                return known
        return None

    def _make(self, key: Any, specs: dict[str, Any], options: Options) -> Specialisation:
        """Make a module, and keep it."""
        made = Specialisation(self._program(specs, options))
        self._warn(made.program)
        if len(self._cache) >= MAX_SPECIALISATIONS:
            self._cache.pop(next(iter(self._cache)))
        self._cache[key] = [made]
        self._recent = long_way(made)
        return made

    def _warn(self, program: Program) -> None:
        """Warn of what is not meant, perhaps, in the user's text (not in generated text)."""
        if self.inner is None:
            while program.inner is not None:
                program = program.inner
            for note in program.function.notes:
                warn(note)

    def _program(self, given: Any, options: Options | None = None) -> Program:
        fn, inner, options = self.__wrapped__, None, options or self.options
        if isinstance(fn, Gradient):
            made = self._inner_function(fn, given)
            given = _annotated(fn) if given is None else given
            fn, inner = made.call, made.program
        if self._receiver is not None:
            fn = types.MethodType(fn, self._receiver)
        if isinstance(given, dict):
            return road().run(fn, None, options, specs=given, inner=inner)
        return road().run(fn, given, options, inner=inner)

    def _inner_function(self, inner: Gradient, given: Any) -> Specialisation:
        """Differentiate the generated text of the gradient that this one differentiates."""
        if not isinstance(given, dict):
            specs = (
                _annotated(inner)
                if given is None
                else dict(zip(self._names, map(road().spec_of, given), strict=True))
            )
        else:
            specs = given
        return Specialisation(inner._plain_program(specs))

    def _plain_program(self, given: Any) -> Program:
        """Return the program in plain NumPy, as it is to be read again."""
        plain = object.__new__(type(self))
        plain.__dict__.update(self.__dict__)
        plain.options = dataclasses.replace(
            self.options, backend="numpy", cache=False, read_again=True
        )
        return road().require_types(plain._program(given))

    def __gradgen_inline__(
        self, args: list[Any], kwargs: dict[str, Any], exact: bool = False
    ) -> Any:
        """Return the generated function for argument specs, for a loss that calls this.

        ``exact``: whole numbers of the call are known, those of defaults too.
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
            return Specialisation(self._plain_program(known)).call
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


def _annotated(inner: Gradient) -> Any:
    """Return the specs that the innermost function's annotations give."""
    fn: Any = inner
    while isinstance(fn, Gradient):
        fn = fn.__wrapped__
    hints = getattr(fn, "__annotations__", {})
    return {name: road().spec_of_annotation(hints.get(name)) for name in inner._names}


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
    ) -> Any:
        """Return the function itself, for a loss that calls this."""
        return self.__wrapped__

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
