"""``match``: structure is decided while reading, numbers are compared when the program runs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from gradgen.frontend import attributes, comparisons, row_kinds, unbound
from gradgen.frontend.aggregates import sequence
from gradgen.frontend.arguments import any_items, every_item
from gradgen.frontend.branches import chain, truth
from gradgen.frontend.builtin_calls import instance_test
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.flow import split
from gradgen.frontend.jumps import Act, Cases, Step
from gradgen.frontend.matched_lengths import has_items, parts
from gradgen.frontend.points import Point
from gradgen.frontend.reader import Reader
from gradgen.frontend.records import expanded
from gradgen.frontend.uneven_lists import is_uneven
from gradgen.frontend.values import Choice, Map, Record, Ref, Seq, Static, UnknownShape, is_static
from gradgen.ir.nodes import Const, Undefined, Value
from gradgen.library.collections import STANDS_FOR

Test = Callable[[], Any]
ITSELF = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)


class Failed(Exception):
    """A pattern does not match, whatever the numbers are."""


class Depends(Exception):
    """Whether a pattern matches depends on which of two things a part of the subject is."""

    def __init__(self, test: Value) -> None:
        self.test = test


class Match:
    """What a pattern asks for: tests of numbers, and the names that it binds."""

    def __init__(self, r: Reader, read: dict[Any, Any]) -> None:
        self.r, self.read = r, read
        self.tests: list[Test] = []
        self.bound: dict[str, Any] = {}

    def bind(self) -> None:
        """Bind the names, as Python does before it looks at the guard."""
        for name, value in self.bound.items():
            self.r.bind(name, value)


def match_statement(r: Reader, s: ast.Match, rest: Point) -> Point | None:
    """Read the cases one after the other."""
    return read_cases(r, Cases(s, evaluate(r, s.subject), s.cases, {}), rest)


def read_cases(r: Reader, cases: Cases, rest: Point) -> Point | None:
    """Find the first case that can match; where numbers decide, the others are the other side."""
    subject = r.settled(cases.subject)
    if isinstance(subject, Choice):
        options = (subject.then, subject.other)
        then, other = (Cases(cases.node, v, cases.cases, {**cases.read}) for v in options)
        return split(r, cases.node, subject.test, [then], [other], rest)
    for k, case in enumerate(cases.cases):
        try:
            found = matching(r, case.pattern, subject, cases.read)
        except Failed:
            continue
        except Depends as error:
            then, other = (_left(cases, subject, k) for _ in range(2))
            return split(r, cases.node, error.test, [then], [other], rest)
        later: list[Step] = [_left(cases, subject, k + 1)]
        return _case(r, case, found, later, rest)
    return rest


def _left(cases: Cases, subject: Any, k: int) -> Cases:
    """Return the cases from one on; what is read on one side is not there on the other."""
    return Cases(cases.node, subject, cases.cases[k:], {**cases.read})


def _case(
    r: Reader, case: ast.match_case, found: Match, later: list[Step], rest: Point
) -> Point | None:
    """Read a case that can match, and the later ones where it may not."""
    body: list[Step] = list(case.body)
    if not found.tests:
        found.bind()
        if case.guard is None:
            return Point(body, rest)
        test = truth(r, evaluate(r, case.guard), case.guard)
    else:
        test = _tested(r, found, case)
        if case.guard is None:
            body.insert(0, Act(lambda _: found.bind()))
    return split(r, case.pattern, test, body, later, rest)


def _tested(r: Reader, found: Match, case: ast.match_case) -> Value:
    node = ast.copy_location(ast.Constant(True), case.pattern)
    tests = list(found.tests)
    if case.guard is not None:
        guard = case.guard

        def guarded() -> Any:
            found.bind()
            return evaluate(r, guard)

        tests.append(guarded)
    return truth(r, chain(r, node, tests, stop_on=False), node)


def matching(r: Reader, pattern: ast.pattern, subject: Any, read: dict[Any, Any]) -> Match:
    """Match a pattern as far as structure decides."""
    found = Match(r, read)
    _match(found, pattern, r.settled(subject))
    return found


def _match(m: Match, pattern: ast.pattern, subject: Any) -> None:
    if isinstance(subject, Choice) and not isinstance(pattern, ast.MatchAs):
        raise Depends(subject.test)
    unknown = isinstance(subject, Value | Ref) and m.r.read(subject).type.kind == "any"
    if unknown and not isinstance(pattern, ast.MatchAs | ast.MatchOr):
        m.r.refuse(pattern, "a match of a value of unknown type", "give example arguments")
    HANDLERS[type(pattern)](m, pattern, subject)


def _value(m: Match, p: ast.MatchValue, subject: Any) -> None:
    _equal(m, p, subject, evaluate(m.r, p.value))


def _equal(m: Match, p: ast.pattern, subject: Any, wanted: Any) -> None:
    if is_static(subject) and is_static(wanted):
        if not _compare(m, p, subject, wanted).const:
            raise Failed
        return
    computed = isinstance(subject, Value | Ref)  # which may be a text that the path decides
    if isinstance(subject, Seq | Map) or (isinstance(wanted, Static) and not computed):
        raise Failed
    if isinstance(subject, Ref) and m.r.read(subject).type.rank != 0:
        m.r.refuse(p, "a comparison of an array with a number in match", "use if and np.all")
    m.tests.append(lambda: _compare(m, p, subject, wanted))


def _compare(
    m: Match, p: ast.pattern, subject: Any, wanted: Any, op: ast.cmpop | None = None
) -> Any:
    op = op or ast.Eq()
    node = ast.copy_location(ast.Compare(ast.Constant(0), [op], []), p)
    return comparisons.compare_two(m.r, node, op, subject, wanted)


def _singleton(m: Match, p: ast.MatchSingleton, subject: Any) -> None:
    if p.value is None and isinstance(subject, Value | Ref):
        m.tests.append(lambda: _compare(m, p, subject, Static(None), ast.Is()))
    elif p.value is None or isinstance(subject, Seq | Map | Static):
        if not (isinstance(subject, Static) and subject.obj is p.value):
            raise Failed
    elif isinstance(subject, Const):
        if subject.const is not p.value:
            raise Failed
    elif isinstance(subject, Value) and subject.type.kind == "bool" and subject.type.weak:
        _equal(m, p, subject, Const(p.value))
    elif isinstance(subject, Value) and subject.type.kind == "bool":
        # Python asks for its own True or False, which a truth value of NumPy's is not.
        m.tests.append(lambda: m.r.b.emit("is", [subject, Const(p.value)], span=m.r.span(p)))
    else:
        raise Failed


def _sequence(m: Match, p: ast.MatchSequence, subject: Any) -> None:
    if isinstance(subject, UnknownShape):
        m.r.refuse(p, "the shape of an array of unknown rank", "give types")
    subject = expanded(m.r, subject, p)
    if row_kinds.is_range(subject) or is_uneven(subject):
        subject = sequence(m.r, p, subject)
    if row_kinds.is_graph_list(m.r, subject):
        _counted(m, p, subject)
        return
    if not isinstance(subject, Seq) or row_kinds.is_view(m.r, subject):
        raise Failed
    items, stars = list(subject.items), [isinstance(q, ast.MatchStar) for q in p.patterns]
    if any(stars):
        at, extra = stars.index(True), len(items) - len(stars) + 1
        if extra < 0:
            raise Failed
        items[at : at + extra] = [Seq(items[at : at + extra], list)]
    if len(items) != len(p.patterns):
        raise Failed
    for q, item in zip(p.patterns, items, strict=True):
        _match(m, q, m.r.settled(item))


def _counted(m: Match, p: ast.MatchSequence, subject: Any) -> None:
    """Match a list of which the length is tested."""
    star = any(isinstance(q, ast.MatchStar) for q in p.patterns)
    _require(m, has_items(m.r, p, subject, len(p.patterns) - star, star))
    for q, item in parts(m.r, p.patterns, subject, m.read):
        unnamed = isinstance(q, ast.MatchAs | ast.MatchStar) and q.name is None
        if not unnamed or getattr(q, "pattern", None) is not None:
            _match(m, q, m.r.settled(item()))


def _star(m: Match, p: ast.MatchStar, subject: Any) -> None:
    if p.name is not None:
        m.bound[p.name] = subject


def _mapping(m: Match, p: ast.MatchMapping, subject: Any) -> None:
    subject = expanded(m.r, subject, p)
    if isinstance(subject, Record) and STANDS_FOR.get(subject.kind) is dict:
        m.r.refuse(p, "a match of a dict whose keys are computed", "test its keys with if")
    if not isinstance(subject, Map):
        raise Failed
    left = dict(any_items(m.r, p, subject))
    for key, q in zip(p.keys, p.patterns, strict=True):
        k = evaluate(m.r, key)
        assert isinstance(k, Static | Const)
        name = k.obj if isinstance(k, Static) else k.const
        if name not in left:
            raise Failed
        item = m.r.settled(left.pop(name))
        if isinstance(item, Choice) and unbound.may_miss(item):
            raise Depends(item.test)
        if isinstance(item, Undefined):
            raise Failed
        _match(m, q, item)
    if p.rest is not None:
        every_item(m.r, p, subject)
        m.bound[p.rest] = Map(left)


def _class(m: Match, p: ast.MatchClass, subject: Any) -> None:
    cls = evaluate(m.r, p.cls)
    if not (isinstance(cls, Static) and isinstance(cls.obj, type)):
        m.r.refuse(p, "a class pattern of something that is not a class", "use isinstance and if")
    _require(m, instance_test(m.r, p, [subject, cls], {}))  # an object may be None
    if cls.obj in ITSELF and p.patterns:
        _match(m, p.patterns[0], subject)
        return
    names: Sequence[str] = getattr(cls.obj, "__match_args__", ())
    if len(p.patterns) > len(names):
        what = f"{cls.obj.__name__}() accepts {len(names)} positional sub-patterns"
        m.r.fail(p, TypeError(f"{what} ({len(p.patterns)} given)"))
    pairs = [*zip(names, p.patterns, strict=False), *zip(p.kwd_attrs, p.kwd_patterns, strict=True)]
    for name, q in pairs:
        _match(m, q, m.r.settled(attributes.attribute(m.r, subject, name, p)))


def _require(m: Match, test: Value) -> None:
    """Go on where a test holds; the cases are tried again on each path where that is not known."""
    known = Const(m.r.facts[test]) if test in m.r.facts else test
    if not isinstance(known, Const):
        raise Depends(test)
    if not known.const:
        raise Failed


def _as(m: Match, p: ast.MatchAs, subject: Any) -> None:
    if p.pattern is not None:
        _match(m, p.pattern, subject)
    if p.name is not None:
        m.bound[p.name] = subject


def _or(m: Match, p: ast.MatchOr, subject: Any) -> None:
    options: list[Match] = []
    for q in p.patterns:
        try:
            options.append(matching(m.r, q, subject, m.read))
        except Failed:
            continue
        if not options[-1].tests:
            break
    if not options:
        raise Failed
    if any(o.bound for o in options) and len(options) > 1:
        m.r.refuse(p, "a pattern with | that binds names by numbers", "write a case for each")
    m.bound |= options[0].bound
    if len(options) == 1:
        m.tests += options[0].tests
    elif options[-1].tests:
        node = ast.copy_location(ast.Constant(True), p)
        each = [lambda o=o: chain(m.r, node, o.tests, stop_on=False) for o in options]
        m.tests.append(lambda: chain(m.r, node, each, stop_on=True))


HANDLERS: dict[type[ast.pattern], Callable[[Match, Any, Any], None]] = {
    ast.MatchValue: _value,
    ast.MatchSingleton: _singleton,
    ast.MatchSequence: _sequence,
    ast.MatchStar: _star,
    ast.MatchMapping: _mapping,
    ast.MatchClass: _class,
    ast.MatchAs: _as,
    ast.MatchOr: _or,
}
