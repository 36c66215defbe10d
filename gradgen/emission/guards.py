"""The line at the top of a generated function that checks what its text relies on."""

from __future__ import annotations

import ast
import itertools
from typing import Any

from gradgen.emission import pieces
from gradgen.emission.fixed import fixed_tests
from gradgen.emission.header import as_rows, made_for
from gradgen.emission.hidden import parameter
from gradgen.emission.pieces import access
from gradgen.emission.structure import structure_tests
from gradgen.frontend.arguments import Container
from gradgen.frontend.classes import has_attributes
from gradgen.frontend.equal_lengths import Place, taken
from gradgen.frontend.long_enough import Source
from gradgen.ir.nodes import Function, Op, Value, walk
from gradgen.ir.types import Dim, Type
from gradgen.rules.broadcasts import broadcast_symbols

MOST_SHAPES = 20  # that are added up to look for a length in all of them


def guards(function: Function, name: str, names: dict[Value, str]) -> list[ast.stmt]:
    """Return the check of options, of ranks, and of lengths 1 where they decide broadcasting."""
    leaves = [op for op in function.body.ops if op.prim == "leaf"]
    arrays = [op for op in leaves if op.out.type.kind == "array" and "classes" not in op.attrs]
    stretched = _decided(function)
    own = [(p, spec) for p, spec in function.params if p not in function.directions]
    tests = [test for p, spec in own for test in fixed_tests(p, spec)]
    tests += [_array_test(p) for p, spec in function.params if _is_guessed(spec)]
    tests += [test for p, spec in function.params for test in _whole_tests(p, (), spec)]
    unread = _unread(function, names)
    ranked = [*((names[op.out], op.out.type) for op in arrays), *unread]
    tests += [_rank_test(ranked)] if ranked else []
    tests += _length_tests([*(_as_taken(op, names) for op in arrays), *unread], stretched)
    tests += _alike_tests(function, names)
    tests += [_number_test(names[op.out]) for op in leaves if op.out.type.kind == "any"]
    tests += [_number_test(p) for p in _asked_only(function, leaves)]
    tests += structure_tests(function, names)
    if not tests:
        return []
    test = tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), tests)
    message = ast.Constant(f"{name} is made for {made_for(function)}")
    error = ast.Call(ast.Name("TypeError", ast.Load()), [message], [])
    return [ast.If(test, [ast.Raise(error, None)], [])]


def _unread(function: Function, names: dict[Value, str]) -> list[tuple[str, Type]]:
    """Return the arrays of known lengths, for which the source may ask, that no line reads."""
    return [
        (leaf.param, leaf.value.type)
        for leaf in function.leaves
        if leaf.value not in names
        and not leaf.path
        and leaf.param in function.names_read
        and leaf.param not in function.directions
        and leaf.value.type.is_array
        and any(isinstance(d, int) for d in leaf.value.type.shape or ())
    ]


def _as_taken(op: Op, names: dict[Value, str]) -> tuple[str, Type]:
    """Return the name and type of an argument; a length that its unpacking tests is open."""
    return names[op.out], op.attrs.get("open", op.out.type)


def _is_guessed(spec: Any) -> bool:
    """Whether an argument was taken for a tuple because it is unpacked, its types unknown."""
    return (
        isinstance(spec, Container)
        and spec.kind is tuple
        and any(isinstance(item, Type) and item.kind == "any" for item in spec.items)
    )


def _array_test(name: str) -> ast.expr:
    return pieces.call("isinstance", [parameter(name), pieces.dotted("np.ndarray")])


def _whole_tests(name: str, path: tuple[Any, ...], spec: Any) -> list[ast.expr]:
    """Test the whole numbers, alone or in arrays, that decided what was generated."""
    if isinstance(spec, Container):
        kind = "attr" if has_attributes(spec.kind) else "item"
        pairs = zip(spec.keys, spec.items, strict=True)
        return [t for key, s in pairs for t in _whole_tests(name, (*path, (kind, key)), s)]
    if isinstance(spec, Type) and spec.entries is not None:
        return [_entries_test(access(parameter(name), path), spec.entries)]
    if not isinstance(spec, Type) or not spec.is_scalar or not isinstance(spec.value, int):
        return []
    known = ast.Constant(bool(spec.value) if spec.kind == "bool" else spec.value)
    return [ast.Compare(access(parameter(name), path), [ast.NotEq()], [known])]


def _entries_test(array: ast.expr, entries: tuple[Any, ...]) -> ast.expr:
    """Test that an array holds what decided what was generated."""
    wanted = ast.parse(as_rows(entries), mode="eval").body
    return ast.UnaryOp(ast.Not(), pieces.call("np.array_equal", [array, wanted]))


def _rank_test(arrays: list[tuple[str, Type]]) -> ast.expr:
    """Compare all ranks at once."""
    ranks = [pieces.call("np.ndim", [ast.Name(name, ast.Load())]) for name, _ in arrays]
    wanted = [ast.Constant(t.rank) for _, t in arrays]
    if len(arrays) == 1:
        return ast.Compare(ranks[0], [ast.NotEq()], [wanted[0]])
    pair = [ast.Tuple(list(items), ast.Load()) for items in (ranks, wanted)]
    return ast.Compare(pair[0], [ast.NotEq()], [pair[1]])


def _asked_only(function: Function, leaves: list[Op]) -> list[str]:
    """Return the arguments of unknown type that the source reads, and the text does not.

    What they are has decided what was generated, as for ``if w is None``.
    """
    unknown = [p for p, spec in function.params if isinstance(spec, Type) and spec.kind == "any"]
    alive = {op.attrs.get("param") for op in leaves}
    return [p for p in unknown if p not in alive and p in function.names_read]


def _number_test(name: str) -> ast.expr:
    """Test that an argument is no number and no array, but None, a set or another container."""
    kinds = [ast.Name(k, ast.Load()) for k in ("complex", "float", "int")]
    arrays = [pieces.dotted(k) for k in ("np.generic", "np.ndarray")]
    args = [ast.Name(name, ast.Load()), ast.Tuple([*kinds, *arrays], ast.Load())]
    return ast.UnaryOp(ast.Not(), pieces.call("isinstance", args))


def _length_tests(arrays: list[tuple[str, Type]], decided: set[str]) -> list[ast.expr]:
    """Test that no length is 1, or that one is what it is, where the text depends on it."""
    known: list[ast.expr] = []
    others: list[ast.expr] = []
    for name, t in arrays:
        shape = _shape(name)
        exact = {k: d for k, d in enumerate(t.shape or ()) if isinstance(d, int)}
        if exact and len(exact) == len(t.shape or ()) and max(exact.values()) > 1:
            wanted = ast.Tuple([ast.Constant(d) for d in exact.values()], ast.Load())
            known.append(ast.Compare(shape, [ast.NotEq()], [wanted]))
            continue
        for k, d in exact.items():
            length = ast.Subscript(shape, ast.Constant(k), ast.Load())
            known.append(ast.Compare(length, [ast.NotEq()], [ast.Constant(d)]))
        # A cotangent may have lengths of which it is not known whether they are 1.
        sure = [d for d in t.shape or () if isinstance(d, Dim) and d.big and not d.offset]
        if not exact and any(d.name in decided for d in sure):
            others.append(shape)
    return [*known, _any_is_one(others)] if others else known


def _any_is_one(shapes: list[ast.expr]) -> ast.expr:
    """Test whether any of the lengths in some shapes is 1."""
    if len(shapes) > MOST_SHAPES:
        each = ast.Name("shape", ast.Store())
        inside = ast.Compare(ast.Constant(1), [ast.In()], [ast.Name("shape", ast.Load())])
        over = ast.comprehension(each, ast.Tuple(shapes, ast.Load()), [], 0)
        return pieces.call("any", [ast.GeneratorExp(inside, [over])])
    joined = shapes[0]
    for other in shapes[1:]:
        joined = ast.BinOp(joined, ast.Add(), other)
    return ast.Compare(ast.Constant(1), [ast.In()], [joined])


def _alike_tests(function: Function, names: dict[Value, str]) -> list[ast.expr]:
    """Test that axes of arguments are as long as was taken for granted."""
    read = {(f.param, f.path): f.value for f in function.leaves if f.value in names}
    needed = taken(function)
    groups = [[p for p in g if (p.name, p.path) in read] for g in needed.alike]
    found: dict[tuple[Value, Value], list[tuple[Place, Place]]] = {}
    for one, two in (pair for group in groups for pair in itertools.pairwise(group)):
        both = read[one.name, one.path], read[two.name, two.path]
        found.setdefault(both, []).append((one, two))
    tests: list[ast.expr] = []
    for (a, b), pairs in found.items():
        if len(pairs) > 1 and a.type.shape == b.type.shape and len(pairs) == a.type.rank:
            tests.append(ast.Compare(_shape(names[a]), [ast.NotEq()], [_shape(names[b])]))
        else:
            tests += [_alike_test((names[a], one), (names[b], two)) for one, two in pairs]

    def spell(s: Source) -> str:
        name = names[read[s.name, s.path]]
        return name if s.axis is None else ast.unparse(_length(name, s.axis))

    for demand in needed.long_enough:
        if all((s.name, s.path) in read for s in demand.sources()):
            tests.append(ast.parse(demand.spelled(spell, holds=False), mode="eval").body)
    return tests


def _alike_test(a: tuple[str, Place], b: tuple[str, Place]) -> ast.expr:
    longer, shorter = (b, a) if b[1].offset > a[1].offset else (a, b)
    more = longer[1].offset - shorter[1].offset
    one, two = (_length(name, p.axis) for name, p in (longer, shorter))
    wanted = ast.BinOp(two, ast.Add(), ast.Constant(more)) if more else two
    return ast.Compare(one, [ast.NotEq()], [wanted])


def _length(name: str, axis: int) -> ast.expr:
    if axis == 0:
        return pieces.call("len", [ast.Name(name, ast.Load())])
    return ast.Subscript(_shape(name), ast.Constant(axis), ast.Load())


def _shape(name: str) -> ast.expr:
    return ast.Attribute(ast.Name(name, ast.Load()), "shape", ast.Load())


def _decided(function: Function) -> set[str]:
    """Return the symbols of lengths that were taken as equal, or kept, because they are not 1."""
    out: set[str] = set()
    for op in walk(function.body):
        out |= broadcast_symbols(op)
        if op.prim == "squeeze" and "axis" not in op.attrs and op.out.type.rank is not None:
            out.update(d.name for d in op.inputs[0].type.shape or () if isinstance(d, Dim))
        out.update(op.attrs.get("decided", ()))
    return out
