"""``try``: around what surely raises, as a key that is not in a dict, or surely does not.

Which of both it is has to be known before the program runs.  The body is read on trial; where an
operation in it might raise what a handler catches, that depends on the numbers, and is refused.
"""

from __future__ import annotations

import ast
import builtins
import functools
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

import numpy as np

from gradgen.deep import deep
from gradgen.errors import UnsupportedError
from gradgen.frontend.caught import with_handlers, with_jumps
from gradgen.frontend.conditions import MATH, PAIRS, is_numpys
from gradgen.frontend.flow import read
from gradgen.frontend.forgotten import forgetting
from gradgen.frontend.jumps import Act, Step, Throw, jumps_of
from gradgen.frontend.known_shapes import FITS, SHAPED, misfit
from gradgen.frontend.leaving import with_last
from gradgen.frontend.points import Meeting, Point
from gradgen.frontend.reader import Reader
from gradgen.frontend.row_kinds import may_be_none
from gradgen.frontend.signals import Certain, Raised
from gradgen.frontend.state import restore, snapshot
from gradgen.frontend.thrown import Classes, classes_of, kinds_of
from gradgen.frontend.unread import KEPT
from gradgen.frontend.values import Static
from gradgen.ir.nodes import Block, Const, Op, Value, walk
from gradgen.rules.registry import RULES
from gradgen.syntax import every_node, located, nodes_in

WAY_OUT = "test the condition with if before the computation that can fail"
SIMPLE = (
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return, ast.Import, ast.ImportFrom,
    ast.Delete,
)  # fmt: skip

# What an operation may raise, of numbers and arrays that nothing is known of.
ANY: Classes = (
    OverflowError, FloatingPointError, ValueError, IndexError, TypeError, MemoryError,
)  # fmt: skip
OWN_NAME = "local variable ''"  # in the message, as names of the reader's own are spelled
DIVISIONS = ("div", "floordiv", "mod")
MATH_RAISES: dict[str, Classes] = {
    **{f"math.{fn.__name__}": (kind,) for fn, (_, kind) in MATH.items()},
    **{f"math.{fn.__name__}": (ValueError,) for fn in PAIRS},
    "math.pow": (ValueError, OverflowError),
    **dict.fromkeys(("math.tanh", "math.atan", "math.fabs", "math.erf", "math.erfc"), ()),
}
DIVIDE = ("div", "mod", "pow", "log", "average")  # in the names of what may divide by zero
UNCERTAIN: dict[str, Classes] = {
    **dict.fromkeys(DIVISIONS, (ArithmeticError,)),
    "load": (IndexError, TypeError),
    "store": (IndexError, TypeError, ValueError),
    "pop": (IndexError,),
    "int": (ValueError, OverflowError),
    "sum_items": (TypeError,),
    "array": (ValueError,),
    **dict.fromkeys(("append", "list", "copy", "contains", "zeros", "ones", "full"), ()),
}
# What raises nothing, of numbers; of two arrays, a ValueError for shapes that do not fit.
HARMLESS = frozenset((
    "add", "sub", "mul", "neg", "lt", "le", "gt", "ge", "eq", "ne", "not", "and", "or", "len",
    "dim", "is", "is_not", "leaf", "captured", "if", "min2", "max2", "abs", "float", "T", "ravel",
))  # fmt: skip
OF_ANYTHING = ("len", "dim", "if", "is", "is_not")  # of shapes that need not go together
# What is asked of all entries, of which there may be none.
OF_ALL = ("sum", "mean", "prod", "var", "std", "any", "all", "count_nonzero")


# What raises a TypeError where one of the numbers is None.
COMPUTES = HARMLESS - {
    "eq", "ne", "not", "and", "or", "len", "dim", "is", "is_not", "leaf", "captured", "if",
}  # fmt: skip


def try_statement(r: Reader, s: ast.Try, rest: Point) -> Point:
    """Follow the path that is sure to be taken; what is raised and caught here is a jump."""
    if _hands_on(s):
        return Point([*s.body, *s.orelse], rest)
    s = forgetting(r, s)
    before, path, facts = snapshot(r), list(r.call_path), r.facts
    if _leaves(s.finalbody) and not hasattr(s, "gradgen_kinds"):
        whole = _swallowing(r, s)
        checked = with_jumps(r, whole, checks=True)
        try:
            return _followed(r, checked, rest)
        except UnsupportedError:
            if checked is not whole:
                raise  # there is something to forget
            restore(r, before)
            r.call_path[:], r.facts = path, facts
    try:
        return _followed(r, with_jumps(r, s), rest)
    except UnsupportedError:
        restore(r, before)
        r.call_path[:], r.facts = path, facts
        checked = with_jumps(r, s, checks=True)
        if hasattr(s, "gradgen_kinds") or checked is s:
            raise
    return _followed(r, checked, rest)


def _hands_on(s: ast.Try) -> bool:
    """Whether all that the handlers of a ``try`` do is to raise again what they have caught."""
    if s.finalbody or not s.handlers or hasattr(s, "gradgen_kinds"):
        return False
    again = {None: "raise"} | {h.name: f"raise {h.name}" for h in s.handlers if h.name}
    return all(
        len(h.body) == 1 and ast.unparse(h.body[0]) in (again[None], again[h.name])
        for h in s.handlers
    )


def _leaves(last: list[ast.stmt]) -> bool:
    """Whether the steps of ``finally`` may jump, or raise something else."""
    raises = (ast.Raise, ast.Assert)
    return bool(jumps_of(last)) or any(isinstance(n, raises) for s in last for n in nodes_in(s))


def _swallowing(r: Reader, s: ast.Try) -> ast.Try:
    """Return a ``try`` that catches all there is, as its ``finally`` may forget it."""
    made = r.expansions.get((id(s), "swallowing"))
    if made is None:
        kind = ast.Name("BaseException", ast.Load())
        handler = ast.ExceptHandler(kind, None, [ast.Raise()])
        made = ast.Try(s.body, [*s.handlers, handler], s.orelse, s.finalbody)
        r.expansions[id(s), "swallowing"] = made = located(made, s)
    assert isinstance(made, ast.Try)
    return made


def _followed(r: Reader, s: ast.Try, rest: Point) -> Point:
    """Follow the path that is sure to be taken, or those to the handlers."""
    if not s.handlers:
        return Point([*_ended(r, s, s.body), *s.finalbody], rest)
    caught = [(handler, classes_of(r, handler)) for handler in s.handlers]
    found = _trial(r, s, tuple(c for _, classes in caught for c in classes))
    if jumps_of(s.body) & {*kinds_of(s)}:
        if found is not None:
            _refuse(r, s, f"a raise, and what raises {type(found[1]).__name__} by itself")
        ends = [_ended(r, s, handler.body) for handler in s.handlers]
        body, orelse = _ended(r, s, s.body), _ended(r, s, s.orelse)
        return with_handlers(r, s, body, ends, orelse, rest)
    if found is None:
        return Point([*_ended(r, s, [*s.body, *s.orelse]), *s.finalbody], rest)
    place, error = found
    for (handler, classes), kind in zip(caught, kinds_of(s), strict=True):
        if isinstance(error, classes):
            start, end = _ended(r, s, s.body[:place]), _ended(r, s, handler.body)
            named = _named((handler.name, kind), error)
            return Point([*start, *named, *end, *s.finalbody], rest)
    return Point(s.body, rest)


def _ended(r: Reader, s: ast.Try, steps: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements of a ``try`` with those of its ``finally`` before each jump out."""
    if not steps or not s.finalbody or getattr(s, "gradgen_leaves", False):
        return steps
    key = (id(steps[0]), len(steps), id(s.finalbody[0]))
    return with_last(r, key, steps, s.finalbody, own=getattr(s, "gradgen_kinds", ()))


def _named(names: Iterable[str | None], error: BaseException) -> list[Step]:
    """Return what gives the exception its names."""
    return [Act(functools.partial(_name, name=name, error=error)) for name in names if name]


def _name(r: Reader, name: str, error: BaseException) -> None:
    r.bind(name, Static(error))


def _trial(r: Reader, s: ast.Try, classes: Classes) -> tuple[int, BaseException] | None:
    """Read the body without effect; return where it surely raises, and what, None if nowhere."""
    before, path, facts = snapshot(r), list(r.call_path), r.facts
    turns, statements = r.book.turns, r.book.statements
    found: tuple[int, BaseException] | None = None
    misfits: set[Op] = set()
    with r.b.into(Block()) as block:
        for place, step in enumerate(s.body):
            count = len(block.ops)
            error, goes_on = _raised_by(r, s, step)
            unfit = None if error is not None else _misfit(block.ops[count:])
            if unfit is not None:
                misfits.add(unfit[0])
                error, goes_on = unfit[1], False
            if error is not None:
                found = place, error
            if not goes_on:
                break
    restore(r, before)
    r.call_path[:], r.facts = path, facts
    r.book.turns, r.book.statements = turns, statements
    for op in walk(block):
        if op not in r.sure_ops and op not in misfits:
            _require_harmless(r, s, op, classes)
    if found is not None and not isinstance(s.body[found[0]], SIMPLE):
        _refuse(r, s, "a statement that raises in a part of it")
    return found


def _misfit(ops: list[Op]) -> tuple[Op, Exception] | None:
    """Return the first operation of arrays whose shapes surely do not fit, and the error."""
    for op in ops:
        error = misfit(op)
        if isinstance(error, Exception):
            return op, error
    return None


def _raised_by(r: Reader, s: ast.Try, step: ast.stmt) -> tuple[BaseException | None, bool]:
    """Read one statement; return what it surely raises, and whether it comes to the next one."""
    # A cycle by nature: statements own blocks of statements.
    from gradgen.frontend.statements import HANDLERS, MADE

    handler = HANDLERS.get(type(step)) or MADE.get(type(step))
    if handler is None:  # what this says, it says when it is read for good
        return None, not isinstance(step, Throw)
    jumps = ("return", "break", "continue", *jumps_of(s.body))
    came: list[bool] = []
    end = Point([Act(lambda r: came.append(True))], Meeting(dict.fromkeys(jumps, "")))
    r.b.span, r.frame.statement = r.span(step), step
    try:
        following = handler(r, step, end)
        if following is not None:
            read(r, following)
    except Certain as found:
        if found.block is not r.b.block:
            _refuse(r, s, f"a part of an expression that raises {type(found.error).__name__}")
        return found.error, False
    except Raised:
        return None, False
    return None, bool(came)


def _require_harmless(r: Reader, s: ast.Try, op: Op, classes: Classes) -> None:
    """Refuse an operation that may raise what is caught."""
    may = list(_may_raise(r, op))
    # Whoever names such errors wants them; for all others, NumPy warns.
    named = FloatingPointError in classes
    if FloatingPointError in may and not named and not _errors_of_numpy(r):
        may = [c for c in may if c is not FloatingPointError]
    if not _is_of_matrices(op):  # of what is raised by those, there is a class of its own
        classes = tuple(k for k in classes if k is not np.linalg.LinAlgError)
    both = [c for c in may for k in classes if issubclass(c, k) or issubclass(k, c)]
    if not both:
        return
    unsure = any(v.type.is_scalar and not v.type.weak for v in op.inputs)
    if op.prim in DIVISIONS and unsure and not any(map(is_numpys, op.inputs)):
        what = "a division that raises ZeroDivisionError where both numbers are Python's own"
        r.refuse(s, f"try around {what}", "make both so by float(), or test the divisor with if")
    if op.prim == "call":
        name = op.attrs["callee"].name
        what = f"try around a call of {name!r}, which calls itself and may raise what is caught"
        r.refuse(s, what, "have it return None, or a flag, where it would raise, and test that")
    names = ", ".join(dict.fromkeys(c.__name__ for c in both))
    if any(v.type.inexact for v in op.inputs) and op.prim not in ("raise_if", "assert"):
        _refuse(r, s, f"a computation, which may raise what is caught ({names})")
    what = "a raise or an assert" if op.prim in ("raise_if", "assert") else f"{op.prim!r}"
    _refuse(r, s, f"{what}, which may raise {names}")


def _refuse(r: Reader, s: ast.Try, what: str) -> NoReturn:
    r.refuse(s, f"try around {what}", WAY_OUT)


def _may_raise(r: Reader, op: Op) -> Iterator[type[BaseException]]:
    """Yield the classes of what an operation may raise."""
    if op.prim in COMPUTES and any(may_be_none(r, v) for v in op.inputs if v.type.is_scalar):
        yield TypeError
    if op.prim == "raise_if":
        text = str(op.attrs.get("text", ""))
        # What the reader itself names is assigned wherever it is read.
        yield from () if OWN_NAME in text else (_class_of_text(r, text),)
    elif op.prim == "assert":
        yield AssertionError
    elif op.prim in ("load", "store") and op.inputs[-1].type.of is not None:
        yield from ()  # what an object holds, at its own place
    elif op.prim == "int" and op.inputs[0].type.kind in ("int", "bool"):
        yield from ()
    elif op.prim in MATH_RAISES:
        yield from MATH_RAISES[op.prim]
    elif op.prim in HARMLESS or _is_of_entries(op):
        if not _fits(op) and op.prim not in OF_ANYTHING:
            yield ValueError
        if any(v.type.inexact and not v.type.weak for v in [*op.inputs, *op.outputs]):
            yield FloatingPointError
    elif op.prim in SHAPED and misfit(op) == FITS:
        if any(v.type.inexact and not v.type.weak for v in op.inputs):
            yield FloatingPointError
    elif _is_division(op) and any(map(is_numpys, op.inputs)):
        yield from (FloatingPointError,) if _fits(op) else (FloatingPointError, ValueError)
    elif op.prim == "load" and not set(op.attrs["index"]) - set(":s"):
        yield TypeError
    elif op.prim == "pow" and _is_power(op.inputs[1]):
        yield OverflowError
    elif op.prim == "effect" and (op.attrs["text"] == KEPT or _surely_prints(op)):
        yield from ()
    elif op.prim == "store" and op.inputs[0].type.inexact and op.inputs[1].type.is_scalar:
        yield from (IndexError, TypeError)  # a number has the shape of any place
    elif op.prim in ("call", "for", "while", "print"):
        yield from (Exception,) if op.prim in ("call", "print") else ()
    else:
        yield from UNCERTAIN.get(op.prim, ANY)
        if any(part in op.prim for part in DIVIDE):
            yield ZeroDivisionError


LOGS = ("debug", "info", "warning", "error", "critical")


def _surely_prints(op: Op) -> bool:
    """Whether this is a ``print`` of texts, and of numbers in formats that numbers have.

    A logger's format may be wrong for its numbers: it says so, and does not raise.
    """
    shown = ast.parse(op.attrs["text"], mode="eval").body
    if not isinstance(shown, ast.Call):
        return False
    name = ast.unparse(shown.func)
    logs = name.startswith("logging.") and name.rpartition(".")[2] in LOGS
    if not (logs or name == "print"):
        return False
    options = all(k.arg in ("sep", "end", "flush") for k in shown.keywords)
    return options and all(_surely_shown(op, a) for a in (*shown.args, *shown.keywords))


@deep
def _surely_shown(op: Op, part: ast.AST) -> bool:
    match part:
        case ast.Constant() | ast.Name() | ast.keyword(value=ast.Constant()):
            return True
        case ast.JoinedStr(parts):
            return all(_surely_shown(op, inner) for inner in parts)
        case ast.FormattedValue(value, _, None):
            return _surely_shown(op, value)
        case ast.FormattedValue(ast.Name(hole), -1, ast.JoinedStr([ast.Constant(form)])):
            of = op.inputs[1 + int(hole.rpartition("_")[2])].type
            return of.is_scalar and of.kind in ("float", "int") and _has_form(of.kind, form)
        case ast.FormattedValue(ast.Call(ast.Name("float"), [ast.Name()]), -1,
                                ast.JoinedStr([ast.Constant(form)])):  # fmt: skip
            return _has_form("float", form)
    return False


def _has_form(kind: str, form: Any) -> bool:
    try:
        format(1.0 if kind == "float" else 1, form)
    except ValueError:
        return False
    return True


def _is_division(op: Op) -> bool:
    """Whether an operation raises of Python's numbers, and not of NumPy's."""
    return op.prim in DIVISIONS or (op.prim == "pow" and op.out.type.inexact)


def _is_of_matrices(op: Op) -> bool:
    """Whether an operation may raise what linear algebra does, or what a statement says."""
    rule = RULES.get(op.prim)
    return op.prim in ("call", "raise_if") or (rule is not None and "linalg" in rule.spelling)


def _fits(op: Op) -> bool:
    """Whether the shapes of what an operation is done with surely go together."""
    shaped = [v.type.shape for v in op.inputs if not v.type.is_scalar]
    if len(shaped) < 2 or (None not in shaped and len(set(shaped)) == 1):
        return True
    return misfit(op) == FITS


def _errors_of_numpy(r: Reader) -> bool:
    """Whether NumPy may have been asked to raise what it warns of."""
    if "raise" in np.geterr().values():
        return True
    read = [frame.source.node for frame in r.frames() if frame.source is not None]
    nodes = (n for tree in read for n in every_node(tree))
    return any(isinstance(n, ast.Constant) and n.value == "raise" for n in nodes)


def _is_of_entries(op: Op) -> bool:
    """Whether an operation does the same to each entry of an array, or adds all of them up."""
    rule = RULES.get(op.prim)
    elementwise = rule is not None and rule.elementwise and op.prim not in (*DIVISIONS, "pow")
    if elementwise and len(op.outputs) == 1 and op.out.type.is_scalar:
        return op.out.type.inexact and not op.out.type.weak and is_numpys(op.out)
    if not op.inputs or op.inputs[0].type.is_scalar:
        return False
    if op.inputs[0].type.kind == "any" and op.prim in (*DIVISIONS, "pow"):
        return False  # it may be a number of Python's
    elementwise = op.prim in RULES and RULES[op.prim].elementwise
    return elementwise or (op.prim in OF_ALL and not op.attrs.get("axis"))


def _is_power(v: Value) -> bool:
    """Whether an exponent is known, and raises nothing at zero."""
    return isinstance(v, Const) and isinstance(v.const, int | float) and v.const >= 0


def _class_of_text(r: Reader, text: str) -> type[BaseException]:
    """Return the class of what a statement raises."""
    match ast.parse(text).body:
        case [ast.Raise(ast.Call(named) | named)]:
            name = ast.unparse(named)  # type: ignore[arg-type]
            home, _, last = name.rpartition(".")
            known: Any = r.arrays.get(name, getattr(builtins, name, Exception))
            if home in ("np.linalg", "np.exceptions"):
                known = getattr(getattr(np, home[3:]), last)
            return known if isinstance(known, type) else Exception
    return Exception
