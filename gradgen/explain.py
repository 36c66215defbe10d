"""A program in words: what is differentiated, what the reverse sweep reads, and why it is kept."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gradgen.diff.activity import varied
from gradgen.diff.pairs import callees_of
from gradgen.errors import Span, UnbatchedError
from gradgen.ir.nodes import Const, Op, Undefined, Value, walk
from gradgen.ir.show import Names
from gradgen.ir.spelling import leaf_path, operation
from gradgen.options import bound_by_name
from gradgen.rules.registry import RULES
from gradgen.sizes import KEPT, Sizes, Tape, spelled

if TYPE_CHECKING:
    from gradgen.pipeline import Program

WIDTH = 92
# What is listed among the things read from outside; functions and texts are in the source.
SHOWN = (int, float, bool, np.ndarray, np.generic)
HOW = {
    "row": "saved in an array, one entry a turn",
    "whole row": "saved in an array, one row a turn",
    "stack": "pushed on a stack",
    "snapshots": "kept at a few turns",
    "recomputed": "computed again",
    "counted back": "counted back by the mirrored loop",
    "carried back": "what the turn before, of the sweep, has read",
    "alive": "kept in a variable",
    "standing": "read again where it stands in an array",
}


def explain(program: Program, arguments: Mapping[str, Any] | None = None) -> str:
    """Return an account of a generated program.

    Parameters
    ----------
    program : Program
        What the pipeline made.
    arguments : mapping, optional
        Arguments by name, for the bytes that a call with them keeps; the example arguments, where
        the program was made from these.

    Returns
    -------
    str
        Sections: arguments, types, sizes of the sweeps, values kept, loops, kinks, notes.
    """
    if program.asked is not None and program.inner is not None and program.in_turns is not None:
        why = f"one after the other, in a loop: {_reason(program.in_turns)}"
        return f"{explain(program.inner)}\nExamples\n    {why}\n"
    fn, given = program.source
    if arguments is None and isinstance(given, tuple):
        arguments = bound_by_name(fn, given)
    return _Account(program, Sizes(program.function, arguments)).text()


def _reason(error: UnbatchedError) -> str:
    return error.message + ("" if error.span is None else f" ({place(error.span)})")


class _Account:
    def __init__(self, program: Program, sizes: Sizes) -> None:
        self.program, self.function = program, program.function
        self.sizes = sizes
        self.active = varied(program.function)
        self.names = Names()
        self.lines: list[str] = []
        self.forward = [op for op in walk(self.function.body) if not op.reverse]
        self.reverse = [op for op in walk(self.function.body) if op.reverse]

    def text(self) -> str:
        f = self.function
        self.lines.append(f"{f.name} ({place(f.span)})")
        sections: tuple[tuple[str, Iterable[str]], ...] = (
            ("Differentiated by", self._differentiated()),
            ("Held constant", self._constants()),
            ("Read from outside, as constants", self._captured()),
            ("Specialised to", self._types()),
            ("Seeds", self._seeds()),
            ("Work", self._work()),
            ("Values that the reverse sweep reads", self._kept()),
            ("Memory", self._memory()),
            ("Loops", self._loops()),
            ("Threads", self._threads()),
            ("Branches", self._branches()),
            ("Recursive functions", self._recursions()),
            ("Conventions at kinks", self._kinks()),
            ("Notes", self.function.notes),
        )
        for title, items in sections:
            self._section(title, dict.fromkeys(items))
        return "\n".join(self.lines) + "\n"

    def _seeds(self) -> Iterable[str]:
        if self.program.along:
            yield "one, carried along forwards: a reverse sweep would keep values of loops"
        if self.program.in_turns is not None:
            yield f"a sweep for each, in a loop: {_reason(self.program.in_turns)}"

    def _recursions(self) -> Iterable[str]:
        for c in callees_of(self.function):
            if c.moving:
                yield f"{c.name}: {c.name}_tangent returns its tangents, too"
                continue
            if c.backward is None:
                yield f"{c.name}: called as it is, nothing in it varies"
                continue
            saved = ", ".join(s.name for s in c.stacks)
            what = f"pushes on {saved}" if saved else "has nothing to save"
            yield f"{c.name}: {c.name}_forward {what}; {c.name}_backward takes the calls back"

    def _section(self, title: str, items: Iterable[str]) -> None:
        lines = list(items)
        if lines:
            self.lines += ["", title]
        for item in lines:
            self.lines += textwrap.wrap(
                item, WIDTH, initial_indent="    ", subsequent_indent="        ",
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip

    # --- arguments ------------------------------------------------------------------------

    def _differentiated(self) -> Iterator[str]:
        reached = self.program.adjoints
        # Forward, every argument has a tangent, and none an adjoint to tell by.
        forward = not reached and any(op.tangent for op in walk(self.function.body))
        for leaf in self.function.leaves:
            if leaf.active:
                text = self._leaf(leaf.param, leaf.path, leaf.value)
                told = forward or leaf.value in reached
                yield text if told else f"{text}: the result does not depend on it"

    def _constants(self) -> Iterator[str]:
        for leaf in self.function.leaves:
            if not leaf.active:
                yield self._leaf(leaf.param, leaf.path, leaf.value)

    def _leaf(self, param: str, path: tuple[tuple[str, object], ...], v: Value) -> str:
        way = leaf_path(param, path)
        name = f"{way}, called {v.name}" if v.name and v.name != way else way
        return f"{name}: {self.names.type(v)}"

    def _captured(self) -> Iterator[str]:
        seen: dict[str, None] = {}
        for capture in self.function.result["reader"].captures:
            value = capture.value
            if not isinstance(value, SHOWN):
                continue
            shape = getattr(value, "shape", ())
            text = f"array of shape {shape}" if shape else repr(value)
            seen[f"{capture.label} = {text}"] = None
        return iter(seen)

    def _types(self) -> Iterator[str]:
        from gradgen.emission.header import made_for

        yield made_for(self.function)
        if any(leaf.value.type.kind == "any" for leaf in self.function.leaves):
            yield (
                "Where a type is not known the general form is written; example arguments give "
                "types, and shorter text."
            )

    # --- sweeps ---------------------------------------------------------------------------

    def _work(self) -> Iterator[str]:
        own = [op for op in self.forward if op.prim not in ("leaf", "captured")]
        moving = sum(any(v in self.active for v in op.outputs) for op in own)
        yield f"forward: {len(own)} operations, {moving} of them on values that can vary"
        yield f"reverse: {len(self.reverse)} operations"

    def _kept(self) -> Iterator[str]:
        alive = ", ".join(dict.fromkeys(self._called(v) for v in self._alive()))
        if alive:
            yield f"still there when the reverse sweep runs: {alive}"
        for record in self.program.saved:
            op = record.value.op
            where = place(op.span if op is not None else record.where)
            whole = record.how == "row" and record.value.type.is_array
            how = HOW.get("whole row" if whole else record.how, record.how)
            when = " at the start of a turn" if op is None else ""
            if record.again:
                how = f"in the part that is run again, {how}"
            told = self._size(self.sizes.tape(record)) if record.how in KEPT else ""
            yield f"{self._called(record.value)}{when} ({where}): {how}; {record.reason}{told}"

    def _size(self, tape: Tape) -> str:
        """Say what keeping a value takes."""
        if tape.item is None:
            return ""
        each = spelled(tape.item)
        if tape.times == 1 and not tape.saved.loops:
            return f"; {each}"
        if tape.total is None:
            return f"; {each} each time"
        return f"; {each} each time, {spelled(tape.total)} in all"

    def _memory(self) -> Iterator[str]:
        tapes = [self.sizes.tape(s) for s in self.program.saved if s.how in KEPT]
        totals = [t.total for t in tapes if t.total is not None]
        if len(totals) < len(tapes):
            at_least = f"at least {spelled(sum(totals))}, and " if sum(totals) else ""
            more = "what depends on lengths or turns that are not known"
            yield f"kept for the reverse sweep: {at_least}{more}"
        elif tapes:
            yield f"kept for the reverse sweep: {spelled(sum(totals))} at most"
        arrays, all_known = self.sizes.of_arrays(self._alive())
        if arrays:
            at_least = "" if all_known else "at least "
            yield f"arrays that are still there: {at_least}{spelled(arrays)}"

    def _alive(self) -> Iterator[Value]:
        """Yield the values of the function's own block that the reverse sweep reads."""
        top = {v for op in self.function.body.ops if not op.reverse for v in op.outputs
               if not v.name.endswith("_saved")}  # fmt: skip
        for op in self.reverse:
            for v in (*op.inputs, *(r for b in op.blocks for r in b.results)):
                if v in top and not isinstance(v, Const | Undefined):
                    yield v

    def _called(self, v: Value) -> str:
        """Return the user's name of a value, else the operation that makes it."""
        return self._spelled(v, 3)

    def _spelled(self, v: Value, depth: int) -> str:
        if v.name or v.op is None or isinstance(v, Const):
            return v.name or self.names(v)
        if v.op.blocks:
            return f"a result of the {v.op.prim} at {place(v.op.span)}"
        return operation(v.op, lambda x: self._spelled(x, depth - 1)) if depth else "…"

    # --- control flow ---------------------------------------------------------------------

    def _loops(self) -> Iterator[str]:
        mirrored = {op.attrs.get("mirror") for op in self.reverse}
        for op in self.forward:
            if op.prim in ("for", "while"):
                body = op.blocks[-1]
                params = body.params[1:] if op.prim == "for" else body.params
                names = [p.name for p in params if p.name and not p.name.endswith("_saved")]
                carried = ", ".join(dict.fromkeys(names)) or "nothing"
                back = "reversed" if op in mirrored else "not reversed: no derivative passes"
                back = "run again in the reverse sweep, and reversed" if op.region else back
                yield f"{place(op.span)}: {self._head(op)} carries {carried}; {back}"

    def _threads(self) -> Iterator[str]:
        for parts in self.program.parts:
            head = f"{place(parts.loop.span)}: {self._head(parts.loop)}"
            named = [", ".join(dict.fromkeys(self._called(v) for v in values))
                     for values in ((*parts.numbers, *parts.arrays), parts.scratch)]  # fmt: skip
            if parts.why:
                yield f"{head} stays whole: {parts.why}"
                continue
            scratch = f", and a copy of {named[1]}" if named[1] else ""
            yield f"{head} in parts, each with its own sums of {named[0]}{scratch}"

    def _head(self, op: Op) -> str:
        if op.prim == "while":
            return "while"
        index = op.blocks[0].params[0].name or "i"
        bounds = [self._called(v) for v in op.inputs[:3]]
        return f"for {index} in range({', '.join(bounds[:2] if bounds[2] == '1' else bounds)})"

    def _branches(self) -> Iterator[str]:
        mirrored = {op.attrs.get("mirror") for op in self.reverse}
        for op in self.forward:
            if op.prim == "if" and op in mirrored:
                test = self._called(op.inputs[0])
                yield f"{place(op.span)}: if {test}; the reverse sweep takes the same side"

    def _kinks(self) -> Iterator[str]:
        found: dict[str, None] = {}
        for op in self.forward:
            rule = RULES.get(op.prim)
            if rule is None or not rule.at_kinks:
                continue
            if any(v in self.active for v in op.inputs):
                found[f"{rule.spelling or op.prim}, {place(op.span)}: {rule.at_kinks}"] = None
        return iter(found)


def place(span: Span | None) -> str:
    """Return ``file:line``."""
    return f"{span.path}:{span.line}" if span is not None and span.line else "the source"
