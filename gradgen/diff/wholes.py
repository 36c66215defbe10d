"""Arrays and numbers of integers on some path, where the types say float: ``w if c else 0.5 * w``.

NumPy finds the dtype when the program runs.  What is computed from such an array is right, but an
array that is written to has to be one of floats, or what is stored is cut off.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import WRITES, Block, Function, Op, Value

SURE = ("div", "mean", "float", "astype", "zeros", "ones", "empty", "linspace")
CHOOSING = ("max2", "min2")  # these give one of their operands as it is
# How many of the operands are in the list that these make; of others it is the first.
IN_LISTS = {"append": 2, "insert": 2, "store": 2, "extend": 2, "list_add": 2, "list": None}


def wholes(body: Block) -> set[Value]:
    """Return what has floats by its type, and may hold integers."""
    search = _Search()
    search.block(body)
    return search.found


def whole_arrays(body: Block) -> set[Value]:
    """Return the arrays of floats, by their type, that may be those of integers on some path.

    An array of a list is one of integers where no item is a float.
    """
    search = _OfArrays()
    search.block(body)
    return {v for v in search.found if v.type.is_array}


class _Search:
    """What has been found so far."""

    def __init__(self) -> None:
        self.found: set[Value] = set()

    @deep
    def block(self, block: Block) -> None:
        """Go through a block; what loops carry comes round until there is nothing new."""
        for op in block.ops:
            if op.prim in ("for", "while"):
                self._loop(op)
            elif op.blocks:
                for inner in op.blocks:
                    self.block(inner)
                    if inner.end == "yield":
                        self.join(inner.results, op.outputs)
            elif op.prim not in SURE and "dtype" not in op.attrs and self._is_of_wholes(op):
                self.found.update(filter(_is_float, op.outputs))

    def _is_of_wholes(self, op: Op) -> bool:
        """Whether what an operation gives may be whole: no operand makes floats of the others."""
        listed = any(v.type.kind == "list" for v in (*op.outputs, *op.inputs))
        if op.prim == "call" or listed:
            return self.is_of_wholes_in_lists(op)
        if op.prim in CHOOSING:
            return any(_is_whole(v) or v in self.found for v in op.inputs)
        operands = op.inputs[:1] if op.prim in WRITES else op.inputs
        sure = (_is_float(v) and v not in self.found for v in operands)
        return any(v in self.found for v in operands) and not any(sure)

    def is_of_wholes_in_lists(self, op: Op) -> bool:
        """Whether an item of a list may be whole, or what comes out of a call."""
        if op.prim == "py_sum":
            return True
        if op.prim == "call":
            return any(v in self.found for v in op.inputs)
        held = op.inputs[: IN_LISTS.get(op.prim, 1)]
        return any(v in self.found or (op.prim in IN_LISTS and _is_whole(v)) for v in held)

    def _loop(self, op: Op) -> None:
        body = op.blocks[-1]
        params, inits = carried(op)
        self.join(inits, params)
        self.until_nothing_new(body, params)
        self.join(params, op.outputs)

    def until_nothing_new(self, body: Block, params: list[Value] | None = None) -> None:
        """Go through a block until nothing new is found; its ends hand on to its parameters."""
        before = -1
        while before != len(self.found):
            before = len(self.found)
            self.block(body)
            for end in ends(body) if params is not None else ():
                self.join(end.results, params or [])

    def join(self, values: list[Value], into: list[Value]) -> None:
        for v, out in zip(values, into, strict=False):
            if _is_float(out) and (_is_whole(v) or v in self.found):
                self.found.add(out)


class _OfArrays(_Search):
    """The search for arrays: those of lists of which an item may be whole, also one of a call."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[Function] = []  # recursive functions that are being gone through

    def _is_of_wholes(self, op: Op) -> bool:
        if op.prim != "call":
            return super()._is_of_wholes(op)
        self._call(op)
        return False

    def _call(self, op: Op) -> None:
        """Go through a recursive function, whose results may be whole on some path."""
        function = op.attrs["callee"].function
        self.join(op.inputs, [leaf.value for leaf in function.leaves])
        if function not in self.open:
            self.open.append(function)
            self.until_nothing_new(function.body)
            self.open.pop()
        self.join(function.body.results, op.outputs)


def _is_float(v: Value) -> bool:
    t = v.type.innermost
    return t is not None and t.is_numeric and t.dtype == "float64"


def _is_whole(v: Value) -> bool:
    t = v.type.innermost
    return t is not None and t.is_numeric and t.dtype.startswith(("int", "uint", "bool"))
