"""The modules of a gradient function: one for the types of each call, made once and kept."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gradgen.errors import ArgumentError, GradgenError, UnsupportedError, further, warn
from gradgen.options import Options
from gradgen.quick import long_way
from gradgen.specialisation import MAX_SPECIALISATIONS, Specialisation, over, road

if TYPE_CHECKING:
    from gradgen.pipeline import Program


class Specialised:
    """What finds or makes the module for some types; `Gradient` calls it."""

    __wrapped__: Any
    inner: Any
    options: Options
    _cache: dict[Any, list[Specialisation]]
    # Keys of types for which lengths have to be known, and whether entries have to be, too.
    _pinning: dict[Any, bool]
    _names: list[str]
    _receiver: Any
    _recent: Any
    bound_to: Callable[[Any], Any]

    @property
    def _last(self) -> Specialisation | None:
        """The module of the last call."""
        last: Specialisation | None = self._recent.made
        return last

    @property
    def _own_names(self) -> list[str]:
        """The parameters, without the one that stands for the object of a bound method."""
        return self._names[self._receiver is not None :]

    def specialise(self, args: tuple[Any, ...]) -> Specialisation:
        """Return the module for the types of the values of all parameters."""
        rest, names = args[self._receiver is not None :], self._own_names
        try:
            key = tuple(map(road().key_of, rest))
        except ArgumentError:
            self._specs(dict(zip(names, rest, strict=True)))  # the same error, with its name
            raise
        if self._receiver is not None:
            key = (road().opaque(self._receiver), *key)
        if self.options.memory:
            return self._within(self.options.memory, key, dict(zip(names, rest, strict=True)))
        return self._known(key, dict(zip(names, rest, strict=True)), self.options)

    def _specs(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Return the types of arguments; an error has the argument's name, and a place."""
        try:
            return {n: road().spec_of(v, n) for n, v in arguments.items()}
        except ArgumentError as error:
            source = road().source_of(road().innermost(self.__wrapped__))
            raise error.at(source.span(source.node)) from None

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
        """Return the module for some arguments from the cache, or make it."""
        made = self._of_types(key, arguments, options)
        if made.fits(arguments):
            return made
        return self._of_types((*key, "apart"), arguments, dataclasses.replace(options, equal=None))

    def _of_types(self, key: Any, arguments: dict[str, Any], options: Options) -> Specialisation:
        """Return the module for some types from the cache, or make it."""
        if (known := self._cached(key)) is not None:
            return known
        specs = self._specs(arguments)
        lists = road().of_any_length(specs, options)
        if lists is not None:
            lists = (options, key[0] if self._receiver is not None else None, lists)
            if (known := self._cached(lists)) is not None:
                return known
        if key in self._pinning:
            return self._pinned(key, specs, arguments, options, self._pinning[key])
        try:
            made = self._make(key, specs, options)
            if lists is not None and made.for_any_length:
                self._cache[lists] = [made]
            return made
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
        if isinstance(fn, Specialised):
            fn = fn if self._receiver is None else fn.bound_to(self._receiver)
            made = self._inner_function(fn, given, options.equal is None)
            given = _annotated(fn) if given is None else given
            fn, inner = made.call, made.program
        elif self._receiver is not None:
            fn = types.MethodType(fn, self._receiver)
        if isinstance(given, dict):
            return road().run(fn, None, options, specs=given, inner=inner)
        return road().run(fn, given, options, inner=inner)

    def _inner_function(self, inner: Specialised, given: Any, apart: bool) -> Specialisation:
        """Differentiate the generated text of the gradient that this one differentiates."""
        if not isinstance(given, dict):
            specs = (
                _annotated(inner)
                if given is None
                else dict(zip(self._own_names, map(road().spec_of, given), strict=True))
            )
        else:
            specs = given
        if self.options.batch:  # the inner one is of one example, as any function is
            specs = road().of_one(specs, self.options.batch)
        return Specialisation(inner._plain_program(specs, apart))

    def _plain_program(self, given: Any, apart: bool = False) -> Program:
        """Return the program in plain NumPy, as it is to be read again.

        ``apart``: the lengths of its arguments are those of the caller's, equal or not.
        """
        plain = object.__new__(type(self))
        plain.__dict__.update(self.__dict__)
        plain.options = dataclasses.replace(
            self.options, backend="numpy", cache=False, read_again=True,
            equal=None if apart else self.options.equal,
        )  # fmt: skip
        return road().require_types(plain._program(given))


def _annotated(inner: Specialised) -> Any:
    """Return the specs that the innermost function's annotations give."""
    fn: Any = inner
    while isinstance(fn, Specialised):
        fn = fn.__wrapped__
    hints = getattr(fn, "__annotations__", {})
    return {name: road().spec_of_annotation(hints.get(name)) for name in inner._own_names}
