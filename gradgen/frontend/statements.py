"""Statements to the graph: one handler per kind of syntax node, listed in ``HANDLERS``."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable
from typing import Any

from gradgen.frontend import lists, recursive_names, row_kinds, stores, swaps, unbound, unread
from gradgen.frontend.arguments import any_items
from gradgen.frontend.attributes import attribute, set_attribute
from gradgen.frontend.branches import condition, distribute, on_each
from gradgen.frontend.callables import decorated
from gradgen.frontend.chosen_iterables import differ_in_length, without_none
from gradgen.frontend.evaluate import as_value, evaluate
from gradgen.frontend.flow import split
from gradgen.frontend.iterables import require_stepwise
from gradgen.frontend.jumps import (
    KINDS,
    Act,
    Again,
    Branch,
    Cases,
    Check,
    Entry,
    Instead,
    Jump,
    Step,
    Sure,
    Throw,
    Unless,
)
from gradgen.frontend.nonlocals import attributes_set_on
from gradgen.frontend.objects import is_plainly_held
from gradgen.frontend.operands import is_added_up
from gradgen.frontend.operators import binary
from gradgen.frontend.pointers import is_list_row
from gradgen.frontend.points import Point, jump
from gradgen.frontend.reader import Reader
from gradgen.frontend.records import expanded
from gradgen.frontend.sameness import interchangeable
from gradgen.frontend.signals import Certain, Raised
from gradgen.frontend.taken_for_numbers import require_number
from gradgen.frontend.targets import assign_to, delete
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import Box, Choice, LocalFunction, Map, Record, Ref, Seq, Static
from gradgen.ir.nodes import Value
from gradgen.later import later


def step(r: Reader, s: Step, rest: Point) -> Point | None:
    """Read one step; return the place to go on from (None: the block has ended)."""
    r.book.read_statement(r.b.span)
    try:
        with r.awaiting():
            return _step(r, s, rest)
    except Certain as found:
        from gradgen.frontend.raising import certain

        return certain(r, found, rest)
    except Raised:
        from gradgen.frontend.raising import ended

        return ended(r, rest)


def _step(r: Reader, s: Step, rest: Point) -> Point | None:
    if isinstance(s, Act):
        s.run(r)
        return rest
    if isinstance(s, Jump):
        return jump(r, rest, s.kind, s.flag)
    if isinstance(s, Throw):
        return jump(r, rest, s.kind)
    if isinstance(s, Branch):
        return split(r, s.node, s.test, s.then, s.other, rest)
    if isinstance(s, Unless):
        return split(r, s.test, condition(r, s.test), (), [Jump(s.kind, None)], rest)
    if isinstance(s, Again):
        from gradgen.frontend.turns import again

        return again(r, s, rest)
    if isinstance(s, Cases):
        from gradgen.frontend.patterns import read_cases

        return read_cases(r, s, rest)
    handler = HANDLERS.get(type(s)) or MADE.get(type(s))
    if handler is None:
        r.refuse(s, f"{_construct(s)} is not supported", _way_out(s))
    r.b.span, r.frame.statement, r.frame.statement_block = r.span(s), s, r.b.block
    return handler(r, s, rest)


def _construct(node: ast.stmt) -> str:
    names = {
        "TryStar": "except*", "AsyncFunctionDef": "async", "AsyncFor": "async",
        "AsyncWith": "async", "Global": "global",
    }  # fmt: skip
    return names.get(type(node).__name__, type(node).__name__)


def _way_out(node: ast.stmt) -> str:
    if isinstance(node, ast.Global):
        return "return the value instead of writing a global"
    return "compute this outside the differentiated function"


def _assign(r: Reader, s: ast.Assign, rest: Point) -> Point:
    if swaps.is_swap(s) and swaps.swapped(r, s):
        return rest
    since = len(r.b.block.ops)
    value = evaluate(r, s.value)
    if len(s.targets) > 1:
        require_stepwise([value])
        r.await_part(Seq([value], tuple))  # the others wait for it while it is stored
    elif unread.is_unread(r, s.targets[0]):
        unread.keep_what_raises(r, s, value, since)
    for target in s.targets:
        assign_to(r, target, value)
    return rest


def _ann_assign(r: Reader, s: ast.AnnAssign, rest: Point) -> Point:
    if s.value is not None:
        assign_to(r, s.target, evaluate(r, s.value))
    return rest


def _aug_assign(r: Reader, s: ast.AugAssign, rest: Point) -> Point:
    if isinstance(s.target, ast.Subscript):
        stores.augmented(r, s, s.target)
        return rest
    owner: Any = None
    if isinstance(s.target, ast.Attribute):
        owner = evaluate(r, s.target.value)
        old = attribute(r, owner, s.target.attr, s.target)
    else:
        old = r.lookup(s.target.id, s.target)
    since = stores.versions_of(r, old) if isinstance(s.target, ast.Attribute) else None
    value = evaluate(r, s.value)
    stores.require_same_item(r, s, old, since)
    replaced = _is_replaced(r, owner, s.target, old)
    new = updated(r, s, old, value, replaced)
    if isinstance(s.target, ast.Attribute):
        if new is old and not replaced and is_plainly_held(r, owner, s.target.attr):
            return rest
        set_attribute(r, owner, s.target.attr, new, s.target)
    elif new is not old or replaced:
        r.bind(s.target.id, new)
    return rest


def _is_replaced(r: Reader, owner: Any, target: ast.expr, old: Any) -> bool:
    """Whether what was added has given a name or an attribute to something else meanwhile."""
    if not isinstance(old, Ref | Box | Choice):
        return False
    if isinstance(target, ast.Name):
        return not interchangeable(r.lookup(target.id, target), old)
    if not isinstance(owner, Record) or not isinstance(target, ast.Attribute):
        return False
    return not interchangeable(r.settled(owner.fields.get(target.attr, old)), old)


def updated(r: Reader, s: ast.AugAssign, old: Any, value: Any, replaced: bool = False) -> Any:
    """Perform ``old op= value``: return a new value, or ``old`` itself where it is written to.

    ``replaced``: something else has taken its place since it was read.
    """
    if isinstance(old, Choice):
        return _chosen_updated(r, s, old, value)
    if isinstance(s.op, ast.Add) and is_added_up(r, s, old, value):
        return binary(r, s, old, value)
    if isinstance(s.op, ast.Add) and _are_lists_of_lengths(r, old, value):
        return _extended(r, s, old, value)
    if is_list_row(old):
        held = expanded(r, old, s)
        if updated(r, s, held, expanded(r, r.settled(value), s)) is not held:
            r.refuse(s, "in place of a list, an operator but + and *", "use a method of lists")
        return old
    if isinstance(old, Seq) and old.kind is list and isinstance(s.op, ast.Add | ast.Mult):
        made = binary(r, s, old, value)
        if lists.is_list(r, made):
            r.fill(old, made.storage)
            return old
        items = made.items if isinstance(made, Seq) else sequence_items(r, value, s)
        r.fill(old, items if isinstance(made, Seq) else [*old.items, *items])
        return old
    if isinstance(s.op, ast.BitOr) and isinstance(box := expanded(r, old, s), Map):
        from gradgen.frontend.collection_calls import dict_of

        r.fill(box, unbound.merged(r, any_items(r, s, box), dict_of(r, s, [value], {}).items))
        return old
    if isinstance(s.op, ast.Add | ast.Mult) and row_kinds.kind_of(r, s, old) is tuple:
        return binary(r, s, old, value)
    if isinstance(s.op, ast.Add) and lists.is_list(r, old):
        lists.extend(r, s, old, value)
        return old
    if isinstance(s.op, ast.Mult) and lists.is_list(r, old):
        lists.resize(r, old, r.read(binary(r, s, old, value)))
        return old
    if isinstance(old, Ref) and r.read(old).type.kind == "array":
        _in_place(r, s, old, as_value(r, value, s))
        return old
    shared = isinstance(old, Ref) and (replaced or _aliased(r, old))
    if shared and r.read(old).type.kind == "any":
        r.require_alone(old.storage)  # asks for a choice where paths have met, first
        require_number(r, r.read(old), ast.unparse(s.target), r.span(s))
    if isinstance(old, Value) and old.type.is_scalar and r.holders(old) > 1:
        r.book.updated[old] = (r.span(s), ast.unparse(s.target))
    return binary(r, s, old, value)


def _chosen_updated(r: Reader, s: ast.AugAssign, old: Choice, value: Any) -> Any:
    """Perform ``old op= value`` on what the path chose, which stays it where it is written to."""
    stays: list[bool] = []

    def update(option: Any) -> Any:
        new = updated(r, s, option, value)
        stays.append(new is option)
        return new

    made = distribute(r, s, old, update)
    return old if all(stays) else made


def _are_lists_of_lengths(r: Reader, old: Any, value: Any) -> bool:
    """Whether a list gets the items of lists of which the path decides how long each is."""
    is_one = (isinstance(old, Seq) and old.kind is list) or lists.is_list(r, old)
    return is_one and differ_in_length(r, r.settled(value))


def _extended(r: Reader, s: ast.AugAssign, old: Any, value: Any) -> Any:
    """Add the items of the list that the path chose, on each path."""

    def extend(option: Any) -> Static:
        updated(r, s, r.settled(old), option)
        return Static(None)

    on_each(r, s, without_none(r, value, s), extend)
    return old


def _aliased(r: Reader, ref: Ref) -> bool:
    if any(r.visible(other) for other in r.reach(ref.storage)[1:]):
        return True
    return r.holders(ref.storage) > 1


def _in_place(r: Reader, s: ast.AugAssign, old: Ref, value: Value) -> None:
    where = stores.whole(old)
    asked = stores.is_asked_whether_it_fits(r, old, where, value)
    if isinstance(s.op, ast.Add | ast.Sub) and asked:
        sign = "+" if isinstance(s.op, ast.Add) else "-"
        stores.write(r, s, old, where, value, "inc", sign=sign)
        return
    new = as_value(r, binary(r, s, old, value), s)
    stores.write(r, s, old, where, new, "store", augmented=asked)


def _expression(r: Reader, s: ast.Expr, rest: Point) -> Point:
    since = len(r.b.block.ops)
    value = evaluate(r, s.value)
    if isinstance(value, Value | Ref):
        unread.keep_what_raises(r, s, value, since)
    return rest


def _pass(r: Reader, s: ast.stmt, rest: Point) -> Point:
    return rest


def _jump(r: Reader, s: ast.stmt, rest: Point) -> Point:
    return jump(r, rest, KINDS[type(s)])


def _return(r: Reader, s: ast.Return, rest: Point) -> Point:
    value = Static(None) if s.value is None else evaluate(r, s.value)
    r.bind(r.frame.exits.result, value)
    return jump(r, rest, "return")


def _function(r: Reader, s: ast.FunctionDef, rest: Point) -> Point:
    defaults = [evaluate(r, d) for d in s.args.defaults]
    kw_defaults = [None if d is None else evaluate(r, d) for d in s.args.kw_defaults]
    held = attributes_set_on(r.frame, s.name)
    function = LocalFunction(s, r.frame, defaults, kw_defaults, held=held)
    recursive_names.name_defaults(r, function)
    r.bind(s.name, decorated(r, s.decorator_list, function))
    return rest


def _delete(r: Reader, s: ast.Delete, rest: Point) -> Point:
    for target in s.targets:
        delete(r, target)
    return rest


def _module(r: Reader, s: ast.stmt, name: str, package: str | None = None) -> Any:
    try:
        return importlib.import_module(name, package)
    except ImportError as error:
        r.fail(s, error)


def _import(r: Reader, s: ast.Import, rest: Point) -> Point:
    for alias in s.names:
        module = _module(r, s, alias.name)
        top = module if alias.asname else sys.modules[alias.name.partition(".")[0]]
        r.frame.names[alias.asname or alias.name.partition(".")[0]] = Static(top)
    return rest


def _require_part(r: Reader, s: ast.stmt, module: Any, name: str) -> None:
    """Import a module inside another one, or raise as Python does where there is none."""
    try:
        importlib.import_module(f"{module.__name__}.{name}")
    except ImportError:
        r.fail(s, ImportError(f"cannot import name {name!r} from {module.__name__!r}"))


def _import_from(r: Reader, s: ast.ImportFrom, rest: Point) -> Point:
    package = r.frame.globals.get("__package__")
    module = _module(r, s, "." * s.level + (s.module or ""), package)
    for alias in s.names:
        if not hasattr(module, alias.name):
            _require_part(r, s, module, alias.name)
        found = attribute(r, Static(module), alias.name, s)
        r.frame.names[alias.asname or alias.name] = found
    return rest


HANDLERS: dict[type[ast.stmt], Callable[[Reader, Any, Point], Point | None]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _ann_assign,
    ast.AugAssign: _aug_assign,
    ast.Expr: _expression,
    ast.Pass: _pass,
    ast.Nonlocal: _pass,
    ast.Break: _jump,
    ast.Continue: _jump,
    ast.FunctionDef: _function,
    ast.ClassDef: later("frontend.local_classes", "class_statement"),
    ast.Delete: _delete,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Assert: later("frontend.raising", "assert_statement"),
    ast.Raise: later("frontend.raising", "raise_statement"),
    ast.Return: _return,
    ast.If: later("frontend.compound", "if_statement"),
    ast.For: later("frontend.compound", "for_statement"),
    ast.While: later("frontend.compound", "while_statement"),
    ast.With: later("frontend.contexts", "with_statement"),
    ast.Try: later("frontend.trying", "try_statement"),
    ast.Match: later("frontend.patterns", "match_statement"),
}
# Statements that no program has, but that stand for parts of it while it is read.
MADE: dict[type[ast.stmt], Callable[[Reader, Any, Point], Point | None]] = {
    Entry: later("frontend.raising_calls", "enter"),
    Instead: later("frontend.raising_calls", "instead"),
    Check: later("frontend.checks", "check"),
    Sure: later("frontend.checks", "sure"),
}
