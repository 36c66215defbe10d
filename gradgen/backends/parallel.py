"""Loops in parts, each on a thread: the text of what ``passes/parallel.py`` found can be done so.

The turns of such a loop become a function, called for each part with sums of the part's own; these
are added up in the order of the parts.  Numba loses an exception that a thread raises, so a part
notes whether it came through; where one did not, the turns are done in order, and raise it.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from gradgen.emission import pieces
from gradgen.emission.printer import Comment, Docstring
from gradgen.emission.writer import Writer
from gradgen.passes.parallel import Parts
from gradgen.syntax import nodes_in

LEAST = 256  # turns without loops that are worth a thread


class Names(NamedTuple):
    """The names of what a loop shares: sums of numbers and arrays, scratch space, what it reads."""

    numbers: list[str]
    arrays: list[str]
    scratch: list[str]
    read: list[str]


def in_parts(
    writer: Writer, name: str, statements: list[ast.stmt], known: list[str]
) -> tuple[list[ast.stmt], list[ast.FunctionDef]]:
    """Return the statements with loops in parts, and the functions that these call.

    ``known`` are the names that are bound before the first statement.
    """
    out: list[ast.stmt] = []
    made: list[ast.FunctionDef] = []
    bound, stored = set(known), set(known)
    for s in statements:
        plan = getattr(s, "gradgen_parts", None)
        split = None
        sums = {writer.names[p] for p in plan.arrays} if plan is not None else set()
        if plan is not None and isinstance(s, ast.For) and _can_split(s, bound, stored, sums):
            split = _Split(writer, f"{name}_turns", len(made) // 3, s, plan, bound)
            made += split.functions()
        out += [s] if split is None else split.call()
        _expose([s], bound, {})
        stored |= _stored(s)
    return out, made


def _can_split(s: ast.For, bound: set[str], stored: set[str], sums: set[str]) -> bool:
    """Whether turns can be a function.

    What they read has to be surely there, arrays that are sums are added to in place, and nothing
    calls Python.
    """
    over = s.iter
    ranged = isinstance(over, ast.Call) and ast.unparse(over.func) == "range"
    doubtful = set(exposed([s])) & stored - bound
    in_place = {id(n.target) for n in nodes_in(s) if isinstance(n, ast.AugAssign)}
    names = (n for n in nodes_in(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    made_anew = any(n.id in sums and id(n) not in in_place for n in names)
    return ranged and not doubtful and not made_anew and not _runs_python(s)


def _runs_python(s: ast.stmt) -> bool:
    """Whether turns call Python, where threads wait for each other."""
    names = {n.id for n in nodes_in(s) if isinstance(n, ast.Name)}
    return any("_in_python" in n for n in names)


class _Split:
    """One loop in parts; ``own`` are the arrays that each part adds to, ``shared`` is the rest."""

    def __init__(
        self, writer: Writer, base: str, k: int, loop: ast.For, plan: Parts, bound: set[str]
    ) -> None:
        assert isinstance(loop.iter, ast.Call)
        named = writer.names
        numbers, arrays, scratch = (
            [named[p] for p in values] for values in (plan.numbers, plan.arrays, plan.scratch)
        )
        known = bound - {*numbers, *arrays}
        read = list(dict.fromkeys([*(n for n in exposed([loop]) if n in known), *scratch]))
        self.names = Names(numbers, arrays, scratch, read)
        self.loop, self.short, self.tail = loop, plan.short, f"_{k}" if k else ""
        self.turns, self.part, self.parts = (
            f"{base}{kind}{self.tail}" for kind in ("", "_part", "_parts")
        )
        self.taken = {*named.values(), *writer.function.captures}
        bounds = list(loop.iter.args)
        self.bounds = [ast.Constant(0), *bounds] if len(bounds) == 1 else bounds

    def _free(self, hint: str, tail: bool = False) -> str:
        """Return a name that nothing in the function has; with ``tail``, one for this loop only."""
        hint += self.tail if tail else ""
        while hint in self.taken:
            hint += "_"
        return hint

    # --- the functions --------------------------------------------------------------------

    def functions(self) -> list[ast.FunctionDef]:
        """Return the turns, a part of them, and all parts on threads."""
        return [self._turns(), self._part(), self._parts()]

    def _turns(self) -> ast.FunctionDef:
        first, last, own, shared = map(self._free, ("first", "last", "own", "shared"))
        lines = [f"{_tuple(self.names.arrays)} = {own}"] if self.names.arrays else []
        lines += [f"{_tuple(self.names.read)} = {shared}"] if self.names.read else []
        lines += [f"{n} = {n}.copy()" for n in self.names.scratch]
        lines += [f"{n} = 0.0" for n in self.names.numbers]
        over = pieces.call("range", [_name(first), _name(last)])
        loop = ast.For(self.loop.target, over, self.loop.body, [])
        numbers = ", ".join(self.names.numbers)
        end = ast.parse(numbers and f"f({numbers})").body
        values = [e for s in end for e in s.value.args]  # type: ignore[attr-defined]
        returned = values[:1] if len(values) < 2 else [ast.Tuple(values, ast.Load())]
        body = [Docstring(self._what()), *ast.parse("\n".join(lines)).body, loop,
                *map(ast.Return, returned)]  # fmt: skip
        return _function(self.turns, [first, last, own, shared], body)

    def _what(self) -> str:
        arrays, numbers = ", ".join(self.names.arrays), ", ".join(self.names.numbers)
        out = "Do the turns of a loop from first to last"
        out += f"; add to {arrays}" if arrays else ""
        return out + (f"; return {numbers}." if numbers else ".")

    def _part(self) -> ast.FunctionDef:
        count = len(self.names.numbers)
        into = ", ".join(f"sums[part, {k}]" if count > 1 else "sums[part]" for k in range(count))
        call = f"{self.turns}(start, stop, own, shared)"
        body = ast.parse(
            "start = first + (last - first) * part // parts\n"
            "stop = first + (last - first) * (part + 1) // parts\n"
            f"try:\n    {into}{' = ' if into else ''}{call}\n    done[part] = True\n"
            "except Exception:\n    done[part] = False\n"
        ).body
        doc = Docstring("Do a part of the turns, and note whether they came through.")
        args = ["part", "parts", "done", "sums", "first", "last", "own", "shared"]
        return _function(self.part, args, [doc, *body])

    def _parts(self) -> ast.FunctionDef:
        arrays = [f"{n}[part]" for n in self.names.arrays]
        given = f"np.int64(part), parts, done, sums, first, last, {_tuple(arrays)}, shared"
        lines = [f"{_tuple(self.names.arrays)} = own"] if arrays else []
        lines += ["for part in numba.prange(parts):", f"    {self.part}({given})"]
        doc = Docstring("Do the parts of the turns, each on a thread.")
        args = ["parts", "done", "sums", "first", "last", "own", "shared"]
        return _function(self.parts, args, [doc, *ast.parse("\n".join(lines)).body])

    # --- the call -------------------------------------------------------------------------

    def call(self) -> list[ast.stmt]:
        """Return the statements that stand for the loop."""
        count = len(self.names.numbers)
        parts, done, sums, part, shared = (
            self._free(n, True) for n in ("parts", "done", "sums", "part", "shared")
        )
        own = {n: self._free(f"{n}_parts", True) for n in self.names.arrays}
        shape = parts if count < 2 else f"({parts}, {count})"
        lines = [f"{parts} = {self._count()}",
                 f"{done} = np.zeros({parts}, dtype=np.bool_)",
                 f"{sums} = np.zeros({shape})"]  # fmt: skip
        lines += [f"{v} = np.zeros(({parts}, *{n}.shape), {n}.dtype)" for n, v in own.items()]
        lines.append(f"{shared} = {_tuple(self.names.read)}")
        bounds = ", ".join(map(ast.unparse, self.bounds))
        lines.append(
            f"{self.parts}({parts}, {done}, {sums}, {bounds}, {_tuple(list(own.values()))},"
            f" {shared})"
        )
        at = [f"{sums}[{part}, {k}]" if count > 1 else f"{sums}[{part}]" for k in range(count)]
        added = [f"{n} += {e}" for n, e in zip(self.names.numbers, at, strict=True)]
        added += [f"{n} += {v}[{part}]" for n, v in own.items()]
        call = f"{self.turns}({bounds}, {_tuple(self.names.arrays)}, {shared})"
        if added:
            lines += [f"if np.all({done}):", f"    for {part} in range({parts}):"]
            lines += [*(f"        {line}" for line in added), "else:", *self._in_order(call)]
        else:
            lines += [f"if not np.all({done}):", f"    {call}"]
        out: list[ast.stmt] = [Comment("# in as many parts as there are threads")]
        return [*out, *ast.parse("\n".join(lines)).body]

    def _count(self) -> str:
        """Return how many parts there are: as many as threads, where there are turns enough."""
        threads = "numba.get_num_threads()"
        if not self.short:
            return threads
        first, last = map(ast.unparse, self.bounds)
        turns = last if first == "0" else f"({last} - {first})"
        return f"max(1, min({threads}, {turns} // {LEAST}))"

    def _in_order(self, call: str) -> list[str]:
        """Return the lines that do all turns here, which raise what a part raised."""
        numbers = self.names.numbers
        if len(numbers) < 2:
            return [f"    {numbers[0]} += {call}" if numbers else f"    {call}"]
        more = [self._free(f"more_{n}", True) for n in numbers]
        return [f"    {', '.join(more)} = {call}",
                *(f"    {n} += {m}" for n, m in zip(numbers, more, strict=True))]  # fmt: skip


def _tuple(names: list[str]) -> str:
    """Return the text of a tuple."""
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"


def _name(n: str) -> ast.expr:
    return ast.Name(n, ast.Load())


def _function(name: str, params: list[str], body: list[ast.stmt]) -> ast.FunctionDef:
    args = ast.arguments([], [ast.arg(p) for p in params], None, [], [], None, [])
    return ast.FunctionDef(name, args, body, [], None)


def exposed(statements: list[ast.stmt]) -> list[str]:
    """Return the names that statements read, or may read, before they bind them."""
    out: dict[str, None] = {}
    _expose(statements, set(), out)
    return list(out)


def _expose(statements: list[ast.stmt], bound: set[str], out: dict[str, None]) -> None:
    """Collect names that are read unbound; ``bound`` gains what is surely bound behind."""
    for s in statements:
        if isinstance(s, ast.For):
            _reads(s.iter, bound, out)
            target = {n.id for n in nodes_in(s.target) if isinstance(n, ast.Name)}
            _expose(s.body, bound | target, out)
        elif isinstance(s, ast.While):
            _reads(s.test, bound, out)
            _expose(s.body, set(bound), out)
        elif isinstance(s, ast.If):
            _reads(s.test, bound, out)
            then, other = set(bound), set(bound)
            _expose(s.body, then, out)
            _expose(s.orelse, other, out)
            bound |= then & other
        else:
            _reads(s, bound, out)
            bound |= _stored(s)


def _stored(node: ast.AST) -> set[str]:
    """Return the names that are bound somewhere in a statement."""
    names = (n for n in nodes_in(node) if isinstance(n, ast.Name))
    return {n.id for n in names if isinstance(n.ctx, ast.Store)}


def _reads(node: ast.AST, bound: set[str], out: dict[str, None]) -> None:
    augmented = node.target if isinstance(node, ast.AugAssign) else None
    for n in nodes_in(node):
        read = isinstance(n, ast.Name) and (isinstance(n.ctx, ast.Load) or n is augmented)
        if read and isinstance(n, ast.Name) and n.id not in bound:
            out[n.id] = None
