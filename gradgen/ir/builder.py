"""The one way to make operations: a cursor on a block, and ``emit``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from gradgen.errors import Span, UnsupportedError
from gradgen.ir.nodes import Block, Const, Op, Region, Value
from gradgen.ir.types import Type
from gradgen.rules.complexes import is_complex, of_complex
from gradgen.rules.lists import columns_of
from gradgen.rules.registry import RULES

# What is done with objects in lists (``frontend.pools``): they are moved about and compared.
OF_OBJECTS = (
    *("list", "append", "insert", "pop", "extend", "repeat_list", "load", "store", "copy", "len"),
    *("items", "contains", "index_of", "eq", "ne", "lt", "ge", "is", "is_not", "field"),
)

OF_TEXTS = (
    *(*OF_OBJECTS, "le", "gt", "raise_if", "assert"),
    *("lists_eq", "lists_ne", "lists_lt", "lists_le", "lists_gt", "lists_ge"),
)

LIBRARIES = ("np.", "scipy.")  # their functions take arrays
TESTS = ("if", "raise_if", "assert")  # what takes values as they are


def _by_value(prim: str, types: list[Type]) -> bool:
    """Whether objects are looked for that are equal by what they hold, not only to themselves."""
    if prim not in ("contains", "index_of"):
        return False
    kinds = [t.item.of.kind if t.item and t.item.of else t.of and t.of.kind for t in types]
    if any(t.dtype == "text" or (t.item and t.item.dtype == "text") for t in types):
        return False  # as the program's own lists compare them
    own = object.__eq__
    return any(not isinstance(k, type) or getattr(k, "__eq__", own) is not own for k in kinds if k)


def _of_texts(t: Type) -> bool:
    """Whether this is the type of a text, or of a list of texts."""
    return _of_texts(t.item) if t.item is not None else t.dtype == "text"


def _is_special(v: Value) -> bool:
    """Whether a value is complex, a list, or stands for objects: there are few."""
    t = v.type
    return t.of is not None or t.item is not None or t.kind == "list" or t.dtype[:7] == "complex"


class Builder:
    """Appends operations to the current block; types come from the rules."""

    def __init__(self, block: Block, reverse: bool = False, tangent: bool = False) -> None:
        self.block = block
        self.reverse, self.tangent = reverse, tangent
        self.span: Span | None = None
        self.region: Region | None = None
        self.depth = 0
        self.around: list[Block] = []  # the blocks around the current one
        self.met: Any = None  # told of operands before they are typed (``equal_lengths.Meetings``)

    def copy(self, v: Value, name: str = "", **attrs: Any) -> Value:
        """Emit a copy that is kept, of a list of lists with copies of the lists inside."""
        if v.type.has_rows:
            attrs["rows"] = True
        return self.emit("copy", [v], name, **attrs)

    def emit(
        self,
        prim: str,
        inputs: Sequence[Any],
        name: str = "",
        span: Span | None = None,
        **attrs: Any,
    ) -> Value:
        """Append one operation and return its only output."""
        values = [v if isinstance(v, Value) else Const(v) for v in inputs]
        if any(map(_is_special, values)):
            self._check_complex(prim, values, span)
            self._check_objects(prim, values, span)
            self._check_lists(prim, values, span)
        if self.met is not None:
            self.met(prim, values, attrs)
        out_type = self._types(prim, values, attrs, span)
        assert isinstance(out_type, Type), f"{prim} has several results"
        return self.append(prim, values, [out_type], [name], span, attrs).out

    def emit_several(
        self, prim: str, inputs: Sequence[Value], span: Span | None = None, **attrs: Any
    ) -> list[Value]:
        """Append one operation with several outputs, and return these."""
        self._check_complex(prim, list(inputs), span)
        self._check_objects(prim, list(inputs), span)
        types = self._types(prim, list(inputs), attrs, span)
        assert not isinstance(types, Type), f"{prim} has one result"
        names = RULES[prim].outputs
        return self.append(prim, inputs, types, names, span, attrs).outputs

    def _types(
        self, prim: str, values: list[Value], attrs: dict[str, Any], span: Span | None
    ) -> Any:
        """Return the types of the results; what a type rule refuses is so at this place."""
        try:
            return RULES[prim].type(values, attrs)
        except UnsupportedError as error:
            if error.span is not None:
                raise
            raise UnsupportedError(error.message, span or self.span, error.hint) from None
        except (IndexError, ZeroDivisionError, ValueError) as error:
            name = RULES[prim].spelling or prim
            what = f"{name} along an axis that the array does not have"
            hint = "name axes that the array has"
            if isinstance(error, ValueError):
                if "values to unpack" not in str(error):
                    raise
                what, hint = f"{name} of an array of too few axes", "give it a matrix"
            raise UnsupportedError(what, span or self.span, hint) from error

    def _check_complex(self, prim: str, values: list[Value], span: Span | None) -> None:
        if any(map(is_complex, values)) and not of_complex(prim):
            name = RULES[prim].spelling or prim
            raise UnsupportedError(
                f"{name} of complex numbers",
                span or self.span,
                "compute it from their real and imaginary parts",
            )

    def _check_objects(self, prim: str, values: list[Value], span: Span | None) -> None:
        """Refuse to compute with the number that stands for an object."""
        found = [v.type for v in values if v.type.points]
        if not found or (prim in OF_OBJECTS and not _by_value(prim, found)):
            return
        texts = all(map(_of_texts, found))
        if texts and prim in OF_TEXTS:
            return
        if prim == "array_of_list" and columns_of(values[0].type):
            return
        name = RULES[prim].spelling or prim if prim in RULES else prim
        what = f"{name} of objects whose number or links depend on the path"
        way = "use numbers that the objects hold"
        if texts:
            what, way = (
                f"{name} of texts that depend on the path",
                "keep numbers for them in a dict",
            )
        raise UnsupportedError(what, span or self.span, way)

    def _check_lists(self, prim: str, values: list[Value], span: Span | None) -> None:
        """Refuse to compute with a list as if it were an array: a reading has to make it one."""
        if all(v.type.kind != "list" for v in values) or prim in OF_OBJECTS or prim not in RULES:
            return
        named = any(str(name).startswith(LIBRARIES) for name in RULES[prim].callables)
        if named or RULES[prim].elementwise:
            what = f"{RULES[prim].spelling or prim} of a list whose length is not known"
            raise UnsupportedError(what, span or self.span, "make an array of it by np.array")

    def append(
        self,
        prim: str,
        inputs: Sequence[Value],
        types: Sequence[Type],
        names: Sequence[str] = (),
        span: Span | None = None,
        attrs: dict[str, Any] | None = None,
        blocks: Sequence[Block] = (),
    ) -> Op:
        """Append an operation whose output types are given."""
        if prim in TESTS and any(v.type.of for v in inputs):
            self._check_objects(prim, list(inputs), span)
        span = span or self.span
        labels = list(names) or [""] * len(types)
        outputs = [Value(t, n, span) for t, n in zip(types, labels, strict=True)]
        op = Op(prim, list(inputs), outputs, dict(attrs or {}), span, list(blocks), self.reverse)
        op.tangent, op.region = self.tangent, self.region
        for v in outputs:
            v.op = op
        self.block.ops.append(op)
        return op

    def again(
        self, op: Op, values: dict[Value, Value], inputs: Sequence[Value] | None = None
    ) -> None:
        """Append an operation again, of what its inputs have become; note what its results do."""
        given = [values.get(v, v) for v in op.inputs] if inputs is None else inputs
        types, names = [v.type for v in op.outputs], [v.name for v in op.outputs]
        made = self.append(op.prim, given, types, names, op.span, op.attrs)
        for old, new in zip(op.outputs, made.outputs, strict=True):
            new.user = old.user
            values[old] = new

    @contextmanager
    def into(self, block: Block) -> Iterator[Block]:
        """Append to another block for a while."""
        previous, self.block = self.block, block
        self.around.append(previous)
        self.depth += 1
        try:
            yield block
        finally:
            self.block = previous
            self.around.pop()
            self.depth -= 1
