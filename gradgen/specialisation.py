"""One generated module for the types of one call, and the road that makes such modules."""

from __future__ import annotations

import functools
import inspect
import types
from typing import TYPE_CHECKING, Any

from gradgen.collector import uncollected
from gradgen.errors import GradgenWarning

if TYPE_CHECKING:
    from gradgen.pipeline import Program

MAX_SPECIALISATIONS = 256
# Others are made of a text that is read again, in which lists may have been taken apart.
FIRST_ORDER = ("grad", "value_and_grad", "vjp", "jvp")


@functools.cache
@uncollected
def road() -> Any:
    """Import the pipeline at the first use: importing gradgen stays cheap."""
    from gradgen import pipeline
    from gradgen.batch import specs
    from gradgen.emission import module
    from gradgen.frontend import (
        arguments,
        equal_lengths,
        keys,
        long_lists,
        pinning,
        shared_arguments,
        source,
    )
    from gradgen.ir import evaluate

    return types.SimpleNamespace(
        run=pipeline.run,
        require_types=pipeline.require_types,
        load=module.load,
        write=module.write,
        source_of=source.source_of,
        innermost=source.innermost,
        key_of=keys.key_of,
        taken=equal_lengths.taken,
        of_any_length=long_lists.of_any_length,
        stay_lists=long_lists.stay_lists,
        pinned=pinning.pinned,
        with_entries=pinning.with_entries,
        rows_open=specs.rows_open,
        of_one=specs.of_one,
        batch_names=specs.batch_names,
        require_apart=shared_arguments.require_apart,
        require_entries=shared_arguments.require_entries,
        spec_of=arguments.spec_of,
        spec_of_annotation=arguments.spec_of_annotation,
        star_spec=arguments.star_spec,
        opaque=arguments.Opaque,
        follow=evaluate.follow,
    )


class Specialisation:
    """One generated module: its program, its function, and what it read from outside."""

    __slots__ = ("_seen", "call", "captures", "kept", "program", "taken")

    def __init__(self, program: Program) -> None:
        self.program = program
        self.captures = program.captures
        self.kept: dict[Any, int | None] = {}
        self._seen: bool | None = None
        self.taken = road().taken(program.function)
        self.call = _loader(program)(
            program.text, program.name, {**program.function.captures, **program.rules}
        )
        self.call.__doc__ = program.text.split('"""')[1]
        _keep_defaults(self.call, program.function.signature)

    def fresh(self) -> bool:
        """Whether everything read from outside is still what it was."""
        return all(c.fresh() for c in self.captures)

    @property
    def read_outside(self) -> list[tuple[str, Any]]:
        """What the function reads from outside: arrays, and containers and objects that are asked.

        With what each is called.
        """
        arrays = list(self.program.function.captures.items())
        held = [(c.label.partition(".")[0], c.holder) for c in self.captures]
        return [*arrays, *held, *((c.label, c.value) for c in self.captures)]

    @property
    def seen(self) -> bool:
        """Whether a second run would be noticed outside."""
        if self._seen is None:
            from gradgen.seen import is_seen

            self._seen = is_seen(self.program.function)
        return self._seen

    def fits(self, arguments: dict[str, Any]) -> bool:
        """Whether arguments are as long as the module takes for granted."""
        return bool(self.taken.fits(arguments))

    @property
    def for_any_length(self) -> bool:
        """Whether long lists may have other lengths: each text on the way here leaves that open."""
        program = self.program
        first = program.inner is None and program.options.mode in FIRST_ORDER
        return first and bool(road().stay_lists(program.function))

    def bytes_kept(self, arguments: dict[str, Any]) -> int | None:
        """Return how many bytes a call keeps for its reverse sweep, None where that is open."""
        if self.program.asked is not None:
            return None  # that of one example at a time
        function, follow = self.program.function, road().follow
        leaves = [(leaf.param, leaf.path) for leaf in function.leaves]
        values = [follow(arguments[name], path) for name, path in leaves if name in arguments]
        key = tuple(x if isinstance(x, int) else getattr(x, "shape", None) for x in values)
        if key not in self.kept:
            if len(self.kept) >= MAX_SPECIALISATIONS:
                self.kept.clear()
            from gradgen.sizes import Sizes

            self.kept[key] = Sizes(function, arguments).total(self.program.saved)
        return self.kept[key]


def _loader(program: Program) -> Any:
    """Return what makes a module of a program's text, in memory or kept on disk."""
    if program.options.cache:
        from gradgen.backends.kept import load_kept

        return load_kept
    return road().load


def over(limit: int, count: int) -> GradgenWarning:
    """Return the warning that a call needs more than its limit."""
    from gradgen.sizes import spelled

    return GradgenWarning(
        f"memory={spelled(limit)!r} is too little: {spelled(count)} are kept for the reverse sweep "
        "even where loops are run again; way out: gradgen.checkpoint(range(n), snapshots=...) "
        "keeps fewer states"
    )


def _keep_defaults(call: types.FunctionType, signature: inspect.Signature) -> None:
    """Give a generated function the user's defaults that text cannot hold, such as enums."""
    given = {n: p.default for n, p in signature.parameters.items() if p.default is not p.empty}
    code, held = call.__code__, list(call.__defaults__ or ())
    names = code.co_varnames[: code.co_argcount]
    while len(held) < len(names) and names[-len(held) - 1] in given:
        held.insert(0, given[names[-len(held) - 1]])
    call.__defaults__ = tuple(held)
    only = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
    call.__kwdefaults__ = {n: given[n] for n in only if n in given} | (call.__kwdefaults__ or {})
