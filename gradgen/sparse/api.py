"""``sparse_jacobian`` and ``sparse_hessian``: matrices of derivatives with few entries a row."""

from __future__ import annotations

import itertools
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from gradgen.api import Argnames, Argnums, Function, options_of
from gradgen.collector import uncollected
from gradgen.errors import ArgumentError, GradgenError, UnsupportedError
from gradgen.gradient import Gradient
from gradgen.interpret.arguments import is_inexact
from gradgen.options import Options
from gradgen.products import flatten, unflatten
from gradgen.seen import drawn_by, unseen
from gradgen.sparse.colouring import column_colours, row_colours, star_colours
from gradgen.sparse.nodes import Node, Recorder, entries, inputs_of


def sparse_jacobian(
    fn: Function | None = None,
    *,
    argnums: Argnums = None,
    argnames: Argnames = None,
    has_aux: bool = False,
    example_args: Any = None,
    pattern: Any = None,
    backend: str = "numpy",
) -> Any:
    """Return a function that computes a Jacobian as a sparse matrix.

    Which entries can be other than zero is found by running what decides indices and branches with
    sets of input entries in place of numbers; columns that share no row are then computed together
    (Curtis, Powell and Reid, 1974), or rows that share no column, in reverse, where that is less.

    Parameters
    ----------
    fn : function, optional
        A function that returns a number, an array, or a container of them.  Without it, a decorator
        is returned.
    argnums, argnames, has_aux, example_args
        As for `grad`.
    pattern : sparse matrix or array, optional
        The entries that can be other than zero, where they are known.  By default they are found
        anew at each call; ``made.pattern(*args)`` returns them.  With a pattern that is given,
        each call compares the matrix with one product more.
    backend : str, optional
        ``"numba"`` compiles the sweeps; what finds the entries is plain Python in any case.

    Returns
    -------
    SparseJacobian
        Its calls return a ``scipy.sparse.csr_array`` with a row for each entry of the value and a
        column for each entry of the differentiated arguments, both in order.  With ``has_aux``,
        ``(matrix, aux)``.

    Raises
    ------
    ArgumentError
        If the pattern has another shape than the Jacobian, or leaves entries out.
    """
    options = options_of("jvp", argnums, argnames, has_aux, backend=backend)
    return _decorated(SparseJacobian, options, fn, example_args, argnums is not None, pattern)


def sparse_hessian(
    fn: Function | None = None,
    *,
    argnums: Argnums = None,
    argnames: Argnames = None,
    has_aux: bool = False,
    example_args: Any = None,
    pattern: Any = None,
    backend: str = "numpy",
) -> Any:
    """Return a function that computes a Hessian as a sparse matrix.

    The entries are those of input entries that meet in a product or another function that is not
    linear; a star colouring says which columns are computed together, each by a Hessian-vector
    product (Coleman and More, 1984).  Parameters are those of `sparse_jacobian`.

    Returns
    -------
    SparseHessian
        Its calls return a symmetric ``scipy.sparse.csr_array`` with a row and a column for each
        entry of the differentiated arguments, in order.
    """
    options = options_of("hvp", argnums, argnames, has_aux, backend=backend)
    return _decorated(SparseHessian, options, fn, example_args, argnums is not None, pattern)


def _decorated(
    make: Any, options: Options, fn: Any, example: Any, counted: bool, pattern: Any
) -> Any:
    def decorate(f: Function) -> Any:
        return make(f, options, example, counted, pattern)

    return decorate if fn is None else decorate(fn)


class _Sparse(Gradient):
    """What both have in common: a given pattern, and arguments as one vector of entries."""

    sparse = calls_for_more = True
    order: str
    _swept_back = False  # whether products are with the transposed matrix

    def __init__(
        self, fn: Any, options: Options, example_args: Any, counted: bool, pattern: Any = None
    ) -> None:
        super().__init__(fn, options, example_args, counted)
        self._given = pattern
        self._colours: dict[str, tuple[Any, Any, np.ndarray]] = {}
        self._tracks, self._value = (
            Gradient(fn, replace(options, mode=mode, backend="numpy"), example_args, counted)
            for mode in (self.order, "value")
        )

    def made_again(self, fn: Any) -> tuple[Any, ...]:
        """Return the class and what it is made of, the given pattern too."""
        return type(self), (fn, self.options, self.example_args, False, self._given)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the matrix at these arguments."""
        call = self.complete(args, kwargs)
        self._value._receiver = self._receiver
        made = self._value.specialise(call[0])
        if made.seen:
            self._require_not_drawn(made.program.function)
            state = np.random.get_state(legacy=False)
            value = self._value.run(call, made)
            with unseen(state):
                found = self._compared(call)
        else:
            found = self._compared(call)
            value = self._value.run(call, made) if self.options.has_aux else None
        return (found, value[1]) if self.options.has_aux else found

    def _require_not_drawn(self, function: Any) -> None:
        """Refuse a function of which each product would be with other numbers."""
        drawn = drawn_by(function)
        if drawn is not None:
            raise UnsupportedError(
                "a sparse derivative of a function that draws numbers of np.random, "
                "which differ from product to product",
                drawn.span,
                "draw them outside, and pass them as an argument",
            )

    def _compared(self, call: Any) -> Any:
        """Return the matrix, compared with a product where its pattern was given."""
        found = self._matrix(call, self._pattern(call))
        if self._given is not None:
            self._compare(call, found)
        return found

    def _compare(self, call: Any, found: Any) -> None:
        """Refuse a pattern that was given, where the matrix is none: by one product more."""
        along, what = (found.T, "column") if self._swept_back else (found, "row")
        direction = 1.0 + np.arange(along.shape[1]) * 0.6180339887498949 % 1.0
        product = self._product(call, direction)
        size = abs(along) @ direction
        single = any(np.asarray(v).dtype == np.float32 for v in flatten(self._chosen(call)))
        far = abs(product - along @ direction) > (1e-3 if single else 1e-8) * (size + abs(product))
        if far.any():
            raise ArgumentError(
                f"the pattern leaves out entries of {what} {int(np.argmax(far))}",
                hint="give all entries that can be other than zero, or let them be found",
            )

    def pattern(self, *args: Any, **kwargs: Any) -> Any:
        """Return the entries that can be other than zero, as a ``csr_array`` of booleans."""
        return self._pattern(self.complete(args, kwargs))

    @property
    def pattern_source(self) -> str:
        """The generated function that finds the entries, for the types of the last call."""
        return self._tracks.source

    @uncollected
    def _pattern(self, call: Any) -> Any:
        from scipy import sparse

        if self._given is None:
            return self._found(call)
        try:
            given = sparse.csr_array(self._given, dtype=bool)
            _, columns = given.shape
        except (TypeError, ValueError):
            raise ArgumentError(
                f"the pattern is no matrix, but a {type(self._given).__name__}",
                hint="give a matrix, or what scipy.sparse.csr_array makes one of",
            ) from None
        leaves = flatten(list(self._chosen(call).values()))
        count = sum(int(np.size(leaf)) for leaf in leaves if is_inexact(leaf))
        if columns != count:
            raise ArgumentError(
                f"the pattern has {columns} columns, and the arguments {count} entries",
                hint="give a pattern with a column for each entry of the differentiated arguments",
            )
        return given

    def _coloured(self, pattern: Any, colouring: Callable[[Any], np.ndarray]) -> np.ndarray:
        """Return the colours of a pattern, those of the last call where it is the same."""
        known = self._colours.get(colouring.__name__)
        if known is None or not all(
            map(np.array_equal, known[:2], (pattern.indptr, pattern.indices))
        ):
            known = (pattern.indptr, pattern.indices, colouring(pattern))
            self._colours[colouring.__name__] = known
        return known[2]

    def _chosen(self, call: Any) -> dict[str, Any]:
        """Return the differentiated arguments by name."""
        self._value._receiver = self._receiver
        return self.chosen(call[0], self._value.specialise(call[0]))

    def _tracked(self, call: Any) -> tuple[Any, Recorder, int]:
        """Run the text that finds a pattern."""
        chosen = self._chosen(call)
        leaves = [leaf for leaf in flatten(list(chosen.values())) if is_inexact(leaf)]
        nodes, count = inputs_of(leaves)
        self._tracks._receiver = self._receiver
        made = self._tracks.specialise(call[0])
        recorder, plain = Recorder(), made.call
        found = _among(plain, recorder.functions())
        given = iter(nodes)
        moved = {
            f"t_{n}": unflatten(v, [next(given) if is_inexact(x) else None for x in flatten(v)])
            for n, v in chosen.items()
        }
        args = call[1][1:] if self._receiver is not None else call[1]
        return found(*args, **call[2], **moved), recorder, count

    def _products(self, call: Any, colours: np.ndarray) -> list[np.ndarray]:
        """Return the products with the sums of each colour's unit vectors."""
        count = int(colours.max(initial=-1)) + 1
        return [self._product(call, (colours == k).astype(float)) for k in range(count)]

    def _product(self, call: Any, direction: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def _tangents(self, call: Any, direction: np.ndarray) -> dict[str, Any]:
        """Return a vector of entries as tangents of the arguments."""
        start, out = 0, {}
        for name, value in self._chosen(call).items():
            leaves = []
            for leaf in flatten(value):
                size = int(np.size(leaf)) if is_inexact(leaf) else 0
                part = direction[start : start + size].reshape(np.shape(leaf)) if size else 0
                start += size
                leaves.append(_as_like(part, leaf))
            out[f"t_{name}"] = unflatten(value, leaves)
        return out

    def _found(self, call: Any) -> Any:
        raise NotImplementedError

    def _matrix(self, call: Any, pattern: Any) -> Any:
        raise NotImplementedError


class SparseJacobian(_Sparse):
    """A function that computes a sparse Jacobian; made by `sparse_jacobian`."""

    order = "pattern"

    def __init__(
        self, fn: Any, options: Options, example_args: Any, counted: bool, pattern: Any = None
    ) -> None:
        super().__init__(fn, options, example_args, counted, pattern)
        self._pulled = Gradient(fn, replace(options, mode="vjp"), example_args, counted)
        self._value_at: tuple[Any, Any] | None = None

    def _found(self, call: Any) -> Any:
        from scipy import sparse

        out, _, count = self._tracked(call)
        rows = [node for leaf in flatten(out) for node in np.ravel(np.array(leaf, dtype=object))]
        sets = [sorted(entries(n)) if n.__class__ is Node else [] for n in rows]
        starts = np.cumsum([0, *map(len, sets)])
        columns = np.array([k for found in sets for k in found], dtype=int)
        data = np.ones(len(columns), dtype=bool)
        return sparse.csr_array((data, columns, starts), shape=(len(rows), count))

    def _matrix(self, call: Any, pattern: Any) -> Any:
        from scipy import sparse

        colours = self._directions(call, pattern)
        products = self._products(call, colours)
        where = pattern.tocoo()
        _check_shape(products, pattern.shape[1 if self._swept_back else 0])
        i, j = (where.col, where.row) if self._swept_back else (where.row, where.col)
        data = np.stack(products)[colours[j], i] if products else np.zeros(0)
        return sparse.csr_array((data, (where.row, where.col)), shape=pattern.shape)

    def _directions(self, call: Any, pattern: Any) -> np.ndarray:
        """Return the colours of the columns, or of the rows where that is less work.

        A sweep back costs about two forward.  It is what there is where a function has a rule for
        reverse mode alone.
        """
        self._swept_back = False
        try:
            self.specialise(call[0])
        except GradgenError as error:
            self._swept_back, refusal = True, error
            try:
                self._pulled.specialise(call[0])
            except GradgenError:
                raise refusal from None
            return self._coloured(pattern, row_colours)
        columns = self._coloured(pattern, column_colours)
        # A row has at least as many neighbours as the fullest column has entries.
        least = int(np.bincount(pattern.indices, minlength=1).max(initial=0))
        if 2 * least >= columns.max(initial=-1) + 1:
            return columns
        rows = self._coloured(pattern, row_colours)
        self._swept_back = bool(2 * (rows.max(initial=-1) + 1) < columns.max(initial=-1) + 1)
        return rows if self._swept_back else columns

    def _product(self, call: Any, direction: np.ndarray) -> np.ndarray:
        if not self._swept_back:
            tangent = self.run(call, **self._tangents(call, direction))[1]
            return _vector(tangent, [True] * len(flatten(tangent)))
        if self._value_at is None or self._value_at[0] is not call:
            self._pulled._receiver = self._receiver
            found = self._value.run(call)
            self._value_at = call, found[0] if self.options.has_aux else found
        leaves = flatten(self._value_at[1])
        ends = np.cumsum([np.size(leaf) for leaf in leaves])
        parts = np.split(direction, ends[:-1])
        shaped = [
            _as_like(part.reshape(np.shape(leaf)) if is_inexact(leaf) else 0, leaf)
            for part, leaf in zip(parts, leaves, strict=True)
        ]
        cotangent = unflatten(self._value_at[1], shaped)
        gradients = self._pulled.run(call, d_value=cotangent)[1]
        floats = [is_inexact(leaf) for leaf in flatten(list(self._chosen(call).values()))]
        return _vector(gradients, floats)


class SparseHessian(_Sparse):
    """A function that computes a sparse Hessian; made by `sparse_hessian`."""

    order = "pattern2"

    def _found(self, call: Any) -> Any:
        from scipy import sparse

        _, recorder, count = self._tracked(call)
        rows, columns = _pairs(recorder)
        data = np.ones(len(rows), dtype=bool)
        half = sparse.coo_array((data, (rows, columns)), shape=(count, count)).tocsr()
        return (half + half.T).astype(bool).tocsr()

    def _matrix(self, call: Any, pattern: Any) -> Any:
        from scipy import sparse

        pattern = (pattern + pattern.T).tocsr()  # one triangle is enough of what is given
        colours = self._coloured(pattern, star_colours)
        columns, count = self._products(call, colours), int(colours.max(initial=-1)) + 1
        _check_shape(columns, pattern.shape[0])
        where = pattern.tocoo()
        i, j = where.row, where.col
        if not count:
            return sparse.csr_array(pattern.shape)
        # Where another neighbour of i has the colour of j, the entry is alone in that of i.
        shared = np.bincount(i * count + colours[j], minlength=pattern.shape[0] * count)
        alone = shared[i * count + colours[j]] == 1
        table = np.stack(columns)
        data = np.where(alone, table[colours[j], i], table[colours[i], j])
        return sparse.csr_array((data, (i, j)), shape=pattern.shape)

    def _product(self, call: Any, direction: np.ndarray) -> np.ndarray:
        floats = [is_inexact(leaf) for leaf in flatten(list(self._chosen(call).values()))]
        product = self.run(call, **self._tangents(call, direction))
        return _vector(product[0] if self.options.has_aux else product, floats)


def _among(fn: Any, names: dict[str, Any]) -> Any:
    """Return a function of a module that sees other names in it; what it calls there does, too."""
    space = {**fn.__globals__, **names}

    def moved(one: Any) -> Any:
        new = types.FunctionType(one.__code__, space, one.__name__, one.__defaults__)
        new.__kwdefaults__ = one.__kwdefaults__
        return new

    for name, one in fn.__globals__.items():
        own = isinstance(one, types.FunctionType) and one.__globals__ is fn.__globals__
        if own and name not in names:
            space[name] = moved(one)
    return moved(fn)


def _vector(tree: Any, chosen: list[bool] | None = None) -> np.ndarray:
    """Return all entries of a container of floats, in order."""
    leaves = flatten(tree)
    kept = [is_inexact(leaf) for leaf in leaves] if chosen is None else chosen
    found = [np.ravel(leaf) for leaf, keep in zip(leaves, kept, strict=True) if keep]
    return np.concatenate(found) if found else np.zeros(0)


def _check_shape(columns: list[np.ndarray], rows: int) -> None:
    if columns and len(columns[0]) != rows:
        raise ArgumentError(
            f"the pattern has {rows} rows, and the derivative {len(columns[0])}",
            hint="give a pattern with a row for each entry of the value",
        )


def _as_like(part: Any, leaf: Any) -> Any:
    """Return a tangent in the type of its argument."""
    if isinstance(leaf, np.ndarray):
        return np.zeros_like(leaf) if not is_inexact(leaf) else part.astype(leaf.dtype)
    return type(leaf)(part)


def _pairs(recorder: Recorder) -> tuple[np.ndarray, np.ndarray]:
    """Return the entries that meet, as rows and columns."""
    bent = {id(node): node for node in recorder.bent}
    met = {(id(p), id(q)): (p, q) for p, q in recorder.meetings}
    nodes = {id(p): p for pair in met.values() for p in pair} | bent
    sets = [entries(node) for node in nodes.values()]
    place = {key: k for k, key in enumerate(nodes)}
    pairs = [(place[key], place[key]) for key in bent]
    pairs += [(place[one], place[other]) for one, other in met]
    if not pairs:
        return np.zeros(0, int), np.zeros(0, int)
    numbers = np.array(list(itertools.chain.from_iterable(sets)), dtype=int)
    sizes = np.array(list(map(len, sets)))
    starts = np.cumsum(sizes) - sizes
    one, other = np.array(pairs).T
    counts = sizes[one] * sizes[other]
    turn = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    row, column = np.divmod(turn, np.repeat(sizes[other], counts))
    rows = numbers[np.repeat(starts[one], counts) + row]
    return rows, numbers[np.repeat(starts[other], counts) + column]
