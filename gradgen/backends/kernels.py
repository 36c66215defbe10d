"""The two functions of a compiled module: the user's, in Python, and the loops that it calls.

Numba compiles functions of numbers, arrays and tuples of these.  So the function with the user's
parameters stays Python: it checks what the text relies on, takes containers apart, calls the
compiled function, and puts the results together in the structure of the arguments.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable

from gradgen.backends.generators import Generators
from gradgen.backends.parallel import in_parts
from gradgen.backends.respell import respelled
from gradgen.backends.tapes import take_tapes
from gradgen.backends.unchecked import choice, lengths_that_fit, twin
from gradgen.backends.views import has_loop, with_views, without_reads
from gradgen.emission import pieces
from gradgen.emission.writer import Writer
from gradgen.ir.nodes import Const, Value
from gradgen.syntax import nodes_in

Outputs = Callable[[Callable[[Value], ast.expr]], ast.expr]
# What LLVM may do with floats: sums in any order, zeros without signs, products and sums in one.
REORDERED = ("contract", "nsz", "reassoc")
# Functions that are right only in the order that is written.
STRICT = ("_exp", "_tanh", "_exp_less_one", "_nearest_whole", "_two_to")
SUFFIX = "_compiled"
CHECKED = "_checked"


class Kernel:
    """The compiled function of a module, and the call of it."""

    def __init__(
        self, writer: Writer, name: str, statements: list[ast.stmt], cache: bool = False
    ) -> None:
        self.writer, self.name, self.cache = writer, name + SUFFIX, cache
        self.generators = Generators(writer)
        statements = self.generators.taken_out(statements)
        self.statements, self.turns = in_parts(writer, name, statements, _known(writer))
        self.statements, made, self.tapes = take_tapes(self.statements, _known(writer))
        self.params = [*_parameters(writer, self.statements), *made]
        self.tests: list[ast.expr] | None = None

    def definition(self, outputs: Outputs) -> ast.FunctionDef:
        """Return the compiled function: the same statements as those of plain NumPy."""
        returned = self._returned(outputs)
        read = {n.id for n in nodes_in(returned) if isinstance(n, ast.Name)}
        self.params += [p for p in _known(self.writer) if p in read and p not in self.params]
        self.params += self.generators.names
        self.writer.note(returned)
        args = ast.arguments([], [ast.arg(p) for p in self.params], None, [], [], None, [])
        body = [*self.statements, ast.Return(returned)]
        made = respelled(ast.FunctionDef(self.name, args, body, [], None))
        self.tests = self._tests(made.body)
        if self.tests is not None:
            seen = with_views(made.body, {*self.params, *self.writer.function.reserved})
            if self._demands_no_more(seen):
                made.body = seen
        made.decorator_list = [self._decorator(self.cache, self.tests is None)]
        return made

    def _demands_no_more(self, seen: list[ast.stmt]) -> bool:
        """Whether statements with views fit where the others do, and where loops take no turns."""
        made, unmade = (self._tests(without_reads(seen, views)) for views in (True, False))
        return _same(self._tests(seen), self.tests or []) and _same(made, unmade or [])

    def _tests(self, body: list[ast.stmt]) -> list[ast.expr] | None:
        return lengths_that_fit([*self.tapes, *body], *_whole_and_arrays(self.writer))

    def twin(self) -> list[ast.stmt]:
        """Return the statement that makes the function again, with indices checked, if needed."""
        # What is kept on disk is found by the function's code, which is the same in both.
        made = self._decorator(cache=False, checked=True)
        return [twin(self.name, self._checked, made)] if self.tests else []

    def _decorator(self, cache: bool, checked: bool) -> ast.Call:
        function = self.writer.function
        reordered = function.reordered and has_loop(self.statements)
        return decorator(cache, checked=checked, reordered=reordered)

    @property
    def _checked(self) -> str:
        return self.name.removesuffix(SUFFIX) + CHECKED

    def call(self, outputs: Outputs) -> list[ast.stmt]:
        """Return the statements that call it and give what the user's function returns."""
        call = pieces.call(self.name, [ast.Name(p, ast.Load()) for p in self.params])
        made: list[ast.stmt] = [*self.generators.made, *self.tapes]
        if self.tests:
            fits, compiled = self._free("fits"), self._free("compiled")
            made += choice(self.tests, (fits, compiled), (self.name, self._checked))
            call.func = ast.Name(compiled, ast.Load())
        if self._plain(outputs):
            return [*made, ast.Return(call)]
        names = self._result_names()
        returned = outputs(lambda v: _result(v, names))
        if not names:
            return [*made, ast.Expr(call), ast.Return(returned)]
        targets: list[ast.expr] = [ast.Name(n, ast.Store()) for n in names.values()]
        target = targets[0] if len(targets) == 1 else ast.Tuple(targets, ast.Store())
        return [*made, ast.Assign([target], call), ast.Return(returned)]

    def _free(self, name: str) -> str:
        """Return a name that nothing in the function with the user's parameters has."""
        while name in {*self.params, *self.writer.function.signature.parameters}:
            name += "_"
        return name

    def _returned(self, outputs: Outputs) -> ast.expr:
        """Return what the compiled function returns: all numbers and arrays, or their tuples."""
        if self._plain(outputs):
            return outputs(self.writer.expr)
        values = [self.writer.expr(v) for v in self._result_names()]
        if len(values) == 1:
            return values[0]
        return ast.Tuple(values, ast.Load()) if values else ast.Constant(0)

    def _plain(self, outputs: Outputs) -> bool:
        """Whether the function returns numbers, arrays and tuples of these, as they are."""
        marked: list[ast.expr] = []

        def emit(v: Value) -> ast.expr:
            marked.append(ast.Constant(0))
            return marked[-1]

        if any(_is_narrow(v) for v in self.writer.function.body.results):
            return False
        work = [outputs(emit)]
        while work:
            e = work.pop()
            if isinstance(e, ast.Tuple) and e.elts:
                work += e.elts
            elif not any(e is m for m in marked):
                return False
        return True

    def _result_names(self) -> dict[Value, str]:
        """Return a name for each result, which is the generated text's where it has one."""
        out: dict[Value, str] = {}
        taken = {*self.writer.function.signature.parameters, self.name}
        for v in self.writer.function.body.results:
            if isinstance(v, Const) or v in out:
                continue
            base = self.writer.names.get(v) or v.name or "result"
            name, k = base, 1
            while name in taken:
                name, k = f"{base}_{k}", k + 1
            taken.add(name)
            out[v] = name
        return out


def decorator(
    cache: bool, parallel: bool = False, checked: bool = True, reordered: bool = False
) -> ast.Call:
    """Return the decorator of a compiled function.

    ``checked``: it looks whether indices fit; ``reordered``: it may take sums in another order, and
    round a product and a sum once.
    """
    options: dict[str, object] = {"error_model": "numpy"} | (
        {"boundscheck": True} if checked else {}
    )
    options |= {"cache": True} if cache else {}
    options |= {"parallel": True} if parallel else {}
    made = pieces.call("numba.njit", [], options)
    if reordered:
        flags = ast.Set([ast.Constant(flag) for flag in REORDERED])
        made.keywords.append(ast.keyword("fastmath", flags))
    return made


def decorated(
    definition: ast.stmt, plain: set[str], cache: bool, reordered: bool = False
) -> ast.stmt:
    """Have a function of the module compiled, unless it is one that stays Python."""
    if not isinstance(definition, ast.FunctionDef) or definition.name in plain:
        return definition
    if definition.decorator_list:
        return definition
    made = respelled(copy.deepcopy(definition))
    parallel = any(ast.unparse(f) == "numba.prange" for f in _called(made))
    sums = reordered and has_loop(made.body)
    options = decorator(cache, parallel, reordered=sums)
    if definition.name in STRICT:
        # Numba would take the order from what calls it, be it compiled code of the user's own.
        options.keywords.append(ast.keyword("fastmath", ast.Constant(False)))
    made.decorator_list = [options]
    return made


def _called(definition: ast.FunctionDef) -> list[ast.expr]:
    """Return what the loops of a function itself go over, where these are calls."""
    loops = [s for s in definition.body if isinstance(s, ast.For)]
    return [s.iter.func for s in loops if isinstance(s.iter, ast.Call)]


def _result(v: Value, names: dict[Value, str]) -> ast.expr:
    if isinstance(v, Const):
        return pieces.constant(v)
    read = ast.Name(names[v], ast.Load())
    return pieces.call("np.float32", [read]) if _is_narrow(v) else read


def _is_narrow(v: Value) -> bool:
    """Whether a result is a NumPy number of single precision, which Numba gives as a float."""
    return v.type.kind == "float" and v.type.dtype == "float32" and not v.type.weak


def _known(writer: Writer) -> list[str]:
    """Return the names of all leaves of the arguments, and of captured arrays."""
    leaves = [op.out for op in writer.function.body.ops if op.prim == "leaf"]
    captured = [n for n, obj in writer.function.captures.items() if not isinstance(obj, type)]
    return [writer.names[v] for v in leaves if v in writer.names] + captured


def _same(a: list[ast.expr] | None, b: list[ast.expr]) -> bool:
    return a is not None and set(map(ast.unparse, a)) == set(map(ast.unparse, b))


def _whole_and_arrays(writer: Writer) -> tuple[list[str], dict[str, int]]:
    """Return the names of the leaves that are whole numbers, and the ranks of arrays."""
    leaves = [op.out for op in writer.function.body.ops if op.prim == "leaf"]
    named = {writer.names[v]: v.type for v in leaves if v in writer.names}
    shaped = {n: t.shape for n, t in named.items() if t.kind == "array"}
    arrays = {n: len(shape) for n, shape in shaped.items() if shape is not None}
    captured = writer.function.captures.items()
    arrays |= {n: obj.ndim for n, obj in captured if not isinstance(obj, type)}
    return [n for n, t in named.items() if t.kind == "int"], arrays


def _parameters(writer: Writer, statements: list[ast.stmt]) -> list[str]:
    """Return the leaves and captured arrays that the statements read."""
    read = {n.id for s in statements for n in nodes_in(s) if isinstance(n, ast.Name)}
    return list(dict.fromkeys(n for n in _known(writer) if n in read))
