"""Tests of what arguments hold that is no number: texts, None, members of enums, functions.

What is generated has been decided by them, wherever in the arguments they stand, so it tests that
they are what they were.  What prints nothing that a text could be compared with, such as a logger,
is not tested.
"""

from __future__ import annotations

import ast
import enum
import functools
from collections.abc import Iterator
from typing import Any

from gradgen.emission import pieces
from gradgen.emission.hidden import parameter
from gradgen.frontend.arguments import Back, Container, LongList, Opaque
from gradgen.frontend.classes import has_attributes
from gradgen.frontend.pointers import Row, Same
from gradgen.ir.types import Type

FEW = 3  # comparisons of one argument that stand side by side; more are one of two tuples
LINE = 8  # items of a list that stand in a line; more words are one text that is split
LITERALS = (str, bytes, bool, int, float, complex)
PRINTED = ("datetime", "decimal", "fractions")  # whose objects print all that they are
LONGEST = 40  # characters of an option in a header
PLAIN = (list, tuple, dict)
UNKNOWN = object()
ROW = ast.Name("row", ast.Load())


def fixed_tests(name: str, spec: Any) -> list[ast.expr]:
    """Test what a parameter holds that is no number and has decided what was generated."""
    tests = list(_tests(parameter(name), spec))
    compared = [t for t in tests if isinstance(t, ast.Compare) and isinstance(t.ops[0], ast.NotEq)]
    if len(compared) <= FEW:
        return tests
    found = ast.Tuple([t.left for t in compared], ast.Load())
    wanted = ast.Tuple([t.comparators[0] for t in compared], ast.Load())
    others = [t for t in tests if t not in compared]
    return [ast.Compare(found, [ast.NotEq()], [wanted]), *others]


def _tests(place: ast.expr, spec: Any) -> Iterator[ast.expr]:
    if isinstance(spec, Opaque) and not isinstance(spec, Back):
        yield from _tests_of(place, spec.obj)
    elif isinstance(spec, LongList):
        yield from _tests_of_rows(place, spec.type)
    elif isinstance(spec, Container):
        whole, kind = _whole(spec), "attr" if has_attributes(spec.kind) else "item"
        if spec.kind in PLAIN and not spec.items:
            count = pieces.call("len", [place])
            yield ast.Compare(count, [ast.NotEq()], [ast.Constant(0)])
        elif whole is not UNKNOWN and spec.items:
            yield _differs(place, whole)
        elif _are_rows(spec):
            yield from _tests_of_columns(place, spec.items)
        else:
            for key, item in zip(spec.keys, spec.items, strict=True):
                if is_spelled(key):
                    yield from _tests(pieces.access(place, ((kind, key),)), item)


def _tests_of_rows(rows: ast.expr, t: Type) -> Iterator[ast.expr]:
    """Test that all rows of a list hold what they have in common."""
    of = t.item.of if t.item is not None else None
    for path, same in _in_common(of.kind, ()) if of is not None else ():
        for test in _tests_of(pieces.access(ROW, path), same.obj):
            yield pieces.call("any", [ast.GeneratorExp(test, [_over(rows)])])


def _in_common(row: Row, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Same]]:
    for key, item in zip(row.keys, row.items, strict=True):
        way = (*path, row.step(key))
        if isinstance(item, Row):
            yield from _in_common(item, way)
        elif isinstance(item, Same):
            yield way, item


def _are_rows(spec: Container) -> bool:
    """Whether a list or tuple holds rows of one kind, with the same keys."""
    first = spec.items[0] if len(spec.items) > FEW and spec.kind in (list, tuple) else None
    return isinstance(first, Container) and all(
        isinstance(row, Container) and (row.kind, row.keys) == (first.kind, first.keys)
        for row in spec.items
    )


def _tests_of_columns(rows: ast.expr, specs: tuple[Container, ...]) -> Iterator[ast.expr]:
    """Test what rows hold, a column at once where it is of texts."""
    kind = "attr" if has_attributes(specs[0].kind) else "item"
    for k, key in enumerate(specs[0].keys):
        column = _whole(Container(list, (), tuple(row.items[k] for row in specs)))
        if column is not UNKNOWN:
            found = ast.ListComp(pieces.access(ROW, ((kind, key),)), [_over(rows)])
            yield _differs(found, column)
            continue
        for place, row in enumerate(specs):
            yield from _tests(pieces.access(rows, (("item", place), (kind, key))), row.items[k])


def _over(rows: ast.expr) -> ast.comprehension:
    return ast.comprehension(ast.Name(ROW.id, ast.Store()), rows, [], 0)


def _whole(spec: Any) -> Any:
    """Return what a list, tuple or dict of texts is, at any depth; ``UNKNOWN`` for others."""
    if isinstance(spec, Opaque) and type(spec.obj) in LITERALS:
        return spec.obj
    if not isinstance(spec, Container) or spec.kind not in PLAIN or spec.ordered or spec.open:
        return UNKNOWN
    items = [_whole(item) for item in spec.items]
    if any(item is UNKNOWN for item in items):
        return UNKNOWN
    if spec.kind is not dict:
        return spec.kind(items)
    plain = all(type(key) in LITERALS for key in spec.keys)
    return dict(zip(spec.keys, items, strict=True)) if plain else UNKNOWN


def _tests_of(place: ast.expr, known: Any) -> Iterator[ast.expr]:
    """Test that something is what it was: by what it is, else by the name that tells it."""
    if known is None or known is Ellipsis:
        yield ast.Compare(place, [ast.IsNot()], [ast.Constant(known)])
    elif type(known) in LITERALS or isinstance(known, set | frozenset | slice):
        yield from _differs_if_spelled(place, known)
    elif type(known).__module__ in PRINTED:
        yield _differs(pieces.call("str", [place]), str(known))
    elif isinstance(known, functools.partial):
        yield from _tests_of(_asked(place, "func", place), known.func)
        for name, given in (("args", known.args), ("keywords", known.keywords)):
            if is_spelled(given):
                yield _differs(_asked(place, name, spelled(given)), given)
    else:
        name = "name" if isinstance(known, enum.Enum) else "__name__"
        if isinstance(getattr(known, name, None), str):
            yield _differs(_asked(place, name, place), told_name(known))


def told_name(known: Any) -> str:
    """Return the name that tells an option; a text takes it in the option's place, too."""
    if type(known).__module__ in PRINTED:
        return str(known)
    if isinstance(known, functools.partial):
        return told_name(known.func)
    name = known.name if isinstance(known, enum.Enum) else getattr(known, "__name__", None)
    return name if isinstance(name, str) else type(known).__name__


def named(known: Any) -> str:
    """Return how a header spells something that is no number, which decided what was generated."""
    if known is None or type(known).__module__ in PRINTED or type(known) in LITERALS:
        return repr(known)[:LONGEST]
    if isinstance(known, set | frozenset | slice) and is_spelled(known):
        return ast.unparse(spelled(known))[:LONGEST]
    if isinstance(known, enum.Enum):
        return f"{type(known).__name__}.{known.name}"
    return told_name(known)


def _differs_if_spelled(place: ast.expr, known: Any) -> Iterator[ast.expr]:
    """Test what can be written as a literal; nothing else."""
    if is_spelled(known):
        yield _differs(place, known)


def is_spelled(known: Any) -> bool:
    """Whether something can be written as a literal."""
    if isinstance(known, dict):
        return all(map(is_spelled, [*known, *known.values()]))
    if isinstance(known, slice):
        return all(map(is_spelled, (known.start, known.stop, known.step)))
    if isinstance(known, tuple | list | set | frozenset):
        return all(map(is_spelled, known))
    return known is None or type(known) in LITERALS


def _differs(place: ast.expr, known: Any) -> ast.expr:
    return ast.Compare(place, [ast.NotEq()], [spelled(known)])


def _asked(place: ast.expr, name: str, otherwise: ast.expr) -> ast.expr:
    """Ask for an attribute that what is given may not have."""
    return pieces.call("getattr", [place, ast.Constant(name), otherwise])


def spelled(known: Any) -> ast.expr:
    """Return the literal of a text, a number, or of a container of these."""
    if isinstance(known, dict):
        return ast.Dict([*map(spelled, known)], [*map(spelled, known.values())])
    if isinstance(known, slice):
        return pieces.call("slice", [*map(spelled, (known.start, known.stop, known.step))])
    if isinstance(known, set | frozenset):
        items = [spelled(item) for item in sorted(known, key=repr)]
        return ast.Set(items) if items else pieces.call("set", [])
    if isinstance(known, list) and len(known) > LINE and all(map(_is_word, known)):
        return ast.Call(ast.Attribute(ast.Constant(" ".join(known)), "split", ast.Load()), [], [])
    if isinstance(known, tuple | list):
        kind = ast.Tuple if isinstance(known, tuple) else ast.List
        return kind([spelled(item) for item in known], ast.Load())
    return pieces.literal(known)


def _is_word(known: Any) -> bool:
    return isinstance(known, str) and known.split() == [known]
