"""A function at a point: its arguments as one vector of numbers, and one number for its result."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

import gradgen
from gradgen.custom import stops_watched
from gradgen.errors import ArgumentError, GradgenError
from gradgen.gradient import Differentiable
from gradgen.interpret.arguments import flatten, is_inexact, parameter_names, spell, with_leaves
from gradgen.options import Options, bound
from gradgen.proof.weights import SEED, typed, weights_of

Vector = np.ndarray


class Point:
    """A function, its arguments, and which of them it is differentiated by.

    A result that is not one number is made one: its numbers are weighted at random (the same
    weights each time) and added up, ``sum(weights * result)``.

    Parameters
    ----------
    fn : callable
        The function.
    args : sequence
        The arguments, by position; they are not changed.
    argnums : int, sequence of int or None
        The arguments to differentiate by; None for all that are floats throughout.
    has_aux : bool, optional
        Whether the function returns ``(loss, aux)``.

    Attributes
    ----------
    names : list of str
        What each number of the vector is, such as ``w[2, 1]``.
    x : ndarray
        The numbers.
    scale : ndarray
        The size of each, at least 1: a step of ``h`` moves it by ``h * scale``.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        args: Sequence[Any],
        argnums: int | Sequence[int] | None = None,
        has_aux: bool = False,
    ) -> None:
        if not isinstance(args, tuple | list):
            raise ArgumentError(
                f"a {type(args).__name__} stands for the arguments",
                hint="give a tuple of them: (first,)",
            )
        self.fn = fn.__wrapped__ if isinstance(fn, Differentiable) else fn
        self.name = str(getattr(fn, "__name__", repr(fn)))
        self.has_aux = has_aux
        self.args = _complete(self.fn, self.name, args)
        self.positions = _positions(self.args, argnums)
        self.parameters = parameter_names(self.fn, len(self.args))
        self._leaves: list[Any] = []
        self._spelled: list[tuple[str, Any]] = []
        self._list_leaves()
        if not self.names:
            raise ArgumentError(
                "there is nothing to check: the arguments hold no floats",
                hint="pass floats or float arrays that are not empty",
            )
        self.scale = np.maximum(1.0, np.abs(self.x))
        self._weights: list[Any] | None = None
        self._stopped: list[Any] | None = None

    def _list_leaves(self) -> None:
        names: list[str] = []
        values: list[float] = []
        for position, arg in enumerate(self.args):
            for path, leaf in flatten(arg):
                spelled = spell(arg, self.parameters[position], path)
                active = position in self.positions and is_inexact(leaf)
                self._leaves.append(leaf)
                self._spelled.append((spelled, active))
                if active:
                    places = np.ndindex(np.shape(leaf))
                    names += [f"{spelled}[{', '.join(map(str, p))}]" if p else spelled
                              for p in places]  # fmt: skip
                    values += [float(v) for v in np.ravel(leaf)]
        self.names, self.x = names, np.array(values)

    @functools.cached_property
    def single(self) -> bool:
        """Whether some of the numbers have single precision: arguments, or what they become."""
        given = any(
            active and getattr(leaf, "dtype", None) == np.float32
            for leaf, (_, active) in zip(self._leaves, self._spelled, strict=True)
        )
        return given or self._computes_in_single()

    def _computes_in_single(self) -> bool:
        from gradgen.diff.activity import varied
        from gradgen.ir.nodes import walk
        from gradgen.pipeline import run

        options = Options(argnums=self.positions, mode="value", has_aux=self.has_aux)
        try:
            made = run(self.fn, self.own_args(), options, until="parse").function
        except GradgenError:
            return False
        moving = varied(made)
        outputs = (v for op in walk(made.body) for v in op.outputs)
        return any(v.type.dtype == "float32" for v in outputs if v in moving)

    @property
    def integers(self) -> list[tuple[str, bool]]:
        """Integers among the arguments, and whether they are inside a differentiated one."""
        found = []
        spelled = iter(self._spelled)
        for position, arg in enumerate(self.args):
            for _, leaf in flatten(arg):
                name, _ = next(spelled)
                if _is_integer(leaf):
                    found.append((name, position in self.positions))
        return found

    # --- arguments as a vector ------------------------------------------------------------

    def args_at(self, x: Vector, wide: bool = True) -> tuple[Any, ...]:
        """Return fresh arguments with other numbers; ``wide``: in double precision."""
        return with_leaves(self.args, self._moved(x, wide))

    def _moved(self, x: Vector, wide: bool) -> Any:
        at = 0
        for leaf, (_, active) in zip(self._leaves, self._spelled, strict=True):
            if not active:
                yield _own(leaf)
                continue
            size = np.size(leaf)
            yield _like(leaf, x[at : at + size], wide)
            at += size

    def trees(self, x: Vector) -> tuple[Any, ...]:
        """Return a vector as containers like the differentiated arguments."""
        moved = self.args_at(x, wide=False)
        zeros = []
        for k in self.positions:
            leaves = [v if is_inexact(v) else _zero(v) for _, v in flatten(moved[k])]
            zeros.append(with_leaves(moved[k], iter(leaves)))
        return tuple(zeros)

    def vector(self, trees: Sequence[Any]) -> Vector:
        """Return gradients by the differentiated arguments as a vector."""
        out: list[float] = []
        for k, tree in zip(self.positions, trees, strict=True):
            pairs = zip(flatten(self.args[k]), flatten(tree), strict=True)
            out += [float(v) for (_, arg), (_, g) in pairs if is_inexact(arg) for v in np.ravel(g)]
        if len(out) != len(self.names):
            raise ArgumentError(
                f"the gradient has {len(out)} entries for {len(self.names)} numbers"
            )
        return np.array(out)

    def direction(self, seed: int = 0) -> Vector:
        """Return a random direction, the same one each time: no entry of it is small."""
        rng = np.random.default_rng(SEED + seed)
        signs = rng.choice([-1.0, 1.0], size=self.x.size)
        return signs * rng.uniform(0.5, 1.5, size=self.x.size) * self.scale

    # --- the result as one number -----------------------------------------------------------

    @property
    def plain(self) -> bool:
        """Whether the function returns one number, and nothing else."""
        return not self.has_aux and self.number

    @property
    def number(self) -> bool:
        """Whether the result, without what is returned besides, is one number."""
        return len(self.weights) == 1 and self.weights[0] is None

    @property
    def weights(self) -> list[Any]:
        """The weight of each number and array of the result; [None] for a single number."""
        if self._weights is None:
            self._weights = weights_of(self.result(self.args_at(self.x, wide=False)))
        return self._weights

    @property
    def stops(self) -> int:
        """How many times the function stops a gradient."""
        _ = self.weights
        return len(self._stopped or ())

    def result(self, args: Sequence[Any]) -> Any:
        """Return what the function returns, without what it returns besides.

        What it stops the gradient of is held at what it was at the point.
        """
        if self._stopped is None:
            self._stopped = []
            with stops_watched(self._note):
                self.fn(*self.own_args())
        held = iter(self._stopped)
        with stops_watched(lambda x: next(held, x)) if self._stopped else nullcontext():
            out = self.fn(*args)
        return out[0] if self.has_aux else out

    def _note(self, x: Any) -> Any:
        assert self._stopped is not None
        self._stopped.append(copy.deepcopy(x))
        return x

    def contracted(self, result: Any) -> Any:
        """Return a result as one number."""
        if self.number:
            return result[()] if isinstance(result, np.ndarray) else result
        leaves = [leaf for _, leaf in flatten(result)]
        return sum(np.sum(w * leaf) for w, leaf in zip(self.weights, leaves, strict=True))

    def scalar(self, *args: Any) -> Any:
        """Return the function's result at some arguments as one number."""
        return self.contracted(self.result(args))

    def value(self, x: Vector) -> float:
        """Return the result at other numbers as one number."""
        return float(self.scalar(*self.args_at(x)))

    # --- gradgen's derivatives ----------------------------------------------------------------

    def reverse(self) -> tuple[float, Vector]:
        """Return the value and the gradient, in reverse mode."""
        if self.has_aux or self.number:
            made = gradgen.value_and_grad(self.fn, argnums=self.positions, has_aux=self.has_aux)
            value, gradients = made(*self.own_args())
            value = value[0] if self.has_aux else value
            return float(value), self.vector(gradients)
        value, pullback = gradgen.vjp(self.fn, argnums=self.positions)(*self.own_args())
        structure = [leaf for _, leaf in flatten(value)]
        parts = [typed(w, v) for w, v in zip(self.weights, structure, strict=True)]
        gradients = pullback(with_leaves(value, iter(parts)))
        return float(self.contracted(value)), self.vector(gradients)

    def forward(self, v: Vector) -> tuple[float, float]:
        """Return the value and its derivative in a direction, in forward mode."""
        if self.has_aux:
            raise ArgumentError("forward mode takes functions that return the loss alone")
        made = gradgen.jvp(self.fn, argnums=self.positions)
        value, tangent = made(self.own_args(), self.trees(v))
        return float(self.contracted(value)), float(self.contracted(tangent))

    def own_args(self) -> tuple[Any, ...]:
        """Return fresh arguments as they were given."""
        return self.args_at(self.x, wide=False)


def _complete(fn: Any, name: str, args: Sequence[Any]) -> tuple[Any, ...]:
    if not callable(fn):
        return tuple(args)
    return bound(inspect.signature(fn), name, args, {}).args


def _positions(args: tuple[Any, ...], argnums: int | Sequence[int] | None) -> tuple[int, ...]:
    if argnums is None:
        return tuple(k for k, arg in enumerate(args) if _all_floats(arg))
    chosen = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    if any(not -len(args) <= k < len(args) for k in chosen):
        raise ArgumentError(f"argnums={argnums!r}, but {len(args)} arguments are given")
    return tuple(sorted({k % len(args) for k in chosen}))


def _all_floats(tree: Any) -> bool:
    leaves = [leaf for _, leaf in flatten(tree)]
    return bool(leaves) and all(map(is_inexact, leaves))


def _is_integer(leaf: Any) -> bool:
    if isinstance(leaf, bool):
        return False
    return isinstance(leaf, int | np.integer) or (
        isinstance(leaf, np.ndarray) and leaf.dtype.kind in "iu"
    )


def _own(leaf: Any) -> Any:
    """Return a copy of what a function may change: an array, a generator of random numbers."""
    if isinstance(leaf, np.ndarray):
        return leaf.copy()
    if isinstance(leaf, np.random.Generator | np.random.RandomState):
        return copy.deepcopy(leaf)
    return leaf


def _like(leaf: Any, numbers: Vector, wide: bool) -> Any:
    if isinstance(leaf, np.ndarray):
        return numbers.reshape(leaf.shape).astype(float if wide else leaf.dtype)
    if wide or isinstance(leaf, float):
        return float(numbers[0])
    return type(leaf)(numbers[0])


def _zero(leaf: Any) -> Any:
    return np.zeros_like(leaf) if isinstance(leaf, np.ndarray) else 0
