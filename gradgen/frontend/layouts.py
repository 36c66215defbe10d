"""The layout of arrays in memory, as far as it decides whether NumPy makes a view or a copy.

``reshape`` and its kin share memory with an array in C order; of others nobody knows here.  The
result of an operation is in C order if it is a vector, or if all arrays that go in are in C order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gradgen.errors import UnsupportedError
from gradgen.frontend.sameness import composed
from gradgen.frontend.signals import Retry
from gradgen.frontend.values import Ref, Seq, Step, Storage
from gradgen.ir.nodes import WRITES, Op, Value
from gradgen.ir.types import Type
from gradgen.rules.registry import RULES

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader

ALWAYS = {
    "zeros", "ones", "empty", "full", "eye", "arange", "linspace", "array", "ravel", "outer",
    "kron", "repeat", "vander",
}  # fmt: skip
FOLLOWS = {
    "matmul", "concatenate", "stack", "copy", "zeros_like", "ones_like", "empty_like", "full_like",
    "cumsum", "cumprod", "sort", "roll", "tril", "triu", "diff", "pad", "tile",
}  # fmt: skip
ALIKE = {
    "copy", "empty_like", "zeros_like", "ones_like", "astype", "store", "zeros", "ones", "empty",
    "full", "load",
}  # fmt: skip
GIVEN = ("leaf", "captured", "field", "pop")
ORDERS = ("ascontiguousarray", "asfortranarray")  # whose results lie as they say
VIEWS = {"reshape", "reshape_as", "ravel", "ascontiguousarray"}  # of arrays in C order
KEEPS = {"reshape", "reshape_as", "ravel", "expand_dims", "squeeze", "asarray", "ascontiguousarray"}
# Integers, then one part of an axis without a step, then whole axes.
BLOCK = re.compile(r"i*s?:*e?")


def in_c_order(ref: Ref) -> bool:
    """Whether an array is certainly in C order."""
    return ref.storage.contiguous and all(map(_keeps_order, ref.steps))


def lies_in_rows(r: Reader, ref: Ref) -> bool:
    """Whether the rows of an array certainly come one after the other, with a step or without."""
    vector = r.versions[ref.storage].type.rank == 1
    return (vector or ref.storage.contiguous) and all(map(_keeps_order, ref.steps))


def known_order(r: Reader, ref: Ref) -> str:
    """Return the order, C or F, that an array was certainly put into; nothing otherwise."""
    if in_c_order(ref):
        return "C"
    turned = False
    for step in reversed(ref.steps):
        if step.prim in ORDERS:
            return "CF"[ORDERS.index(step.prim) ^ turned]
        if step.prim != "T":
            return ""
        turned = not turned
    return ("C" if turned else "F") if _in_fortran_order(r.versions[ref.storage]) else ""


def _in_fortran_order(v: Value) -> bool:
    """Whether a new array is in Fortran order: made so, or of one such entry by entry."""
    while v.op is not None and v.op.prim != "asfortranarray":
        rule, arrays = RULES.get(v.op.prim), {i for i in v.op.inputs if i.type.rank != 0}
        if rule is None or not rule.elementwise or len(arrays) != 1:
            return False  # two could be broadcast, which is C order
        (v,) = arrays
    return v.op is not None


def shared(r: Reader, ref: Ref, prim: str, operands: list[Value]) -> Any:
    """Return what NumPy reshapes without a copy, or nothing where nobody knows whether it can.

    Where the layout decides, the program asks for it: in C order it is a view.
    """
    base = r.read(ref)
    if _may_copy(ref, base, prim, operands, {}):
        asked = _as_given(r, ref, base)
        of_arguments = all(v.op is not None and v.op.prim == "leaf" for v in asked)
        if not asked or (r.book.compiled and not of_arguments):
            return None
        name = ref.storage.name or "an array"
        what = f"a view of {name}" if ref.steps else name
        _require_c_order(r, asked, f"{what} is not in C order where copy=False reshapes it")
        steps = composed(ref.steps, Step(prim, tuple(operands), {}))
        value = r.b.emit(prim, [base, *operands])
        whole = r.versions[ref.storage]
        return value if value.type.is_scalar else Ref(ref.storage, steps, value, whole)
    return view(r, ref, prim, operands, {})


def _may_copy(
    ref: Ref, base: Value, prim: str, operands: list[Value], attrs: dict[str, Any]
) -> bool:
    """Whether it depends on the layout if NumPy makes a view: a copy, for some."""
    same = in_c_order(ref) and (prim != "asfortranarray" or base.type.rank == 1)
    if RULES[prim].alias != "maybe" or same:
        return False
    split = prim in ("reshape", "reshape_as") and base.type.rank == 1  # whatever its step
    return not split and not _keeps_lengths(base, prim, operands, attrs)


def view(r: Reader, ref: Ref, prim: str, operands: list[Value], attrs: dict[str, Any]) -> Any:
    """Return a view of what a reference holds; an element, where that is a number.

    Where it depends on the layout whether NumPy makes a view, and a write makes that matter, the
    function is read again with a test here, which the program makes: in C order it is a view.
    """
    base = r.read(ref)
    # A generated text writes through views alone: where it is made, they are known to be such.
    maybe = not r.writes_through and _may_copy(ref, base, prim, operands, attrs)
    place: tuple[Any, ...] = ()
    a_view = prim in VIEWS or (prim == "asfortranarray" and base.type.rank == 1)
    usual = a_view and base.type.kind == "array" and all(map(_keeps_order, ref.steps))
    asked = _as_given(r, ref, base) if maybe and usual and not ref.storage.contiguous else ()
    if asked:
        place = (*r.call_path, "view", prim, r.b.span)
        if place in r.precise:
            name = ref.storage.name or "an array"
            why = f"so a write to its {prim} would be lost: "
            way = f"copy it first, as in np.ascontiguousarray({name})"
            what = f"{name} is not in C order in memory, and {why}{way}"
            _require_c_order(r, asked, what)
            maybe = False
            # On no way past this place is it otherwise.
            ref.storage.contiguous |= r.b.block is r.top and not ref.steps
    value = r.b.emit(prim, [base, *operands], **attrs)
    if value.type.is_scalar:
        return value
    if maybe and not any(map(r.visible, r.reach(ref.storage))):
        return r.hold(value)  # whether it shares with what nobody can name does not matter
    steps = composed(ref.steps, Step(prim, tuple(operands), attrs, maybe, place))
    ref.storage.doubled |= len(steps) <= len(ref.steps)
    return Ref(ref.storage, steps, value, r.versions[ref.storage])


def _as_given(r: Reader, ref: Ref, base: Value) -> tuple[Value, ...]:
    """Return arrays whose order in the user's program is that of an array, or nothing.

    The array itself, or the arguments that it is or is made of entry by entry: writes to it leave
    it where it lies.
    """
    if as_users(r, ref):
        return (base,)
    v = r.versions[ref.storage]
    while v.op is not None and (v.op.prim in WRITES or _keeps_layout(v.op)):
        v = v.op.inputs[0]
    return () if ref.steps else _arguments_of(v)


def _arguments_of(value: Value) -> tuple[Value, ...]:
    """Return the arguments that an array is made of entry by entry, or is; nothing of any other.

    If all of them are in C order, it is: numbers, other vectors and new arrays make no difference.
    """
    todo, found, seen = [value], [], set()
    while todo:
        v = todo.pop()
        vector = v.type.rank == 1 and v is not value  # of which a new array was made
        if v.type.is_scalar or vector or v in seen or _is_new(v):
            continue
        seen.add(v)
        rule = RULES.get(v.op.prim) if v.op is not None else None
        if v.op is not None and v.op.prim == "leaf" and v.type.kind == "array":
            if v.op.attrs.get("of_recursion"):
                return ()
            found.append(v)
        elif v.op is not None and rule is not None and rule.elementwise:
            todo += v.op.inputs
        else:
            return ()
    return tuple(found)


def _is_new(v: Value) -> bool:
    made = v.op is not None and v.op.prim in ("zeros", "ones", "full", "eye")
    return made and v.op is not None and v.op.attrs.get("order") in (None, "C")


def _keeps_layout(op: Op) -> bool:
    return op.prim == "copy" and op.attrs.get("order") == "K"


def _keeps_lengths(base: Value, prim: str, operands: list[Value], attrs: dict[str, Any]) -> bool:
    """Whether axes of length 1 are all that comes or goes: that is a view in any layout.

    Where only one axis is longer before and after, its length is the same, known or not.
    """
    made = RULES[prim].type([base, *operands], attrs)
    if prim not in ("reshape", "reshape_as") or not isinstance(made, Type) or attrs:
        return False
    shapes = base.type.shape, made.shape
    if None in shapes:
        return False
    before, after = ([n for n in shape or () if n != 1] for shape in shapes)
    return before == after or len(before) <= 1 >= len(after)


def _require_c_order(r: Reader, values: tuple[Value, ...], what: str) -> None:
    text = f"raise ValueError({what!r})"
    for value in values:
        test = r.b.emit("not", [r.b.emit("c_contiguous", [value])])
        r.b.append("raise_if", [test], [], span=r.b.span, attrs={"text": text})


def note_order(r: Reader, test: Value) -> None:
    """Note what is in C order where ``if not a.flags.c_contiguous: raise ...`` has not raised."""
    asked = test.op.inputs[0].op if test.op is not None and test.op.prim == "not" else None
    if asked is None or asked.prim != "c_contiguous" or r.b.block is not r.top:
        return
    for storage, newest in r.versions.items():
        storage.contiguous |= newest is asked.inputs[0]


def apart(r: Reader, value: Any) -> Any:
    """Return what a name stands for: in a generated text, no view of which nobody knows.

    Where something is written to afterwards that both may see, the text has a copy.
    """
    unsure = isinstance(value, Ref) and any(step.maybe for step in value.steps)
    return r.hold(r.read(value)) if unsure and r.frame.source.generated else value


def require_sure(r: Reader, storage: Storage, step: Step) -> None:
    """Refuse where NumPy may or may not have copied, so that nobody knows who shares."""
    if not step.maybe:
        return
    if step.place and step.place not in r.precise:
        raise Retry({step.place})
    raise UnsupportedError(
        f"after a write, {step.prim!r} of {storage.name or 'an array'!r} may or may not "
        "share its memory (NumPy decides by the memory layout)",
        r.b.span,
        "copy explicitly with .copy() before writing",
    )


def perhaps_shared(r: Reader, ref: Any, value: Any, name: str) -> Any:
    """Return a result that may share memory with an array: refused after a write to either."""
    if not isinstance(ref, Ref) or not isinstance(value, Ref):
        return value
    step = Step(name, (), {}, maybe=True)
    return Ref(ref.storage, (*ref.steps, step), r.read(value), r.versions[ref.storage])


def _keeps_order(step: Step) -> bool:
    if step.prim != "load":
        return step.prim in KEEPS and not step.maybe
    stepped = any(has_step for _, _, has_step in step.attrs.get("slices", ()))
    return not stepped and BLOCK.fullmatch(step.attrs["index"].replace("n", "")) is not None


def made_in_c_order(value: Value, inputs: Iterable[Any]) -> bool:
    """Whether the result of an operation on these is certainly in C order."""
    rule = RULES.get(value.op.prim) if value.op is not None else None
    if rule is None or (rule.alias and rule.name != "ravel") or value.type.kind != "array":
        return False
    order = value.op.attrs.get("order") if value.op is not None else None
    if order in ("F", "A") or (rule.name == "copy" and order is None):
        return order is None
    if rule.name == "matmul" and all(v.type.rank == 2 for v in value.op.inputs):  # type: ignore[union-attr]
        return True  # whatever the order of its factors
    if rule.name in ALWAYS or (value.type.rank == 1 and _fresh(value)):
        return True
    follows = rule.elementwise or rule.name in FOLLOWS
    return follows and all(map(ordered, inputs))


def as_users(r: Reader, ref: Ref) -> bool:
    """Whether an array lies in memory here as it does in the user's program.

    So do arguments, what NumPy makes of them elementwise, and views of these; what was written to
    may be a copy here.
    """
    views = all((s.prim == "load" or RULES[s.prim].alias) and not s.maybe for s in ref.steps)
    return views and _made_alike(r.versions[ref.storage])


def _made_alike(value: Value) -> bool:
    """Whether a value is an argument, or made of such by operations that keep their layout."""
    todo, seen = [value], set()
    while todo:
        value = todo.pop()
        op = value.op
        if op is None and not value.type.is_scalar:
            return False  # what a loop carries may be a copy
        if op is None or op in seen or op.prim == "leaf":
            if op is not None and op.attrs.get("of_recursion"):
                return False  # the caller may have made a copy of what it gives
            continue
        seen.add(op)
        rule = RULES.get(op.prim)
        if rule is None or not (rule.elementwise or op.prim in ALIKE or rule.alias == "view"):
            return False
        if op.prim == "store" and not _filled_at_once(op):
            return False
        if op.prim == "load" and set(op.attrs["index"]) & set("am"):
            return False  # a copy of some entries, whose layout NumPy chooses
        todo += op.inputs[:1] if op.prim in ("store", "load") else op.inputs
    return True


def _filled_at_once(op: Op) -> bool:
    made = op.inputs[0].op
    return made is not None and made.prim == "empty_like" and op.attrs.get("index") == "e"


def _fresh(value: Value) -> bool:
    """Whether an array has memory of its own, and is no view that was given, or stood in a list."""
    assert value.op is not None
    if value.op.prim in GIVEN:
        return False
    return value.op.prim != "load" or bool(set(value.op.attrs["index"]) & set("am"))


def ordered(value: Any) -> bool:
    """Whether a number, or arrays and what they stand in, are certainly in C order."""
    if isinstance(value, Seq):
        return all(map(ordered, value.items))
    if isinstance(value, Ref):
        return in_c_order(value)
    return isinstance(value, Value) and (value.type.is_scalar or value.type.rank == 1)
