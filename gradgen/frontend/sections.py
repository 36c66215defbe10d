"""Which modules read calls of what: each is imported when something with such a name is called.

A program calls few of the functions that have a reading of their own, and the first gradient in a
process should not wait for the others.  Names are those that functions and classes have themselves,
wherever they come from: which one is meant, the tables say.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import Any

from gradgen.rules.callables import Callables, T

SECTIONS = {
    "aggregates": "sum max min any all prod tuple list",
    "averages": "mean variance pvariance stdev pstdev",
    "builtin_calls": "log pow float int bool complex divmod getLogger str repr format ord chr bin "
    "oct hex maketrans len isinstance issubclass round slice type",
    "caught": "cause_told exception_made",
    "construction": "__init__ replace",
    "constructor_calls": "zeros ones empty zeros_like empty_like ones_like full full_like identity "
    "arange linspace fromfunction float64 float32 int64 int32 int16 int8 uint8 bool",
    "collection_calls": "fromkeys set Counter frozenset defaultdict deque namedtuple dict "
    "OrderedDict ChainMap",
    "container_methods": "insert_within",
    "contexts": "_end_of_block suppress",
    "conversions": "asarray asanyarray ascontiguousarray asfortranarray array fromiter copy",
    "copying": "copy deepcopy",
    "exact_numbers": "Fraction Decimal date datetime timedelta time",
    "cursors": "items_left item_taken iterator_begun own_begun tee",
    "einsum": "einsum",
    "elementwise_calls": "nan_to_num piecewise polyval fsum dist sumprod",
    "fields": "fields asdict astuple",
    "given_out": "given_out given_out_from",
    "lazy_calls": "map range enumerate zip reversed filter iter next takewhile dropwhile "
    "filterfalse compress zip_longest groupby merge",
    "iterators": "product combinations permutations combinations_with_replacement chain "
    "from_iterable pairwise accumulate starmap islice count repeat cycle ndindex ndenumerate",
    "implicit_calls": "begun_object ended_object",
    "linalg_calls": "norm matrix_power pinv logm cho_factor cho_solve qr lu_solve solve_toeplitz",
    "memory_calls": "shares_memory may_share_memory",
    "numpy_calls": "clip within vstack hstack column_stack shape ndim size fliplr flipud "
    "diag real imag",
    "ordering": "sorted",
    "own_items": "place_of",
    "padding": "pad",
    "python_random": "Random",
    "random_calls": "default_rng RandomState normal uniform standard_normal random exponential "
    "permutation choice standard_exponential standard_gamma gamma beta chisquare standard_t "
    "lognormal laplace logistic gumbel poisson binomial geometric random_sample randint randn rand "
    "shuffle",
    "reshaping": "reshape ravel broadcast_to tile",
    "said": "python_says",
    "shape_calls": "roll block cross windows",
    "triangles": "tril triu",
    "uneven_lists": "changed_in_length",
    "type_calls": "result_type sum_dtype promote_types can_cast finfo iinfo issubdtype isdtype "
    "dtype broadcast_shapes iscomplexobj isrealobj isscalar real_if_close",
    "ufunc_at": "at",
    "ufunc_methods": "outer reduce accumulate reduceat",
    "uniques": "unique unique_all unique_counts unique_inverse",
    "vectorize_calls": "vectorize __call__ every one one_row",
    "zipping": "zip",
}
_waiting: dict[str, list[str]] = {}
for _module, _names in SECTIONS.items():
    for _name in _names.split():
        _waiting.setdefault(_name, []).append(_module)


def name_of(obj: Any) -> str:
    """Return the name that an object has itself, or else that of its class."""
    name = getattr(obj, "__name__", None)
    return name if isinstance(name, str) else type(obj).__name__


def meet(obj: Any) -> None:
    """Import the modules that may read a call of an object."""
    name = name_of(obj)
    if name in _waiting:
        for module in _waiting[name]:
            importlib.import_module(f"gradgen.frontend.{module}")
        _waiting.pop(name, None)  # not before: another thread may ask


def meet_all() -> None:
    """Import all of them, for those who ask what there is."""
    for module in SECTIONS:
        importlib.import_module(f"gradgen.frontend.{module}")


class Sectioned(Callables[T]):
    """A table that these modules fill."""

    def of(self, obj: Any) -> T | None:
        """Return the entry of an object, None if it has none."""
        meet(obj)
        return super().of(obj)


@cache
def method_handlers() -> dict[str, Callable[..., Any]]:
    """Return what reads calls of methods of arrays and containers, by their names."""
    from gradgen.frontend import container_methods, method_calls, resizing  # noqa: F401

    return method_calls.METHOD_HANDLERS
