"""Which values may be None: items of lists in which None stands beside others, as in `[None] * n`.

A number that is kept in an array cannot be None, which would come back as ``nan``.  Of an array or
a list that may be None, the sweep asks for the length in any case.
"""

from __future__ import annotations

from gradgen.ir.nodes import Block, Const, Function, Op, Value, blocks_of, walk

NUMBERS = ("float", "int", "bool")
ROWS = ("array", "any", "list")
LENGTHS = ("zeros_list", "zeros_as", "len")


def perhaps_none(top: Block) -> set[Value]:
    """Return the numbers that may be None: those that come out of a list, and what they become."""
    return _taken_from_lists(top, NUMBERS) if any(map(_asks_for_none, blocks_of(top))) else set()


def rows_perhaps_none(top: Block) -> set[Value]:
    """Return the arrays and lists that may be None: items of lists into which None is put."""
    return _taken_from_lists(top, ROWS) if puts_none(top) else set()


def ask_for_lengths(top: Block) -> None:
    """Let the sweep take None for a list of no items, or an array without axes."""
    rows = rows_perhaps_none(top)
    for op in walk(top) if rows else ():
        asks = op.derived and op.prim in LENGTHS and op.inputs[0].type.kind != "any"
        if asks and op.inputs[0] in rows:
            op.attrs["beside_none" if op.prim == "zeros_as" else "unsure"] = True
        item = op.inputs[0].type.item if op.prim == "zeros_list" else None
        if item is not None and item.kind in ROWS:
            op.attrs["beside_none"] = True


def copy_rows_beside_none(function: Function) -> None:
    """Let copies of lists of lists have nothing where None stands for one of these."""
    rows = [op for op in walk(function.body) if op.prim == "copy" and "rows" in op.attrs]
    if rows and puts_none(function.body):
        for op in rows:
            op.attrs["beside_none"] = True


def puts_none(top: Block) -> bool:
    """Whether an operation makes None an item of a list."""
    kinds = ("list", "repeat_list", "append", "insert", "store")
    return any(op.prim in kinds and any(map(is_none, op.inputs)) for op in walk(top))


def is_none(v: Value) -> bool:
    """Whether a value is None itself."""
    return isinstance(v, Const) and v.const is None


def _taken_from_lists(top: Block, kinds: tuple[str, ...]) -> set[Value]:
    found: set[Value] = set()
    while True:
        before = len(found)
        for op in walk(top):
            found |= _taken(op, found, kinds)
        if len(found) == before:
            return found


def _asks_for_none(block: Block) -> bool:
    """Whether None is made, passed on or asked for in a block, or a number tested as it is."""
    ends = [*block.results, *(v for op in block.ops for v in op.inputs)]
    if any(map(is_none, ends)):
        return True
    tests = [op.inputs[0] for op in block.ops if op.prim == "if"]
    return any(test.type.kind in ("float", "int") for test in tests)


def _taken(op: Op, found: set[Value], kinds: tuple[str, ...]) -> set[Value]:
    """Return what an operation results in that may be None, where others are known to be."""
    if op.prim in ("load", "pop") and op.inputs[0].type.kind == "list":
        return {v for v in op.outputs[:1] if v.type.kind in kinds}
    if "there" in op.attrs:
        return set()
    if op.prim == "call" or not op.blocks:
        return {v for v in op.outputs if op.prim == "call" and v.type.kind in kinds}
    into = [*op.inputs, *(v for block in op.blocks for v in block.results)]
    if not any(v in found or is_none(v) for v in into):
        return set()
    params = [v for block in op.blocks for v in block.params[op.prim == "for" :]]
    return {v for v in (*params, *op.outputs) if v.type.kind in kinds}
