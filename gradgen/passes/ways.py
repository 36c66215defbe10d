"""Operations that end a way of others, which go with them: something else stands in their place."""

from __future__ import annotations

from collections.abc import Callable

from gradgen.ir.nodes import Function, Op, Value, blocks_of, uses

Find = Callable[[Op, dict[Value, int]], list[Op]]
Make = Callable[[Op, list[Op]], list[Op]]


def replace_ways(function: Function, find: Find, make: Make) -> None:
    """Replace operations by others, in place.

    Parameters
    ----------
    function : Function
        The graph.
    find : callable
        Gives the operations on the way to one, by how often values are read; none: it stays.
    make : callable
        Gives what stands in the place of an operation, whose way is left out; all of it is in one
        block.
    """
    count = uses(function.body)
    for block in blocks_of(function.body):
        here = {id(op) for op in block.ops}
        made: dict[int, list[Op]] = {}
        gone: set[int] = set()
        for op in block.ops:
            way = find(op, count)
            if way and all(id(o) in here for o in way):
                made[id(op)] = make(op, way)
                gone.update(map(id, way))
        if made:
            block.ops = [
                new for op in block.ops if id(op) not in gone for new in made.get(id(op), [op])
            ]
