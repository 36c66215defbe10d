"""Arrays and numbers of integers on some path, where the types say float: ``w if c else 0.5 * w``.

NumPy finds the dtype when the program runs.  What is computed from such an array is right, but an
array that is written to has to be one of floats, or what is stored is cut off.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import WRITES, Block, Const, Function, Op, Value

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
    """Return the arrays of floats, by their type, that are those of integers on some path.

    An array of a list is one of integers where no item is a float.  Loops are taken to have turns.
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
        self.begin(op)
        self.join(inits, params)
        self.until_nothing_new(body, params)
        for values in self.left(params, [end.results for end in ends(body)]):
            self.join(values, op.outputs)

    def until_nothing_new(self, body: Block, params: list[Value] | None = None) -> None:
        """Go through a block until nothing new is found; its ends hand on to its parameters."""
        before = -1
        while before != self.known():
            before = self.known()
            self.block(body)
            for end in ends(body) if params is not None else ():
                self.join(end.results, params or [])

    def known(self) -> int:
        """Return how much has been found."""
        return len(self.found)

    def begin(self, loop: Op) -> None:
        """Note what is asked of a loop later."""

    def left(self, params: list[Value], turns: list[list[Value]]) -> list[list[Value]]:
        """Return what a loop may leave behind: what it carries, also where it has no turns."""
        return [params]

    def join(self, values: list[Value], into: list[Value]) -> None:
        for v, out in zip(values, into, strict=False):
            if _is_float(out) and (_is_whole(v) or v in self.found):
                self.found.add(out)


class _OfArrays(_Search):
    """The search for arrays: a list of which one item is a float makes one of floats.

    So does a list without items: what is appended to such a list says alone what it makes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.empty: set[Value] = set()  # lists that may have no items
        self.starts: dict[Value, Value] = {}  # indices of loops, and where they begin
        self.open: list[Function] = []  # recursive functions that are being gone through

    def known(self) -> int:
        """Return how much has been found."""
        return len(self.found) + len(self.empty)

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

    def is_of_wholes_in_lists(self, op: Op) -> bool:
        """Whether all items of a list are whole on some path, and there are some."""
        held = op.inputs[: IN_LISTS.get(op.prim, 1)]
        if all(v in self.empty for v in held):
            self.empty.update(v for v in op.outputs if v.type.kind == "list")
        whole = [_is_whole(v) or v in self.found for v in held]
        if op.prim == "store" and self._is_everywhere(op.inputs[2]):
            return whole[1]
        return any(whole) and all(w or v in self.empty for w, v in zip(whole, held, strict=True))

    def _is_everywhere(self, place: Value) -> bool:
        """Whether a loop may store into all of a list here: not from its second item on."""
        if isinstance(place, Const):
            return False
        start = self.starts.get(place)
        return not isinstance(start, Const) or start.const == 0

    def begin(self, loop: Op) -> None:
        """Note where the index of a loop begins."""
        if loop.prim == "for":
            self.starts[loop.blocks[-1].params[0]] = loop.inputs[0]

    def left(self, params: list[Value], turns: list[list[Value]]) -> list[list[Value]]:
        """Return what a turn of a loop leaves behind."""
        return turns

    def join(self, values: list[Value], into: list[Value]) -> None:
        """Hand on what values may be to what a branch or a loop makes of them."""
        super().join(values, into)
        joined = zip(values, into, strict=False)
        self.empty.update(out for v, out in joined if v in self.empty)


def _is_float(v: Value) -> bool:
    t = v.type.innermost
    return t is not None and t.is_numeric and t.dtype == "float64"


def _is_whole(v: Value) -> bool:
    t = v.type.innermost
    return t is not None and t.is_numeric and t.dtype.startswith(("int", "uint", "bool"))
