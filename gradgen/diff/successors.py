"""States that a turn leaves to the next: where the sweep reads both, they are kept once.

``h = np.tanh(w @ h + b)`` needs what ``h`` was before the turn and what it is after it.  The sweep
goes from the last turn to the first, so that it has read the second as the first of the turn after.
"""

from __future__ import annotations

from dataclasses import replace

from gradgen.diff.activity import carried, ends
from gradgen.diff.keeping import Keeper
from gradgen.ir.nodes import Op, Value


def start_of_next(keeper: Keeper, v: Value) -> tuple[Op, int] | None:
    """Return the loop that carries a value from one turn to the next, and the value's place there.

    None: it is not carried so, or the sweep does not read what the turns begin with, or not in the
    same order.
    """
    home = keeper.home[v]
    loop, _ = keeper.owner[home]
    if loop.prim not in ("for", "while") or loop.attrs.get("breaks") or ends(home) != [home]:
        return None
    if home.end != "continue" or home is not loop.blocks[-1]:
        return None
    params, _ = carried(loop)
    places = [k for k, u in enumerate(home.results) if u is v and params[k] in keeper.resolved]
    mirror = keeper.mirror.get(home)
    if not places or mirror is None:
        return None
    swept, _ = keeper.owner[mirror]
    if swept.prim != "for" or any(swept.attrs.get(how) for how in ("flipped", "sunk")):
        return None
    states = (v, params[places[0]], loop.outputs[places[0]])
    if any(u in keeper.missing or not keeper.sharing.never_written(u) for u in states):
        return None
    if len({replace(u.type, shape=None, value=None) for u in states}) > 1:
        return None  # before the first turn, it is of another kind
    if len({u.type.rank for u in states}) > 1:
        return None
    return loop, places[0]


def carry_back(keeper: Keeper, v: Value, loop: Op, place: int) -> Value:
    """Carry through the mirrored loop what its turn before began with; return it there."""
    body = keeper.mirror[keeper.home[v]]
    last = keeper.resolve(loop.outputs[place])
    param = keeper.carry_in(body, last, v.name, v)
    keeper.carry_on(body, param, keeper.resolve(carried(loop)[0][place]))
    return param
