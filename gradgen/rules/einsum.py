"""Sums of products over named axes: ``einsum``, and what is spelled with its letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import Length, Type, broadcast_length, may_be_one
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, as_arrays, of_shape

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op


def terms(spec: str) -> tuple[list[str], str]:
    """Return the letters of the operands, and those of the result."""
    left, _, out = spec.partition("->")
    return left.split(","), out


def explicit(spec: str, ranks: list[int]) -> str:
    """Return a specification with a letter for each axis, and the result's letters.

    Raises
    ------
    ValueError
        As NumPy does, where it does not fit the operands.
    """
    spec = spec.replace(" ", "")
    left, arrow, out = spec.partition("->")
    inputs = left.split(",")
    if len(inputs) != len(ranks):
        raise ValueError("more operands or fewer than the subscripts of einsum name")
    free = [c for c in LETTERS if c not in spec]
    counts = [r - len(t.replace("...", "")) for t, r in zip(inputs, ranks, strict=True)]
    if any(n < 0 or (n and "..." not in t) for t, n in zip(inputs, counts, strict=True)):
        raise ValueError("einsum subscripts do not have as many letters as the operand has axes")
    most = max((n for t, n in zip(inputs, counts, strict=True) if "..." in t), default=0)
    dots = "".join(free[:most])
    full = [
        t.replace("...", dots[most - n :]) for t, n in zip(inputs, counts, strict=True)
    ]  # the ellipsis broadcasts: letters are counted from the last
    letters = "".join(inputs).replace("...", "")
    if not arrow:
        out = dots + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    return f"{','.join(full)}->{out.replace('...', dots)}"


def lengths_of(spec: str, inputs: list[Value]) -> dict[str, Length]:
    """Return the length that each letter stands for."""
    found: dict[str, Length] = {}
    for letters, v in zip(terms(spec)[0], inputs, strict=True):
        for c, d in zip(letters, v.type.shape or (), strict=True):
            found[c] = broadcast_length(found[c], d) if c in found else d
    return found


def einsum_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the lengths of the result's letters."""
    dtype = as_arrays(v.type for v in inputs)
    found = lengths_of(attrs["spec"], inputs)
    return of_shape(dtype, tuple(found[c] for c in terms(attrs["spec"])[1]))


def einsum_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Take the einsum of ``g`` and the other operands to the letters of this one."""
    letters, out = terms(op.attrs["spec"])
    mine, a = letters[i], op.inputs[i]
    others = [(letters[k], v) for k, v in enumerate(op.inputs) if k != i]
    operands = [(out, g), *others]
    known = lengths_of(op.attrs["spec"], op.inputs)
    # An axis of length 1 that was broadcast gets the sum over what it met.
    stretched = {c for c, d in zip(mine, a.type.shape or (), strict=True) if d == 1 != known[c]}
    wanted, operands = _apart(alg, mine, a, operands)
    present = set("".join(t for t, _ in operands)) - stretched
    target = "".join(c for c in wanted if c in present)
    options = {k: v for k, v in op.attrs.items() if k == "optimize"}
    share = contract(alg, operands, target, **options)
    exact = _may_be_stretched(letters, op.inputs, i)
    for k, c in enumerate(wanted):
        if c not in present:
            share = alg.emit("expand_dims", share, axis=k)
            share = (
                alg.emit("repeat", share, alg.emit("dim", a, axis=k), axis=k) if exact else share
            )
    return alg.emit("unbroadcast", share, a) if exact else share


def _may_be_stretched(letters: list[str], inputs: list[Value], i: int) -> bool:
    """Whether an operand has an axis that is stretched if its length, not known, should be 1."""
    pairs = zip(letters, inputs, strict=True)
    shapes = [dict(zip(t, v.type.shape or (), strict=True)) for t, v in pairs]
    others = [shape for k, shape in enumerate(shapes) if k != i]
    return any(
        not isinstance(d, int) and may_be_one(d) and any(o.get(c, d) != d for o in others)
        for c, d in shapes[i].items()
    )


def _apart(
    alg: Algebra, letters: str, a: Value, operands: list[tuple[str, Value]]
) -> tuple[str, list[tuple[str, Value]]]:
    """Give repeated letters of an operand, a diagonal, names of their own, tied by the identity."""
    used = set("".join(t for t, _ in operands)) | set(letters)
    out, more = "", list(operands)
    for k, c in enumerate(letters):
        if c in out:
            new = next(x for x in LETTERS if x not in used)
            used.add(new)
            more.append((c + new, alg.emit("eye", alg.emit("dim", a, axis=k))))
            c = new
        out += c
    return out, more


def contract(
    alg: Algebra, operands: list[tuple[str, Value]], target: str, **options: object
) -> Value:
    """Return the sum of products over the letters that are not in the target."""
    if len(operands) == 1 and operands[0][0] == target:
        return operands[0][1]
    spec = f"{','.join(t for t, _ in operands)}->{target}"
    values = [v for _, v in operands]
    return alg.emit(einsum_name(spec), *values, spec=spec, text=spec, **options)


def einsum_name(spec: str) -> str:
    """Return the operation: NumPy gives a view where one operand's letters are all kept."""
    letters, out = terms(spec)
    return "einsum_view" if len(letters) == 1 and set(letters[0]) == set(out) else "einsum"


def kron_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the product of the lengths along each axis."""
    a, b = (v.type for v in inputs)
    dtype = as_arrays([a, b])
    if a.shape is None or b.shape is None:
        return Type("any", dtype, None)
    rank = max(len(a.shape), len(b.shape))
    one, two = ((1,) * (rank - len(s)) + s for s in (a.shape, b.shape))
    dims = [_times(x, y) for x, y in zip(one, two, strict=True)]
    return of_shape(dtype, tuple(dims))


def _times(x: Length, y: Length) -> Length:
    from gradgen.ir.types import fresh_dim

    if isinstance(x, int) and isinstance(y, int):
        return x * y
    return y if x == 1 else x if y == 1 else fresh_dim()


def kron_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Take ``g`` apart into blocks, and sum them with the other operand's entries."""
    ranks = [v.type.rank for v in op.inputs]
    if ranks[0] is None or ranks[1] is None:
        return alg.refuse(op, "np.kron of arrays of unknown rank", "give example arguments")
    rank = max(ranks[0], ranks[1])
    one, two = LETTERS[:rank], LETTERS[26 : 26 + rank]
    dims: list[Value] = []
    for k in range(rank):
        for v, r in zip(op.inputs, ranks, strict=True):
            at = k - (rank - (r or 0))
            dims.append(alg.emit("dim", v, axis=at) if at >= 0 else Const(1))
    blocks = alg.emit("reshape", g, *dims) if rank else g
    other, r = op.inputs[1 - i], ranks[1 - i] or 0
    theirs, mine = ((two, one), (one, two))[i]
    share = contract(
        alg,
        [("".join(map("".join, zip(one, two, strict=True))), blocks), (theirs[rank - r :], other)],
        mine,
    )
    return alg.reshape_like(share, op.inputs[i]) if ranks[i] != rank else share


def tensordot_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the axes that are left of the first operand, then those of the second."""
    a, b = (v.type for v in inputs)
    dtype = as_arrays([a, b])
    if a.shape is None or b.shape is None:
        return Type("any", dtype, None)
    one, two = contracted(attrs.get("axes", 2), len(a.shape), len(b.shape))
    left = [d for k, d in enumerate(a.shape) if k not in one]
    return of_shape(dtype, (*left, *(d for k, d in enumerate(b.shape) if k not in two)))


def contracted(axes: Any, n: int, m: int) -> tuple[list[int], list[int]]:
    """Return the axes of both operands that are summed over, counted from 0."""
    if isinstance(axes, int):
        return list(range(n - axes, n)), list(range(axes))
    first, second = (x if isinstance(x, tuple | list) else (x,) for x in axes)
    return [k % n for k in first], [k % m for k in second]


def contraction_terms(op: Op) -> tuple[list[str], str] | None:
    """Return the letters of the factors' axes, and of the result's, of a sum of products.

    None of an operation that is none, or of unknown rank.
    """
    if op.prim == "einsum":
        return terms(op.attrs["spec"])
    if op.prim not in ("tensordot", "linalg.tensordot", "inner", "vdot"):
        return None
    n, m = (v.type.rank for v in op.inputs)
    if not n or not m or (op.prim == "vdot" and n != m):
        return None
    one, two = [n - 1], [m - 1]
    if op.prim == "vdot":
        one = two = list(range(n))
    elif op.prim != "inner":
        one, two = contracted(op.attrs.get("axes", 2), n, m)
    first, second = LETTERS[:n], list(LETTERS[26 : 26 + m])
    for i, j in zip(one, two, strict=True):
        second[j] = first[i]
    kept = [k for k in first if k not in second] + [k for k in second if k not in first]
    return [first, "".join(second)], "".join(kept)


def tensordot_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Take the tensordot of ``g`` and the other operand over what that one has left."""
    n, m = (v.type.rank for v in op.inputs)
    if n is None or m is None:
        return alg.refuse(op, "np.tensordot of arrays of unknown rank", "give example arguments")
    return contraction_vjp(alg, op, g, i, contracted(op.attrs.get("axes", 2), n, m))


def contraction_vjp(
    alg: Algebra, op: Op, g: Value, i: int, over: tuple[list[int], list[int]]
) -> Value:
    """Return the share of an operand in a contraction over pairs of axes."""
    n, m = (v.type.rank or 0 for v in op.inputs)
    free = [k for k in range(n) if k not in over[0]], [k for k in range(m) if k not in over[1]]
    first = len(free[0])
    of_g = tuple(range(first, first + len(free[1]))) if i == 0 else tuple(range(first))
    other = op.inputs[1 - i]
    share = _pairing(alg, g, other, of_g, tuple(free[1 - i]))
    # What is left: the free axes of this operand, then those that the other one was summed over.
    pairs = dict(zip(over[1 - i], over[i], strict=True))
    order = [*free[i], *(pairs[k] for k in sorted(pairs))]
    back = tuple(order.index(k) for k in range(len(order)))
    if back == tuple(range(len(back))):
        return share
    return alg.transposed(share) if back == (1, 0) else alg.emit("transpose", share, axes=back)


def _pairing(
    alg: Algebra, g: Value, other: Value, of_g: tuple[int, ...], of_other: tuple[int, ...]
) -> Value:
    if not g.type.shape and not of_g:
        return alg.mul(g, other)
    return alg.emit("tensordot", g, other, axes=(of_g, of_other) if of_g else 0)


def multi_dot_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the first length of the first array and the last one of the last."""
    dtype = as_arrays(v.type for v in inputs)
    shapes = [v.type.shape for v in inputs]
    if any(s is None for s in shapes):
        return Type("any", dtype, None)
    first, last = shapes[0] or (), shapes[-1] or ()
    return of_shape(dtype, (*first[:-1], *last[1:]))


def multi_dot_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Multiply ``g`` by what stands before and behind, transposed."""
    if any(v.type.rank is None for v in op.inputs):
        alg.refuse(op, "np.linalg.multi_dot of arrays of unknown rank", "give example arguments")
    letters = [_chain(k, v.type.rank or 0, len(op.inputs)) for k, v in enumerate(op.inputs)]
    out = letters[0][:-1] + letters[-1][1:]
    others = [(t, v) for k, (t, v) in enumerate(zip(letters, op.inputs, strict=True)) if k != i]
    return contract(alg, [(out, g), *others], letters[i], optimize=True)


def _chain(k: int, rank: int, count: int) -> str:
    """Return the letters of the k-th factor of a chain of matrices, which vectors may end."""
    letters = LETTERS[k : k + 2]
    if rank == 2:
        return letters
    return letters[1] if k == 0 else letters[0]


# A table: an entry is read along its lines.
# fmt: off
rule("einsum", einsum_type, form="special", vjp=einsum_vjp, narrow=False, tangent="multilinear",
     of_complex="analytic", samples=(
    "np.einsum('ij,jk->ik', x23, x32)", "np.einsum('ij,jk', x23, x32)", "np.einsum('ii->i', x44)",
    "np.einsum('ii', x44)", "np.einsum('ij->', x23)", "np.einsum('ij->ji', x23)",
    "np.einsum('i,i', x3, y3)", "np.einsum('i,j->ij', x3, y4)", "np.einsum(' i j -> j ', x23)",
    "np.einsum('...j,j->...', x234, x4)", "np.einsum('...ij,...jk', m233, x32)",
    "np.einsum('bij,bjk,k->bi', m233, m233, x3, optimize=True)",
    "np.einsum(x23, [0, 1], x32, [1, 2], [0, 2])", "np.einsum('iij->j', x44[:, :, None] * y3)",
    "np.einsum('ij,ij->i', x23, x13)", "np.einsum('ij,ij->ij', x31, y31)",
    "np.einsum('ij,ij->i', x23, x44[::4, :3])", "np.einsum('ij,j->', x44[:, ::2], x4[:2])",
    "np.einsum('i,->i', x3, y)",
    "np.einsum('ij,jk,ki->', x23, x32, m33[:2, :2])"))
rule("einsum_view", einsum_type, form="special", vjp=einsum_vjp, tangent="multilinear", cost=0,
     of_complex="analytic", alias="view")
rule("tensordot", tensordot_type, callables=["np.tensordot"], params="a, b, axes=2",
     vjp=tensordot_vjp, tangent="multilinear", of_complex="analytic", samples=(
    "np.tensordot(x234, x44[None] * np.ones((3, 1, 1)), axes=([1, 2], [0, 1]))",
    "np.tensordot(x23, x32, axes=1)", "np.tensordot(x23, y23)", "np.tensordot(x3, y4, axes=0)",
    "np.tensordot(x23, x234, axes=([0, 1], [0, 1]))", "np.tensordot(x23, x234, axes=(0, 0))",
    "np.tensordot(x234, x32, axes=([0, 1], [1, 0]))", "np.tensordot(x234, x4, ((-1,), (0,)))"))
rule("linalg.tensordot", tensordot_type, callables=["np.linalg.tensordot"],
     params="x1, x2, /, *, axes=2",
     vjp=tensordot_vjp, tangent="multilinear", of_complex="analytic",
     samples=("np.linalg.tensordot(x23, x32, axes=1)",))
rule("kron", kron_type, callables=["np.kron"], params="a, b", vjp=kron_vjp, tangent="multilinear",
     of_complex="analytic", samples=("np.kron(x3, y4)", "np.kron(x23, x32)", "np.kron(x3, x23)",
                                     "np.kron(x23, y3)", "np.kron(x, x3)", "np.kron(x234, x31)"))
rule("multi_dot", multi_dot_type, callables=["np.linalg.multi_dot"], form="sequence",
     params="arrays", vjp=multi_dot_vjp, tangent="multilinear", of_complex="analytic",
     samples=("np.linalg.multi_dot([x23, m33, x32])", "np.linalg.multi_dot((x3, m33, y3))",
              "np.linalg.multi_dot([x3, m33, x32, y23])", "np.linalg.multi_dot([x23, y3])"))
