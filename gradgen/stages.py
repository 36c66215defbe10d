"""The stages of the pipeline: what each does to the graph of a function, pass by pass.

What one mode or one backend alone takes, and what is for loops, is imported where it is asked for:
the first gradient in a process should not wait for it.  A pass for operations that a function has
not is left out.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from gradgen.batch.specs import batch_names
from gradgen.diff import whole_leaves
from gradgen.diff.activity import varied
from gradgen.diff.custom import forget_rules
from gradgen.diff.defined import refuse_undefined
from gradgen.diff.doubts import doubts
from gradgen.diff.nones import copy_rows_beside_none
from gradgen.diff.pairs import (
    callees_of,
    connect,
    derive,
    join,
    mark_forward,
    settle_activity,
    store_in_place,
)
from gradgen.diff.results import finish
from gradgen.diff.reverse import add_adjoint
from gradgen.diff.saves import plan_saves
from gradgen.diff.written_out import write_out
from gradgen.ir.nodes import Function, walk
from gradgen.passes.additions import recognise_additions
from gradgen.passes.assembling import assemble
from gradgen.passes.choices import CHOICES, ask_once
from gradgen.passes.clears import join_clears
from gradgen.passes.copies import insert_copies
from gradgen.passes.crosses import write_out_crosses
from gradgen.passes.cse import share_common, share_costly
from gradgen.passes.dce import remove_dead
from gradgen.passes.doubles import double_sums
from gradgen.passes.first_shares import store_first
from gradgen.passes.hoist import hoist_lengths
from gradgen.passes.invariants import drop_unchanged
from gradgen.passes.list_types import settle_list_types
from gradgen.passes.own_sums import add_to_own
from gradgen.passes.postponing import postpone
from gradgen.passes.quiet import guard_slopes
from gradgen.passes.quotients import cancel_quotients
from gradgen.passes.rebinding import rebind_whole
from gradgen.passes.roots import cancel_roots
from gradgen.passes.row_growth import grow_in_rows
from gradgen.passes.rows import store_through_rows
from gradgen.passes.scales import scale_products
from gradgen.passes.scatters import add_in_a_row, add_numbers
from gradgen.passes.shapes import READS, read_newest_shapes
from gradgen.passes.sharing import Sharing
from gradgen.passes.short_rows import sum_short_rows
from gradgen.passes.signs import join_signs
from gradgen.passes.sums import sum_before_products
from gradgen.passes.taken_rows import copy_taken_rows
from gradgen.passes.through import add_through_zeros
from gradgen.passes.twice import read_once
from gradgen.passes.unbound import drop_sure, settle_guards
from gradgen.passes.unread import drop_unread_clears

if TYPE_CHECKING:
    from gradgen.pipeline import Program

# Which product with the derivative a Jacobian is made of where its seeds go one by one.
TURNS = {"jacfwd": "jvp", "jacdiag": "jvp", "jacrev": "vjp"}
PUSHED = ("jvp", "pushforward", "jacfwd", "jacdiag")  # which carry tangents along
TRACKED = ("pattern", "pattern2")  # which carry sets of input entries along
SWEPT = ("value_and_grad", "grad", "vjp")
MARKED = (*SWEPT, "jacrev")  # in which marked loops are run again
LOOPS = {"for", "while"}
STAGES = ("parse", "adjoint", "optimise", "saves", "copies", "lower")


def stages(program: Program) -> list[tuple[str, Any]]:
    """Return the stages by name, each as what is still to be called."""
    steps = (_adjoint, _optimise, _saves, _copies, _lower)
    works = [functools.partial(step, program) for step in steps]
    return list(zip(STAGES, [lambda: None, *works], strict=True))


def _everything(program: Program) -> list[Function]:
    return [program.function, *(c.function for c in callees_of(program.function))]


def _operations(function: Function) -> set[str]:
    """Return the names of the operations that a function has."""
    return {op.prim for op in walk(function.body)}


def _adjoint(program: Program) -> None:
    function, options = program.function, program.options
    for f in _everything(program):
        f.native = options.backend == "numba"
        f.reordered = f.native and options.reassociate
        settle_list_types(f)
        read_once(f)
        share_costly(f)
        drop_unchanged(f)
        # In a loop over examples, a name may still hold what the one before has left in it.
        drop_sure(f, program.inner is not None and program.asked is None)
        if options.mode in MARKED and "for" in _operations(f):
            from gradgen.passes.counted import write_out_counters

            write_out_counters(f)
    sharing = Sharing(function)
    # What a text of first order writes to, it has copied: to the one made of it, it is as it was.
    before = program.inner.written if program.inner is not None else frozenset()
    program.written = (
        before
        | function.filled
        | {
            (leaf.param, leaf.path)
            for leaf in function.leaves
            if not sharing.never_written(leaf.value)
        }
    )
    callees = callees_of(function)
    if callees and options.mode in MARKED:
        from gradgen.diff.segments import refuse_marks

        refuse_marks(c.function for c in callees)
    settle_activity(function, callees)
    for f in _everything(program):
        write_out(f)
    _derive_callees(program, callees)
    _before_sweep(program, _operations(function))
    recognise_additions(function)
    store_through_rows(function)
    if options.mode in MARKED and not program.along:
        _mark(program)
    function.notes += doubts(function, varied(function)) + whole_leaves.remarks(function)
    _derive(program)
    for f in (function, *(c.function for c in callees)):
        _forget_rules(program, f)


def _before_sweep(program: Program, operations: set[str]) -> None:
    """Prepare maxima and loops for the sweep."""
    function = program.function
    if operations & {"max", "for"}:
        from gradgen.passes.cancelling import hold_cancelling_maxima

        hold_cancelling_maxima(function)
    hoist_lengths(function)
    if function.native:
        from gradgen.passes.bounds import compute_bounds_before

        compute_bounds_before(function)


def _mark(program: Program) -> None:
    """Split the loops that are run again."""
    if _operations(program.function) & LOOPS:
        from gradgen.diff.segments import mark_loops, split_marked

        mark_loops(program.function, program.again, program.options.snapshots)
        split_marked(program.function)


def _optimise(program: Program) -> None:
    function = program.function
    operations = _operations(function)
    if "inc" in operations:
        join_clears(function)
        add_through_zeros(function)
    if not operations.isdisjoint(CHOICES):
        ask_once(function)
    share_common(function)
    if program.options.mode in TRACKED:
        from gradgen.sparse.covered import drop_covered

        drop_covered(function)
    double_sums(function)
    if "div" in operations:
        cancel_quotients(function)
    cancel_roots(function)
    if "store" in operations:
        drop_unread_clears(function)
    remove_dead(function)
    if not operations.isdisjoint(READS):
        from gradgen.passes.measures import measure_what_is_there

        measure_what_is_there(function)
    if {"sum", "matmul"} <= operations:
        sum_before_products(function)
    if "matmul" in operations:
        scale_products(function)
    join_signs(function)
    operations = _operations(function)
    if "if" in operations:
        from gradgen.passes.answered import use_answers
        from gradgen.passes.sinking import sink_into_branches

        sink_into_branches(function)
        use_answers(function)
    if program.options.mode in SWEPT:
        join(function)
        if operations & LOOPS:
            _turn_around(program)
    mark_forward([function])
    connect(function)


def _turn_around(program: Program) -> None:
    """Let loops of the sweep join those that they mirror, or go forwards as those do."""
    from gradgen.passes.flip import flip_loops
    from gradgen.passes.fuse import fuse_loops

    function = program.function
    if program.options.backend == "numba":
        from gradgen.passes.ahead import compute_ahead

        compute_ahead(function)
    program.fused = fuse_loops(function)
    if program.fused:
        share_common(function)  # what a turn has computed, its sweep may read
    flip_loops(function)


def _saves(program: Program) -> None:
    # Rows of arrays are what Numba compiles, and what the next sweep finds by their index.
    lists = program.options.backend == "numpy" and not program.options.read_again
    if program.options.backend == "numba" and program.options.mode in SWEPT:
        from gradgen.diff.turns_again import do_turns_again

        do_turns_again(program.function, program.fused)
    program.saved = plan_saves(program.function, program.fused, lists)
    if program.options.mode in SWEPT and "for" in _operations(program.function):
        from gradgen.passes.linear_maps import push_sums

        push_sums(program.function)
    if program.options.backend == "numba" and program.options.mode in SWEPT:
        _rearrange(program)
    remove_dead(program.function)
    for f in _everything(program):
        # What is derived from a text that raises by itself need not read what that does.
        settle_guards(f, every=program.options.read_again)


def _rearrange(program: Program) -> None:
    """Rearrange loops for the compiler."""
    from gradgen.passes.extremes import read_extremes
    from gradgen.passes.first_turns import part_first_turns
    from gradgen.passes.flip import flip_the_rest
    from gradgen.passes.interchange import interchange_loops
    from gradgen.passes.joined import join_loops
    from gradgen.passes.maps_apart import map_apart
    from gradgen.passes.picks import pick_last
    from gradgen.passes.reuse import reuse_kept
    from gradgen.passes.strips import make_strips
    from gradgen.passes.sums_apart import sum_apart
    from gradgen.passes.unfilled import leave_unfilled

    reuse_kept(program.function)
    pick_last(program.function)
    remove_dead(program.function)
    interchange_loops(program.function)
    if not program.options.parallel:
        make_strips(program.function)
        leave_unfilled(program.function)
        part_first_turns(program.function)
    if program.options.reassociate:
        sum_apart(program.function)
    map_apart(program.function)
    read_extremes(program.function)
    flip_the_rest(program.function)
    join_loops(program.function)


def _copies(program: Program) -> None:
    if program.options.backend == "numpy" and not program.options.read_again:
        for f in _everything(program):
            operations = _operations(f)
            if "add_at" in operations:
                add_numbers(f)
            if "where" in operations:
                guard_slopes(f)
            if "inc" in operations:
                assemble(f)
                store_first(f)
            add_to_own(f)
            _respell(f, operations)
        for c in callees_of(program.function):
            if c.backward is not None:
                _respell(c.backward, _operations(c.backward))
    if program.options.read_again:
        copy_taken_rows(program.function)
    read_newest_shapes(program.function)
    rebind_whole(program.function)
    postpone(program.function)
    insert_copies(program.function)
    for f in _everything(program):
        copy_rows_beside_none(f)
    if program.options.backend == "numpy":
        for f in _everything(program):
            grow_in_rows(f)
    store_in_place(callees_of(program.function))


def _respell(f: Function, operations: set[str]) -> None:
    """Let NumPy do what the sweep does in the way in which it is quickest."""
    if "sum" in operations:
        sum_short_rows(f)
    if "cross" in operations:
        write_out_crosses(f)
    if "add_at" in operations:
        add_in_a_row(f)


def _lower(program: Program) -> None:
    if program.options.backend == "numba":
        from gradgen.backends.lowering import lower_to_numba
        from gradgen.passes.parallel import find_parts

        if program.options.parallel:
            program.parts = find_parts(program.function)
        callees = callees_of(program.function)
        others = [g for c in callees for g in (c.function, c.backward) if g]
        lower_to_numba(program.function, others)


def _derive_callees(program: Program, callees: list[Any]) -> None:
    """Derive the functions that call themselves, as the mode takes them."""
    mode = program.options.mode
    if mode in TRACKED:
        from gradgen.diff.pushed import push_callees
        from gradgen.sparse.tracks import Tracks

        push_callees(callees, functools.partial(Tracks, second=mode == "pattern2"))
    elif program.along or mode in PUSHED:
        from gradgen.diff.pushed import push_callees

        push_callees(callees)
    else:
        derive(program.function, callees, functools.partial(_forget_rules, program))


def _forget_rules(program: Program, function: Function) -> None:
    forget_rules(function, program.rules if program.options.read_again else None)


def _derive(program: Program) -> None:
    """Append the derivative that the mode asks for."""
    function, options = program.function, program.options
    if options.mode in TRACKED:
        from gradgen.sparse.tracks import add_tracks, finish_tracks

        add_tracks(function, options.mode == "pattern2")
        finish_tracks(function)
    elif program.along:
        from gradgen.diff.along import derive_along

        derive_along(function, options)
    elif options.mode in ("jvp", "pushforward"):
        from gradgen.diff.forward import add_tangents
        from gradgen.diff.results import finish_tangents

        tangents = add_tangents(function, function.result["tangents"])
        finish_tangents(function, tangents, options.mode == "jvp")
    elif options.mode in TURNS:
        _derive_all(program)
    else:
        program.adjoints = add_adjoint(function, function.result["seeds"])
        finish(function, options, program.adjoints)
    refuse_undefined(function)
    if program.whole:
        _batch(program)


def _derive_all(program: Program) -> None:
    """Append a Jacobian: all its columns, or rows, at once, written out or in turns."""
    from gradgen.batch import jacobian, scalars, turns

    function, options = program.function, program.options
    rows = options.mode == "jacrev"
    if program.product is not None:
        in_turns = turns.rows_by_turns if rows else turns.columns_by_turns
        in_turns(function, program.product, options)
    elif scalars.written_out(function, options):
        write = scalars.rows_written_out if rows else scalars.columns_written_out
        write(function, options)
    elif rows:
        program.adjoints = jacobian.jacobian_reverse(function, options)
    else:
        jacobian.jacobian_forward(function, options)


def _batch(program: Program) -> None:
    """Take what was derived for one example to all of them."""
    from gradgen.batch.examples import batch_examples, examples_by_turns, seed_specs

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
