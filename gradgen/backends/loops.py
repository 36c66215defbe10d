"""Functions of loops for what Numba does not have, or has slowly: written for a rank and axes.

Each entry of ``LOOPS`` takes an operation and returns the function's name, its text, and the
operation's inputs that it takes; None where it has nothing for this form of the operation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradgen.ir.nodes import Op, Value

Found = tuple[str, str, list[Value]] | None
INDICES = "ijklmn"
MOST = len(INDICES)  # axes that loops are written for
UNEQUAL = "operands could not be broadcast together"
EMPTY = "zero-size array to reduction operation {} which has no identity"


def nested(indices: list[str], array: str, body: list[str], depth: int = 1) -> list[str]:
    """Return the lines of loops over axes of an array; ``i@2`` runs over axis 2."""
    lines = []
    for name in indices:
        letter, _, axis = name.partition("@")
        lines.append(f"{'    ' * depth}for {letter} in range({array}.shape[{axis}]):")
        depth += 1
    return lines + [f"{'    ' * depth}{line}" for line in body]


def text_of(params: str, doc: str, lines: list[str]) -> str:
    """Return a function as text."""
    return "\n".join([f"def f({params}):", f'    """{doc}"""', *lines])


def axes_of(op: Op) -> tuple[int, ...] | None:
    """Return the axes of a reduction as numbers from 0 on, None where they are not known."""
    rank, axis = op.inputs[0].type.rank, op.attrs.get("axis")
    if op.inputs[0].type.kind != "array" or not rank or rank > MOST:
        return None
    if axis is None:
        return tuple(range(rank))
    given = axis if isinstance(axis, tuple) else (axis,)
    if not all(isinstance(k, int) and -rank <= k < rank for k in given):
        return None
    return tuple(sorted(k % rank for k in given))


# --- reductions ---------------------------------------------------------------------------

# How a reduction begins, what it does with an entry ``x``, and in which dtype it is kept.
STEPS: dict[str, tuple[str, list[str]]] = {
    "sum": ("0", ["{y} += {x}"]),
    "mean": ("0", ["{y} += {x}"]),
    "prod": ("1", ["{y} *= {x}"]),
    "any": ("False", ["{y} = {y} or {x} != 0"]),
    "all": ("True", ["{y} = {y} and {x} != 0"]),
    "count_nonzero": ("0", ["{y} += {x} != 0"]),
    "max": ("", ["if {x} > {y} or {x} != {x}:", "    {y} = {x}"]),
    "min": ("", ["if {x} < {y} or {x} != {x}:", "    {y} = {x}"]),
}


def reduction(op: Op) -> Found:
    """Reduce over axes: into one number where they are the last ones, else row by row."""
    axes, keep = axes_of(op), bool(op.attrs.get("keepdims", False))
    prim = "max" if op.prim == "cancelling_max" else op.prim
    a, out = op.inputs[0].type, op.out.type
    known = {"axis", "keepdims"}
    if axes is None or not a.dtype or not out.dtype or not set(op.attrs) <= known:
        return None
    rank = a.rank or 0
    if (len(axes) == rank and not keep) or "complex" in out.dtype or len(op.inputs) > 1:
        return None
    kept = [k for k in range(rank) if k not in axes]
    shape = [("1" if k in axes else f"a.shape[{k}]") for k in range(rank) if keep or k in kept]
    place = [("0" if k in axes else INDICES[k]) for k in range(rank) if keep or k in kept]
    lines = _guarded(prim, axes)
    wide = "float64" if out.dtype == "float32" else out.dtype
    dtype = "np.bool_" if wide == "bool" else f"np.{wide}"
    lines.append(f"    y = np.empty(({', '.join(shape)},), {dtype})")
    if axes == tuple(range(rank))[-len(axes) :]:
        lines += _into_number(prim, kept, axes, place, dtype)
    else:
        lines += _into_rows(prim, kept, axes, place)
    back = f".astype(np.{out.dtype})" if wide != out.dtype else ""
    lines.append(f"    return y{back}")
    over = "_".join(map(str, axes))
    doc = f"Return ``np.{prim}`` over axis {', '.join(map(str, axes))}."
    return f"_{prim}_{over}{'_kept' if keep else ''}", text_of("a", doc, lines), [op.inputs[0]]


def _guarded(prim: str, axes: tuple[int, ...]) -> list[str]:
    if prim not in ("max", "min"):
        return []
    test = " or ".join(f"a.shape[{k}] == 0" for k in axes)
    what = EMPTY.format({"max": "maximum", "min": "minimum"}[prim])
    return [f"    if {test}:", f"        raise ValueError({what!r})"]


def _entry(axes: tuple[int, ...], rank: int, first: bool) -> str:
    places = ["0" if first and k in axes else INDICES[k] for k in range(rank)]
    return f"a[{', '.join(places)}]"


def _step(prim: str, y: str, x: str) -> list[str]:
    return [line.format(y=y, x=x) for line in STEPS[prim][1]]


def _count(axes: tuple[int, ...]) -> str:
    return " * ".join(f"a.shape[{k}]" for k in axes)


def _into_number(
    prim: str, kept: list[int], axes: tuple[int, ...], place: list[str], dtype: str
) -> list[str]:
    """Return the loops that keep one result in a variable."""
    rank = len(kept) + len(axes)
    depth = 1 + len(kept)
    start = STEPS[prim][0]
    first = f"{dtype}({start})" if start else _entry(axes, rank, True)
    x = _entry(axes, rank, False)
    inner = nested([f"{INDICES[k]}@{k}" for k in axes], "a", _step(prim, "total", x), depth)
    mean = f" / ({_count(axes)})" if prim == "mean" else ""
    pad = "    " * depth
    body = [f"{pad}total = {first}", *inner, f"{pad}y[{', '.join(place)}] = total{mean}"]
    return [*nested([f"{INDICES[k]}@{k}" for k in kept], "a", []), *body]


def _into_rows(prim: str, kept: list[int], axes: tuple[int, ...], place: list[str]) -> list[str]:
    """Return the loops that go over the array as it lies, and reduce into the result."""
    rank = len(kept) + len(axes)
    y, start = f"y[{', '.join(place)}]", STEPS[prim][0]
    if start:
        lines = [f"    y[:] = {start}"]
    else:
        first = [f"{y} = {_entry(axes, rank, True)}"]
        lines = nested([f"{INDICES[k]}@{k}" for k in kept], "a", first)
    every = [f"{INDICES[k]}@{k}" for k in range(rank)]
    lines += nested(every, "a", _step(prim, y, _entry(axes, rank, False)))
    return [*lines, *([f"    y /= {_count(axes)}"] if prim == "mean" else [])]


# --- what meets in sums -------------------------------------------------------------------


def unbroadcast(op: Op) -> Found:
    """Sum over the axes along which an operand was broadcast."""
    g, x = (v.type for v in op.inputs)
    if g.kind != "array" or x.kind != "array" or not g.rank or not x.rank:
        return None
    if g.rank < x.rank or g.rank > MOST:
        return None
    shift = g.rank - x.rank
    short = [f"{INDICES[k + shift]} * wide_{k}" for k in range(x.rank)]
    lines = [f"    wide_{k} = x.shape[{k}] != 1" for k in range(x.rank)]
    lines.append(f"    y = np.zeros(x.shape, np.{g.dtype or 'float64'})")
    entry = f"g[{', '.join(INDICES[: g.rank])}]"
    every = [f"{INDICES[k]}@{k}" for k in range(g.rank)]
    lines += nested(every, "g", [f"y[{', '.join(short)}] += {entry}"])
    doc = "Sum ``g`` over the axes along which ``x`` was broadcast."
    return (
        f"_unbroadcast_{g.rank}_{x.rank}",
        text_of("g, x", doc, [*lines, "    return y"]),
        [*op.inputs],
    )


def einsum(op: Op) -> Found:
    """Sum products over letters: a loop for each letter, those of the result outside."""
    spec = op.attrs.get("spec", "")
    left, _, out = spec.partition("->")
    terms = left.split(",")
    if not spec or not op.out.type.dtype or len(terms) > MOST:
        return None
    if any(v.type.kind != "array" or not v.type.rank for v in op.inputs):
        return None
    names = "abcdef"[: len(terms)]
    where = {c: (n, k) for n, t in zip(names, terms, strict=True) for k, c in enumerate(t)}
    lengths = {c: {(v.type.shape or ())[k] for t, v in zip(terms, op.inputs, strict=True)
                   for k, d in enumerate(t) if d == c} for c in where}  # fmt: skip
    if any(len(found) > 1 and 1 in found for found in lengths.values()) or len(where) > 10:
        return None
    return _einsum_text(op, terms, out, names, where)


def _einsum_text(
    op: Op, terms: list[str], out: str, names: str, where: dict[str, tuple[str, int]]
) -> Found:
    letters = {c: f"i_{c}" for c in where}
    shown = [f"{n}[{', '.join(letters[c] for c in t)}]" for n, t in zip(names, terms, strict=True)]
    inner = [c for c in where if c not in out]
    lines = []
    for n, t in zip(names, terms, strict=True):
        tests = [f"{n}.shape[{k}] != {where[c][0]}.shape[{where[c][1]}]" for k, c in enumerate(t)
                 if where[c] != (n, k)]  # fmt: skip
        if tests:
            lines += [f"    if {' or '.join(tests)}:", f"        raise ValueError({UNEQUAL!r})"]
    dtype = op.out.type.dtype

    def over(cs: Any, depth: int, body: list[str]) -> list[str]:
        for c in cs:
            n, k = where[c]
            lines.append(f"{'    ' * depth}for {letters[c]} in range({n}.shape[{k}]):")
            depth += 1
        lines.extend(f"{'    ' * depth}{line}" for line in body)
        return lines

    product = " * ".join(shown)
    if not out:
        lines.append(f"    total = np.{dtype}(0)")
        over(inner, 1, [f"total += {product}"])
        lines.append("    return total")
    else:
        shape = ", ".join(f"{where[c][0]}.shape[{where[c][1]}]" for c in out)
        lines.append(f"    y = np.zeros(({shape},), np.{dtype})")
        place = ", ".join(letters[c] for c in out)
        # The last letter of the result runs innermost, where the entries lie side by side.
        over([*out[:-1], *inner, out[-1]], 1, [f"y[{place}] += {product}"])
        lines.append("    return y")
    doc = f"Return ``np.einsum({op.attrs.get('text', op.attrs['spec'])!r}, ...)``."
    name = f"_einsum_{'_'.join(terms)}_to_{out}" if op.attrs["spec"].isascii() else "_einsum"
    return name, text_of(", ".join(names), doc, lines), [*op.inputs]


def stacked_products(op: Op) -> Found:
    """Multiply the matrices of stacks, one pair after the other."""
    a, b = (v.type for v in op.inputs)
    if a.rank is None or b.rank is None or a.dtype != b.dtype or "float" not in a.dtype:
        return None
    if max(a.rank, b.rank) < 3 or min(a.rank, b.rank) < 2:
        return None
    rank = max(a.rank, b.rank)
    batch = rank - 2
    lead = [(t.rank or 0) - 2 for t in (a, b)]
    if {a.rank, b.rank} != {rank} and min(lead) > 0:
        return None
    if lead[0] == lead[1] and (a.shape or ())[:batch] != (b.shape or ())[:batch]:
        return None
    at = [", ".join(INDICES[:batch]) if n else ":" for n in lead]
    wide = "a" if lead[0] == batch else "b"
    shape = ", ".join(f"{wide}.shape[{k}]" for k in range(batch))
    body = [
        f"y[{', '.join(INDICES[:batch])}] = "
        f"np.ascontiguousarray(a[{at[0]}]) @ np.ascontiguousarray(b[{at[1]}])"
    ]
    lines = [
        f"    y = np.empty(({shape}, a.shape[{lead[0]}], b.shape[{lead[1] + 1}]), np.{a.dtype})"
    ]
    lines += nested([f"{INDICES[k]}@{k}" for k in range(batch)], wide, body)
    doc = "Return ``a @ b``, matrix by matrix."
    return (
        f"_matmul_{a.rank}_{b.rank}",
        text_of("a, b", doc, [*lines, "    return y"]),
        [*op.inputs],
    )


LOOPS: dict[str, Callable[[Op], Found]] = {
    **dict.fromkeys((*STEPS, "cancelling_max"), reduction),
    "unbroadcast": unbroadcast,
    "einsum": einsum,
    "matmul": stacked_products,
}
