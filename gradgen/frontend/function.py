"""Reads one function into a graph: its parameters, its body, and what it returns."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Callable, Sequence
from typing import Any

from gradgen.errors import ArgumentError, GradgenError, UnsupportedError, further
from gradgen.frontend import class_attributes, list_rows, outside, pointers, pools
from gradgen.frontend.arguments import (
    Container,
    Opaque,
    Refine,
    enter,
    fallback_name,
    refined,
    spec_of,
    spec_of_annotation,
)
from gradgen.frontend.book import MOST_STATEMENTS, Book
from gradgen.frontend.calls import call_value
from gradgen.frontend.captures import OwnCode
from gradgen.frontend.celled import Celled
from gradgen.frontend.entries import Entries
from gradgen.frontend.equal_lengths import keep_learnt, taken, watched
from gradgen.frontend.inlining import run_body
from gradgen.frontend.outside import keep_unwritten
from gradgen.frontend.pinning import pinned, with_entries
from gradgen.frontend.pools import Kinds
from gradgen.frontend.precise import Precise
from gradgen.frontend.reader import Reader
from gradgen.frontend.recursion import Activation, closure_of, decide
from gradgen.frontend.recursion import call as recursive_call
from gradgen.frontend.recursive_states import Recursive
from gradgen.frontend.returned import returned
from gradgen.frontend.selection import STARS, Selected, parameter_positions, select, signature_of
from gradgen.frontend.signals import (
    Alike,
    Retry,
    Stepwise,
    Tabled,
    Turnwise,
    Unpacked,
)
from gradgen.frontend.source import FunctionNode, Source, innermost, source_of
from gradgen.frontend.values import Box, Frame, Static
from gradgen.ir.nodes import Block, Function, Leaf
from gradgen.ir.verify import out_of_scope
from gradgen.options import bound
from gradgen.passes.bare import bare_numbers
from gradgen.rules.complexes import is_complex
from gradgen.syntax import every_node, names_in

Learnt = Recursive | Stepwise | Turnwise | Tabled | Unpacked | Alike | Celled

ENTANGLED = "objects that hold each other in ways that depend on the path"
SIDE_BY_SIDE = "keep what they hold in lists side by side, and places in these for objects"
UNSETTLED = "what the function's names share does not settle"
COPIED = "copy arrays with .copy() before writing to them"


def pinned_specs(fn: Any, args: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the specs of arguments for their lengths and whole numbers, then for entries too."""
    values = dict(bound(signature_of(fn), _spelled_name(fn), args, {}).arguments)
    exact = {n: pinned(spec_of(v, n), v) for n, v in values.items()}
    fuller = with_entries(exact, values)
    return [exact] if fuller == exact else [exact, fuller]


def fits(function: Function, fn: Any, args: Sequence[Any]) -> bool:
    """Whether arguments are as long as was taken for granted where a function was read."""
    needed = taken(function)
    given = any(needed) and bound(signature_of(fn), _spelled_name(fn), args, {}).arguments
    return not given or needed.fits(given)


def read_once(
    fn: Any,
    given: Any,
    options: Any,
    effort: int = 0,
    kinds: Kinds | None = None,
    pooled: set[type] | None = None,
    apart: int = 0,
    follows: bool = False,
    whiles: set[int] | None = None,
    tables: bool = False,
    kept_lists: set[int] | None = None,
    words: bool = False,
    most: int = MOST_STATEMENTS,
    lists: dict[Any, Any] | None = None,
    whole: frozenset[type] = frozenset(),
    dict_rows: int = 0,
    uneven: bool = False,
) -> Function:
    """Read a function; ``kinds`` takes the classes of its objects, ``whiles`` its loops.

    ``pooled``: those whose objects are rows of lists, but for ``whole`` ones; ``apart``: how tuples
    of floats and whole numbers are, too.
    ``follows``: whether what follows from arrays of integers is known.
    ``tables``: whether dicts may be lists of keys and of items; ``dict_rows``: whether those with
    texts for keys are rows of lists where they are made, in loops or everywhere; ``uneven``: lists
    of numbers beside lists are.
    ``most``: statements that may be read with some effort; ``words``: whether texts that the path
    decides are values of the graph.
    ``kept_lists`` takes the long lists from outside that stay lists, None: they do not.
    """
    fn, receiver = _unbound(fn)
    source = source_of(innermost(fn))
    signature = signature_of(fn)
    specs = _specs(fn, signature, source, given, receiver)
    if receiver is not None:
        specs[next(iter(signature.parameters))] = Opaque(receiver)
    book = Book(effort=effort, pooled=pooled, whole=whole, apart=apart, follows=follows)
    book.learns_lengths = not options.batch
    book.kinds, book.compiled = kinds or Kinds(), options.backend == "numba"
    book.equal = None if options.equal is None or options.batch else dict(options.equal[1:])
    book.whiles, book.tables = set() if whiles is None else whiles, tables
    book.words, book.dict_rows, book.uneven = words, dict_rows, uneven
    book.most = most
    if lists is not None:
        book.list_rows = lists
    if kept_lists is not None:
        book.keeps_lists, book.kept_lists = True, kept_lists

    def read(precise: Precise, written_out: frozenset[int]) -> Function:
        places = precise, written_out
        return _read(fn, source, signature, specs, options, receiver, places, book)

    return _settled(read, book, specs, source)


def _settled(
    read: Callable[[Precise, frozenset[int]], Function],
    book: Book,
    specs: dict[str, Any],
    source: Source,
) -> Function:
    """Read a function again for what each reading has found out, until there is nothing new."""
    precise = Precise(text=source.node if source.generated else None)
    written_out = frozenset[int]()
    refused: UnsupportedError | None = None  # with sets of what is known
    for _ in range(200):
        book.begin()
        try:
            return read(precise, written_out)
        except (Recursive, Stepwise, Turnwise, Tabled, Unpacked, Alike, Celled) as found:
            _note(book, found)
        except Retry as found:
            precise.add(found.places)
            written_out |= {key[-1] for key in found.loops}
        except UnsupportedError as error:
            error.read = book.statements
            if keep_learnt(book):
                continue
            if precise.guesses:
                precise = precise.asked()
                continue
            if book.has_open_squeeze and not book.squeezes_surely:
                book.squeezes_surely, refused = True, error
                continue
            if not book.has_sets or book.computed_sets:
                raise further(refused, error) if refused else error from None
            book.computed_sets, refused = True, error
        except GradgenError as error:
            error.read = book.statements
            raise
        except Refine as found:
            name, path = found.path
            specs[name] = refined(specs[name], path, found.how)
        except RecursionError:
            raise UnsupportedError(ENTANGLED, source.span(source.node), SIDE_BY_SIDE) from None
    raise UnsupportedError(UNSETTLED, source.span(source.node), COPIED)


def _note(book: Book, found: Learnt) -> None:
    """Keep what a reading has found out for those that follow."""
    if isinstance(found, Recursive):
        book.recursive[id(found.definition)] = found.definition
        book.growing |= {id(found.definition): found.grows} if found.grows else {}
    elif isinstance(found, Stepwise):
        book.stepwise.add(found.made)
    elif isinstance(found, Turnwise):
        book.turnwise |= {found.key, found.key[1]}
    elif isinstance(found, Tabled):
        book.tabled.add(found.made)
    elif isinstance(found, Alike):
        keep_learnt(book)
    elif isinstance(found, Celled):
        book.celled[id(found.cells.definition)] = found.cells
    else:
        book.lengths[found.symbol] = found.count
        book.unpacked.add(id(found.node))


def _unbound(fn: Any) -> tuple[Any, Any]:
    """Return the function of a method, and what it is bound to; None for other functions."""
    return (fn.__func__, fn.__self__) if isinstance(fn, types.MethodType) else (fn, None)


def specs_for(fn: Any, given: Any) -> dict[str, Any]:
    """Return the specs of a function's parameters for arguments or annotations (None)."""
    fn, receiver = _unbound(fn)
    found = _specs(fn, signature_of(fn), source_of(innermost(fn)), given, receiver)
    return {n: s for k, (n, s) in enumerate(found.items()) if k or receiver is None}


def _specs(
    fn: Any, signature: inspect.Signature, source: Any, given: Any, receiver: Any
) -> dict[str, Any]:
    if isinstance(given, dict):
        return dict(given)
    if given is not None:
        if not isinstance(given, tuple | list):
            raise ArgumentError(
                f"a {type(given).__name__} stands for the example arguments",
                hint="give a tuple of them: (first,)",
            )
        values = (receiver, *given) if receiver is not None else given
        found = bound(signature, _spelled_name(fn), values, {})
        return {n: spec_of(v, n) for n, v in found.arguments.items()}
    hints = dict(getattr(fn, "__annotations__", {}))
    specs = {}
    for name, p in signature.parameters.items():
        if p.kind in STARS:
            raise UnsupportedError(
                f"how many arguments {p} stands for is not known",
                source.span(source.node),
                "call the gradient first, or give example arguments",
            )
        fixed = p.default is not p.empty and not isinstance(p.default, float | int)
        specs[name] = spec_of(p.default, name) if fixed else spec_of_annotation(hints.get(name))
    return specs


def _entered(
    r: Reader,
    fn: Any,
    source: Any,
    signature: inspect.Signature,
    specs: dict[str, Any],
    active: Any,
) -> list[Leaf]:
    """Give the parameters their values; return what these are made of."""
    leaves: list[Leaf] = []
    for name, parameter in signature.parameters.items():
        value, inner = enter(r, name, specs[name], [s.path for s in active if s.name == name])
        leaves += inner
        if isinstance(value, Box) and isinstance(parameter.default, list | dict):
            # Python keeps such a default from call to call; a write to it would be lost.
            value.outside = name
        if name in getattr(fn, "__gradgen_held__", ()):
            keep_unwritten(value, name)
        r.frame.names[name] = pools.adopted(r, source.node, value)
    r.book.of_known_types = all(leaf.value.type.kind != "any" for leaf in leaves)
    return leaves


def _read(
    fn: Any,
    source: Any,
    signature: inspect.Signature,
    specs: dict[str, Any],
    options: Any,
    receiver: Any,
    places: tuple[Precise, frozenset[int]],
    book: Book,
) -> Function:
    block = Block()
    r = Reader(block)
    (r.precise, r.written_out), r.book = places, book
    r.expansions = book.expansions
    r.entries = Entries() if book.follows else None
    r.frame = Frame(source, {}, innermost(fn).__globals__, owner=r)
    if isinstance(fn, types.FunctionType):
        r.frame.cells = dict(zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=True))
    r.b.span = source.span(source.node)
    _note_function(r, fn, receiver)
    specs = watched(r, specs)
    parameters = list(signature.parameters.values())
    visible = parameters[1:] if receiver is not None else parameters
    active = select(options, visible, specs, parameter_positions(fn))
    pools.begin(r)
    class_attributes.begin(r, source.node)
    leaves = _entered(r, fn, source, signature, specs, active)
    _check_active(r, active, leaves, specs)
    result = _result(r, fn, source, signature)
    if book.meetings is not None and book.meetings.learnt:
        raise Alike
    class_attributes.end(r)
    _check_scopes(r, block)
    _check_updates(book, block)
    _name(leaves)
    params = [(name, specs[name]) for name in signature.parameters]
    shown = params if receiver is None else params[1:]
    function = Function(_spelled_name(fn), shown, leaves, block, source.span(source.node))
    function.signature = signature.replace(parameters=visible)
    function.captures = r.arrays
    function.names_read = frozenset(names_in([source.node]))
    function.notes = list(dict.fromkeys(r.notes))
    function.asked = tuple(r.asked)
    function.filled = frozenset(r.given[k] for k in r.given_writes)
    last = _last_return(source.node)
    function.result = {"reader": r, "active": active, "specs": specs, "place": r.span(last)}
    known = options.equal[0] if options.equal else [p.name for p in visible]
    function.result |= {
        "equal": book.equal,
        "measured": tuple(known),
        "returned": source.span(last),
    }
    function.result |= returned(r, last, result, options, function)
    block.results = [value for value, _ in function.result["seeds"]]
    if book.pooled is not None or book.has_rows or book.words or book.list_rows:
        callees = [c.function for c in book.callees()]
        for body in (block, *(c.body for c in callees)):
            list_rows.require_kept(body)
        pointers.forget(function, callees)
    return function


def _note_function(r: Reader, fn: Any, receiver: Any) -> None:
    """Note the function itself, and what it is a method of: they may be replaced where they are."""
    own = innermost(fn)
    if outside.is_own(own.__globals__):
        return
    r.captures.append(OwnCode(own, "__code__", own.__code__, own.__name__))
    if own.__defaults__ or own.__kwdefaults__:
        for key in ("__defaults__", "__kwdefaults__"):
            r.remember(own, key, getattr(own, key))
    if receiver is not None or not isinstance(fn, types.FunctionType):
        outside.note_methods(r, type(fn if receiver is None else receiver))


def _name(leaves: list[Leaf]) -> None:
    """Give names to what containers hold and the function has none for."""
    for leaf in leaves:
        if leaf.path and not leaf.value.name:
            leaf.value.name, leaf.value.user = fallback_name(leaf), True


def _result(r: Reader, fn: Any, source: Any, signature: inspect.Signature) -> Any:
    """Read the body; of a callable that is no function, the call of it."""
    if isinstance(fn, types.FunctionType):
        if id(source.node) in r.book.recursive:
            return recursive_call(r, source.node, source.node, r.frame, dict(r.frame.names))
        decide(r, source.node, source.node, r.frame, r.frame.names)
        closure = closure_of(r.frame)
        r.activations.append(Activation(source.node, dict(r.frame.names), r.b.depth, closure))
        return run_body(r, source.node)
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for name, p in signature.parameters.items():
        value = r.frame.names[name]
        if p.kind is p.VAR_POSITIONAL:
            args += value.items
        elif p.kind is p.VAR_KEYWORD:
            kwargs |= value.items
        elif p.kind is p.KEYWORD_ONLY:
            kwargs[name] = value
        else:
            args.append(value)
    return call_value(r, source.node, Static(fn), args, kwargs)


def _check_scopes(r: Reader, block: Block) -> None:
    """Refuse values that a function carries out of the loop or branch that made it."""
    op = out_of_scope(block)
    if op is not None:
        raise UnsupportedError(
            "a function made inside a loop or branch reads values from there after its end",
            op.span,
            "make it after the loop or branch, or pass it the values as arguments",
        )


def _check_updates(book: Book, block: Block) -> None:
    """Refuse ``x += y`` where that writes into an array without axes that another name holds."""
    blocks = [block, *(c.function.body for c in book.callees())] if book.updated else []
    bare = {v for b in blocks for v in bare_numbers(b)}
    for span, name in (place for v, place in book.updated.items() if v in bare):
        what = f"an update in place of {name!r}, an array without axes that another name holds"
        raise UnsupportedError(what, span, f"assign to {name!r} what is computed from it")


def _last_return(node: FunctionNode) -> ast.AST:
    """Return the expression that the function ends with."""
    found = [s for s in every_node(node) if isinstance(s, ast.Return) and s.value is not None]
    last = max(found, key=lambda s: (s.lineno, s.col_offset), default=None)
    if last is None:
        return node.body if isinstance(node, ast.Lambda) else node
    assert last.value is not None
    return last.value


def _spelled_name(fn: Any) -> str:
    """Return the name as the command line takes it: dotted for methods."""
    return str(innermost(fn).__qualname__.rsplit("<locals>.", 1)[-1])


def _check_active(
    r: Reader, active: list[Selected], leaves: list[Leaf], specs: dict[str, Any]
) -> None:
    """Refuse to differentiate by what has no number in it."""
    for s in active:
        mine = [leaf for leaf in leaves if leaf.param == s.name]
        if any(leaf.active and leaf.path[: len(s.path)] == s.path for leaf in mine):
            continue
        spec = specs[s.name]
        if any(is_complex(leaf.value) for leaf in mine):
            what = "is complex, which has no derivative here"
            hint = "pass the real and imaginary parts as two arguments"
            raise ArgumentError(f"{str(s)!r} {what}", r.b.span, hint)
        if s.path:
            spec = spec.items[spec.keys.index(s.key)]
        what = _what(spec)
        raise ArgumentError(
            f"{str(s)!r} is differentiated, but {what}",
            r.b.span,
            "pass floats or float arrays, or choose other arguments with argnums",
        )


def _what(spec: Any) -> str:
    if isinstance(spec, Container):
        return f"it is a {spec.kind.__name__} without a float in it"
    return f"it is {spec.obj!r:.60}"
