"""The road from a Python function to its gradient module, stage by stage.

    source -> parse (types with it) -> adjoint -> optimise -> saves -> copies -> lower
           -> text -> module

Each stage is one function on the graph; ``run(..., until=...)`` stops after one of ``STAGES``.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import gradgen.rules.table  # noqa: F401  (fills the table of rules)
from gradgen.backends.lowering import lower_to_numba
from gradgen.batch.examples import (
    batch_examples,
    batch_names,
    examples_by_turns,
    of_one,
    seed_specs,
)
from gradgen.batch.jacobian import jacobian_forward, jacobian_reverse
from gradgen.batch.scalars import columns_written_out, rows_written_out, written_out
from gradgen.batch.turns import columns_by_turns, rows_by_turns
from gradgen.collector import uncollected
from gradgen.diff.activity import varied
from gradgen.diff.along import by_one_number, derive_along, keeps_in_loops
from gradgen.diff.custom import forget_rules
from gradgen.diff.doubts import doubts
from gradgen.diff.forward import add_tangents
from gradgen.diff.pairs import (
    callees_of,
    connect,
    derive,
    join,
    mark_forward,
    settle_activity,
    store_in_place,
)
from gradgen.diff.pushed import push_callees
from gradgen.diff.results import finish, finish_tangents
from gradgen.diff.reverse import add_adjoint
from gradgen.diff.saves import Saved, plan_saves
from gradgen.diff.segments import mark_loops, refuse_marks, split_marked
from gradgen.diff.written_out import write_out
from gradgen.emission.header import header_of
from gradgen.emission.module import Rendered, load, render
from gradgen.errors import GradgenError, Span, UnbatchedError, UnsupportedError
from gradgen.frontend.function import read_function, specs_for
from gradgen.frontend.source import innermost
from gradgen.ir.nodes import Function, Value
from gradgen.options import Options, bound_by_name
from gradgen.passes.additions import recognise_additions
from gradgen.passes.ahead import compute_ahead
from gradgen.passes.assembling import assemble
from gradgen.passes.cancelling import hold_cancelling_maxima
from gradgen.passes.choices import ask_once
from gradgen.passes.clears import join_clears
from gradgen.passes.copies import insert_copies
from gradgen.passes.counted import write_out_counters
from gradgen.passes.cse import share_common
from gradgen.passes.dce import remove_dead
from gradgen.passes.first_shares import store_first
from gradgen.passes.flip import flip_loops
from gradgen.passes.fuse import Fused, fuse_loops
from gradgen.passes.hoist import hoist_lengths
from gradgen.passes.invariants import drop_unchanged
from gradgen.passes.parallel import Parts, find_parts
from gradgen.passes.postponing import postpone
from gradgen.passes.rebinding import rebind_whole
from gradgen.passes.reuse import reuse_kept
from gradgen.passes.rows import store_through_rows
from gradgen.passes.scatters import add_numbers
from gradgen.passes.shapes import read_newest_shapes
from gradgen.passes.sharing import Sharing
from gradgen.passes.signs import join_signs
from gradgen.passes.sinking import sink_into_branches
from gradgen.passes.sums import sum_before_products
from gradgen.passes.through import add_through_zeros
from gradgen.passes.twice import read_once
from gradgen.passes.unbound import drop_sure, settle_guards
from gradgen.passes.unread import drop_unread_clears
from gradgen.rules import eigenvalues
from gradgen.sizes import KEPT, Sizes
from gradgen.sparse.tracks import Tracks, add_tracks, finish_tracks

# Modes that are the derivative of a derivative: of which, and by which mode.
NESTED = {"hessian": ("grad", "jacfwd"), "hvp": ("grad", "pushforward"),
          "hessian_reverse": ("grad", "jacrev"), "hessian_diag": ("grad", "jacdiag")}  # fmt: skip
# Which product with the derivative a Jacobian is made of where its seeds go one by one.
TURNS = {"jacfwd": "jvp", "jacdiag": "jvp", "jacrev": "vjp"}
PUSHED = ("jvp", "pushforward", "jacfwd", "jacdiag")  # which carry tangents along
TRACKED = ("pattern", "pattern2")  # which carry sets of input entries along
SWEPT = ("value_and_grad", "grad", "vjp")
MARKED = (*SWEPT, "jacrev")  # in which marked loops are run again
STAGES = ("parse", "adjoint", "optimise", "saves", "copies", "lower")


@dataclass
class Program:
    """What ``run`` made: the graph at the last stage, the text, and how it came about."""

    function: Function
    options: Options
    name: str
    source: Any
    inner: Program | None = None
    text: str = ""
    stages: dict[str, str] = field(default_factory=dict)
    saved: list[Saved] = field(default_factory=list)
    fused: list[Fused] = field(default_factory=list)
    adjoints: dict[Value, Value] = field(default_factory=dict)
    writes_arguments: bool = False
    title: str = ""
    whole: dict[str, Any] = field(default_factory=dict)
    batched: tuple[str, ...] = ()
    again: frozenset[Span | None] = frozenset()
    product: Function | None = None
    in_turns: UnbatchedError | None = None
    asked: Options | None = None
    along: bool = False
    parts: list[Parts] = field(default_factory=list)
    rules: dict[str, Any] = field(default_factory=dict)

    @property
    def forward(self) -> Function:
        """The graph of the user's function alone, specialised alike (read anew)."""
        fn, specs = self.source
        return read_function(fn, specs, self.options)

    def rendered(self) -> Rendered:
        """Return the module of the graph after the last stage."""
        function = self.function
        outputs = function.result["outputs"]
        options = self.options
        header = header_of(self)
        return render(function, self.name, outputs, header, options.backend, options.cache)

    @property
    def captures(self) -> list[Any]:
        """What was read from outside, here and in what this is the derivative of."""
        more = self.inner.captures if self.inner is not None else []
        return [*self.function.result["reader"].captures, *more]


@uncollected
def run(
    fn: Any,
    args: tuple[Any, ...] | None,
    options: Options | None = None,
    until: str | None = None,
    specs: Any = None,
    watch: Callable[[str, Function], None] | None = None,
    inner: Program | None = None,
) -> Program:
    """Take a function through the pipeline.

    Parameters
    ----------
    fn : function
        The user's function.
    args : tuple or None
        Example arguments that give the types; None for annotations, else the general form.
    options : Options, optional
        What to derive.
    until : str, optional
        The last of ``STAGES`` to run; its graph is in ``Program.stages``.
    specs : dict, optional
        Specs per parameter, instead of ``args``.
    watch : callable, optional
        Called with the name of each stage and the graph, after that stage.
    inner : Program, optional
        Where ``fn`` is generated itself: the program that it is the text of.

    Returns
    -------
    Program
        With ``text`` if all stages ran.
    """
    made = functools.partial(_run, fn, args, options or Options(), until, specs, watch, inner)
    if eigenvalues.being_read():
        return made()
    with eigenvalues.results(as_complex=True) as reading:
        try:
            return made()
        except GradgenError:
            if not reading.met:
                raise
    with eigenvalues.results(as_complex=False):
        return made()


def _run(
    fn: Any,
    args: tuple[Any, ...] | None,
    options: Options,
    until: str | None,
    specs: Any,
    watch: Callable[[str, Function], None] | None,
    inner: Program | None,
) -> Program:
    """Take a function through the pipeline, where it is settled what eigenvalues are."""
    whole: dict[str, Any] = {}
    if options.batch:
        whole = specs if specs is not None else specs_for(fn, args)
        specs = of_one(whole, options.batch)
    if options.mode in NESTED:
        return _nested(fn, args, options, until, specs, watch, whole)
    again: frozenset[Span | None] = frozenset()
    if options.memory is not None and options.mode in MARKED:
        again = loops_over_limit(fn, args, options, specs)
    given = specs if specs is not None else args
    function = read_function(fn, given, options)
    name = f"{_plain_name(fn)}_{options.mode}"
    program = Program(function, options, name, (fn, given), inner, again=again, whole=whole)
    if options.backend == "numba" and by_one_number(function, options):
        made = _along(program, args, specs, until, watch)
        if made is not None:
            return made
    try:
        return _through(program, until, watch)
    except UnbatchedError as error:
        if not options.turns or not (options.mode in TURNS or options.batch):
            raise
        in_turns = _examples_in_turns if options.batch else _in_turns
        return _through(in_turns(program, error), until, watch)


def _through(
    program: Program, until: str | None, watch: Callable[[str, Function], None] | None
) -> Program:
    """Take what was read through the stages."""
    function = program.function
    for stage, work in _stages(program):
        work()
        if watch is not None:
            watch(stage, function)
        if until == stage:
            from gradgen.ir.show import show

            program.stages[stage] = show(function)
            return program
    program.text = program.rendered().text
    return program


def _along(
    program: Program,
    args: Any,
    specs: Any,
    until: str | None,
    watch: Callable[[str, Function], None] | None,
) -> Program | None:
    """Derive forwards, where that saves what loops would keep; None where it does not, or fails."""
    fn, given = program.source
    options = program.options
    plain = replace(options, backend="numpy", cache=False, parallel=False)
    if not keeps_in_loops(run(fn, args, plain, "copies", specs).saved):
        return None
    function = read_function(fn, given, options)
    made = replace(program, function=function, along=True, stages={})
    try:
        return _through(made, until, watch)
    except UnsupportedError:
        return None


def loops_over_limit(fn: Any, args: Any, options: Options, specs: Any) -> frozenset[Span | None]:
    """Return the outermost loops that keep something, where all that is kept exceeds the limit."""
    plain = run(fn, args, replace(options, memory=None, batch=()), "copies", specs)
    arguments = bound_by_name(fn, args) if specs is None and args is not None else None
    total = Sizes(plain.function, arguments).total(plain.saved)
    if options.memory and total is not None and total <= options.memory:
        return frozenset()
    return frozenset(s.loops[0].span for s in plain.saved if s.how in KEPT and s.loops)


def _nested(
    fn: Any,
    args: tuple[Any, ...] | None,
    options: Options,
    until: str | None,
    specs: Any,
    watch: Callable[[str, Function], None] | None,
    whole: dict[str, Any],
) -> Program:
    """Derive twice: the second derivative is that of the first one's text."""
    first, then = NESTED[options.mode]
    plain = replace(_inner_options(options), mode=first, batch=())
    inner = run(fn, args, plain, specs=specs)
    made = load(inner.text, inner.name, {**inner.function.captures, **inner.rules})
    found = {n: inner.function.result["specs"][n] for n, _ in inner.function.params}
    function = read_function(made, found, replace(options, mode=then))
    function.result["title"] = "hessian"
    name = f"{_plain_name(fn)}_{options.mode}"
    program = Program(function, replace(options, mode=then), name, (made, found), inner)
    program.title, program.whole = options.mode, whole
    try:
        return _through(program, until, watch)
    except UnbatchedError as error:
        if not options.turns:
            raise
        if options.batch:
            whole_program = replace(program, source=(fn, specs), options=options)
            return _through(_examples_in_turns(whole_program, error), until, watch)
        return _through(_in_turns(program, error), until, watch)


def _inner_options(options: Options) -> Options:
    """Return the options of a text that is read again to make one with these."""
    return replace(options, backend="numpy", cache=False, read_again=True)


def _in_turns(program: Program, why: UnbatchedError) -> Program:
    """Return a Jacobian that takes one seed after the other through the function."""
    fn, given = program.source
    options = program.options
    plain = replace(_inner_options(options), mode=TURNS[options.mode])
    specs = given if isinstance(given, dict) else specs_for(fn, given)
    inner = run(fn, None, plain, specs=specs)
    made = load(inner.text, inner.name, {**inner.function.captures, **inner.rules})
    found = {n: inner.function.result["specs"][n] for n, _ in inner.function.params}
    product = read_function(made, found, replace(options, mode="second", has_aux=False))
    function = read_function(fn, given, options)
    function.result |= {k: v for k, v in program.function.result.items() if k == "title"}
    return replace(program, function=function, product=product, in_turns=why, stages={})


def _examples_in_turns(program: Program, why: UnbatchedError) -> Program:
    """Return a derivative that takes one example after the other."""
    fn, given = program.source
    options = program.options
    plain = replace(_inner_options(options), batch=())
    inner = run(fn, None, plain, specs=given)
    made = load(inner.text, inner.name, {**inner.function.captures, **inner.rules})
    found = {n: inner.function.result["specs"][n] for n, _ in inner.function.params}
    value = replace(options, mode="value", has_aux=False)
    function = read_function(made, found, value)
    new = Program(function, value, program.name, (made, found), inner, whole=program.whole)
    new.title = options.mode if options.mode in NESTED else ""
    new.asked, new.in_turns = options, why
    return new


def _stages(program: Program) -> list[tuple[str, Any]]:
    stages = (_adjoint, _optimise, _saves, _copies, _lower)
    works = [functools.partial(stage, program) for stage in stages]
    return list(zip(STAGES, [lambda: None, *works], strict=True))


def _everything(program: Program) -> list[Function]:
    return [program.function, *(c.function for c in callees_of(program.function))]


def _adjoint(program: Program) -> None:
    function, options = program.function, program.options
    for f in _everything(program):
        f.native = options.backend == "numba"
        read_once(f)
        drop_unchanged(f)
        # In a loop over examples, a name may still hold what the one before has left in it.
        drop_sure(f, program.inner is not None and program.asked is None)
        if options.mode in MARKED:
            write_out_counters(f)
    sharing = Sharing(function)
    program.writes_arguments = not all(
        sharing.never_written(leaf.value) for leaf in function.leaves
    )
    callees = callees_of(function)
    refuse_marks(c.function for c in callees)
    settle_activity(function, callees)
    for f in _everything(program):
        write_out(f)
    if options.mode in TRACKED:
        push_callees(callees, functools.partial(Tracks, second=options.mode == "pattern2"))
    else:
        forwards = program.along or options.mode in PUSHED
        (push_callees if forwards else derive)(callees)
    hold_cancelling_maxima(function)
    hoist_lengths(function)
    recognise_additions(function)
    store_through_rows(function)
    if options.mode in MARKED and not program.along:
        mark_loops(function, program.again, options.snapshots)
        split_marked(function)
    function.notes += doubts(function, varied(function))
    _derive(program)
    for f in [function, *(g for c in callees for g in (c.function, c.backward) if g)]:
        program.rules |= forget_rules(f, options.read_again and f is function)


def _optimise(program: Program) -> None:
    function = program.function
    join_clears(function)
    add_through_zeros(function)
    ask_once(function)
    share_common(function)
    drop_unread_clears(function)
    remove_dead(function)
    sum_before_products(function)
    join_signs(function)
    sink_into_branches(function)
    if program.options.mode in SWEPT:
        join(function)
        if program.options.backend == "numba":
            compute_ahead(function)
        program.fused = fuse_loops(function)
        flip_loops(function)
    mark_forward([function])
    connect(function)


def _saves(program: Program) -> None:
    # Rows of arrays are what Numba compiles, and what the next sweep finds by their index.
    lists = program.options.backend == "numpy" and not program.options.read_again
    program.saved = plan_saves(program.function, program.fused, lists)
    if program.options.backend == "numba" and program.options.mode in SWEPT:
        reuse_kept(program.function)
    remove_dead(program.function)
    for f in _everything(program):
        # What is derived from a text that raises by itself need not read what that does.
        settle_guards(f, every=program.options.read_again)


def _copies(program: Program) -> None:
    if program.options.backend == "numpy" and not program.options.read_again:
        for f in _everything(program):
            add_numbers(f)
            assemble(f)
            store_first(f)
    read_newest_shapes(program.function)
    rebind_whole(program.function)
    postpone(program.function)
    insert_copies(program.function)
    store_in_place(callees_of(program.function))


def _lower(program: Program) -> None:
    if program.options.backend == "numba":
        if program.options.parallel:
            program.parts = find_parts(program.function)
        callees = callees_of(program.function)
        others = [g for c in callees for g in (c.function, c.backward) if g]
        lower_to_numba(program.function, others)


def _derive(program: Program) -> None:
    """Append the derivative that the mode asks for."""
    function, options = program.function, program.options
    if options.mode in TRACKED:
        add_tracks(function, options.mode == "pattern2")
        finish_tracks(function)
    elif program.along:
        derive_along(function, options)
    elif options.mode in ("jvp", "pushforward"):
        tangents = add_tangents(function, function.result["tangents"])
        finish_tangents(function, tangents, options.mode == "jvp")
    elif program.product is not None:
        turns = rows_by_turns if options.mode == "jacrev" else columns_by_turns
        turns(function, program.product, options)
    elif options.mode in TURNS and written_out(function, options):
        (rows_written_out if options.mode == "jacrev" else columns_written_out)(function, options)
    elif options.mode in ("jacfwd", "jacdiag"):
        jacobian_forward(function, options)
    elif options.mode == "jacrev":
        program.adjoints = jacobian_reverse(function, options)
    else:
        program.adjoints = add_adjoint(function, function.result["seeds"])
        finish(function, options, program.adjoints)
    if program.whole:
        _batch(program)


def _batch(program: Program) -> None:
    """Take what was derived for one example to all of them."""
    function = program.function
    names = batch_names(
        program.options.batch, [n for n in program.whole if n in dict(function.params)]
    )
    seeds = seed_specs(function, program.whole, names)
    whole, names = program.whole | seeds, (*names, *seeds)
    program.batched = names
    if program.in_turns is not None:
        examples_by_turns(function, whole, names, program.in_turns)
    else:
        generated = program.inner is not None and program.asked is None
        batch_examples(function, whole, names, generated)


def _plain_name(fn: Any) -> str:
    name = getattr(innermost(fn), "__name__", "loss")
    if name == "__call__":
        name = type(fn).__name__.lower()
    return name if name.isidentifier() else "loss"


def parameters(fn: Any) -> list[str]:
    """Return the names of a function's parameters."""
    return list(inspect.signature(fn).parameters)
