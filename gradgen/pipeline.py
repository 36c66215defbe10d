"""The road from a Python function to its gradient module, stage by stage.

    source -> parse (types with it) -> adjoint -> optimise -> saves -> copies -> lower
           -> text -> module

Each stage is one function on the graph; ``run(..., until=...)`` stops after one of ``STAGES``.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

import gradgen.rules.of_numpy  # noqa: F401  (fills the table of rules)
from gradgen.batch.specs import of_one
from gradgen.collector import uncollected
from gradgen.dataclass import dataclass
from gradgen.diff.keeping import Saved
from gradgen.emission.header import header_of
from gradgen.emission.module import Rendered, load, render
from gradgen.errors import GradgenError, Span, UnbatchedError, UnsupportedError
from gradgen.frontend.attempts import read_function
from gradgen.frontend.equal_lengths import taken_as_equal
from gradgen.frontend.function import fits, specs_for
from gradgen.frontend.source import innermost
from gradgen.ir.nodes import Function, Value
from gradgen.options import Options, bound_by_name
from gradgen.rules import eigenvalues
from gradgen.stages import MARKED, TURNS, stages

if TYPE_CHECKING:
    from gradgen.passes.fuse import Fused
    from gradgen.passes.parallel import Parts

# Modes that are the derivative of a derivative: of which, and by which mode.
NESTED = {"hessian": ("grad", "jacfwd"), "hvp": ("grad", "pushforward"),
          "hessian_reverse": ("grad", "jacrev"), "hessian_outputs": ("jacrev", "jacfwd"),
          "hessian_diag": ("grad", "jacdiag")}  # fmt: skip


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
    written: frozenset[Any] = frozenset()
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
    if inner is not None and options.equal is not None:
        options = replace(options, equal=taken_as_equal(inner.function))
    function = read_function(fn, given, options)
    if specs is None and args is not None and not fits(function, fn, args):
        options = replace(options, equal=None)
        function = read_function(fn, given, options)
    name = f"{_plain_name(fn)}_{options.mode}"
    program = Program(function, options, name, (fn, given), inner, again=again, whole=whole)
    made = _along(program, args, specs, until, watch)
    if made is not None:
        return made
    try:
        return _through(program, until, watch)
    except UnbatchedError as error:
        if not options.turns or not (options.mode in TURNS or options.batch):
            raise
        return _one_by_one(program, error, until, watch)


def _one_by_one(
    program: Program,
    why: UnbatchedError,
    until: str | None,
    watch: Callable[[str, Function], None] | None,
) -> Program:
    """Take one seed, or one example, after the other through what has no batched form.

    Where that fails too, the first reason is the one to tell: its way out is to loop outside.
    """
    in_turns = _examples_in_turns if program.options.batch else _in_turns
    try:
        return _through(in_turns(program, why), until, watch)
    except UnsupportedError as error:
        raise why from error


def _through(
    program: Program, until: str | None, watch: Callable[[str, Function], None] | None
) -> Program:
    """Take what was read through the stages."""
    function = program.function
    for stage, work in stages(program):
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
    from gradgen.diff.along import by_one_number, keeps_in_loops, may_keep

    fn, given = program.source
    options = program.options
    if not by_one_number(program.function, options) or not may_keep(program.function, options):
        return None
    plain = replace(options, backend="numpy", cache=False, parallel=False, reassociate=False)
    swept = replace(program, function=read_function(fn, given, plain), options=plain, stages={})
    if not keeps_in_loops(_through(swept, "copies", None).saved, options):
        return None
    function = read_function(fn, given, options)
    made = replace(program, function=function, along=True, stages={})
    try:
        return _through(made, until, watch)
    except UnsupportedError:
        return None


def loops_over_limit(fn: Any, args: Any, options: Options, specs: Any) -> frozenset[Span | None]:
    """Return the outermost loops that keep something, where all that is kept exceeds the limit."""
    from gradgen.sizes import KEPT, Sizes

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
    inner = require_types(run(fn, args, plain, specs=specs))
    made = load(inner.text, inner.name, {**inner.function.captures, **inner.rules})
    found = {n: inner.function.result["specs"][n] for n, _ in inner.function.params}
    options = replace(options, equal=taken_as_equal(inner.function))
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
            program = replace(program, source=(fn, specs), options=options)
        return _one_by_one(program, error, until, watch)


def require_types(inner: Program) -> Program:
    """Refuse to differentiate a text that is made for arguments of any type."""
    for leaf in inner.function.leaves:
        if leaf.value.type.kind == "any":
            raise UnsupportedError(
                f"the type of {leaf.param!r} is not known, for which a derivative's derivative "
                "is made",
                inner.function.span,
                "call it first, or give example_args, or annotate the parameters",
            )
    return inner


def _inner_options(options: Options) -> Options:
    """Return the options of a text that is read again to make one with these."""
    return replace(options, backend="numpy", cache=False, reassociate=False, read_again=True)


def _in_turns(program: Program, why: UnbatchedError) -> Program:
    """Return a Jacobian that takes one seed after the other through the function."""
    fn, given = program.source
    options = program.options
    plain = replace(_inner_options(options), mode=TURNS[options.mode])
    specs = given if isinstance(given, dict) else specs_for(fn, given)
    inner = run(fn, None, plain, specs=specs)
    made = load(inner.text, inner.name, {**inner.function.captures, **inner.rules})
    found = {n: inner.function.result["specs"][n] for n, _ in inner.function.params}
    again = replace(options, mode="second", has_aux=False, equal=taken_as_equal(inner.function))
    product = read_function(made, found, again)
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
    value = replace(options, mode="value", has_aux=False, equal=taken_as_equal(inner.function))
    function = read_function(made, found, value)
    new = Program(function, value, program.name, (made, found), inner, whole=program.whole)
    new.title = options.mode if options.mode in NESTED else ""
    new.asked, new.in_turns = options, why
    return new


def _plain_name(fn: Any) -> str:
    name = getattr(innermost(fn), "__name__", "loss")
    if name == "__call__":
        name = type(fn).__name__.lower()
    return name if name.isidentifier() else "loss"


def parameters(fn: Any) -> list[str]:
    """Return the names of a function's parameters."""
    return list(inspect.signature(fn).parameters)
