"""The generated module: docstring, imports, helpers and the function, as text and as code."""

from __future__ import annotations

import ast
import builtins
import enum
import inspect
import linecache
import os
import re
import types
import weakref
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradgen.digests import digest
from gradgen.emission import pieces
from gradgen.emission.fixed import is_spelled, spelled, told_name
from gradgen.emission.folding import fold
from gradgen.emission.guards import guards
from gradgen.emission.header import MARK
from gradgen.emission.hidden import reveal
from gradgen.emission.names import MODULES, assign_names
from gradgen.emission.pairs import definition as callee_definition
from gradgen.emission.pairs import spell_callees, wanted
from gradgen.emission.printable import closure, helper_definitions, lines_of, needed
from gradgen.emission.printer import Comment, Docstring, print_statements
from gradgen.emission.sections import comment_places, with_sections
from gradgen.emission.writer import Writer
from gradgen.errors import ArgumentError, OutputError
from gradgen.frontend.arguments import Opaque
from gradgen.ir.nodes import Function, Value
from gradgen.rules.callables import module_of
from gradgen.syntax import names_in, nodes_in

if TYPE_CHECKING:
    from gradgen.backends.kernels import Kernel

LITERAL_LIMIT = 256
# How many functions there are of each generated module whose lines `linecache` holds.
ALIVE: Counter[str] = Counter()
# How files begin that gradgen wrote: modules, drawings, and graphs as text.
WRITTEN = re.compile(
    rf'"""[^\n]+``[^\n]+``, {MARK} \d|(//|#) {MARK}\n'
    rf"|<svg [^>]+>\s*<title>.*</title>\s*<desc>{MARK}<"
)


class Rendered(NamedTuple):
    """A module's text, and the trees that its function, and those it calls, were printed from."""

    text: str
    definition: ast.FunctionDef
    called: list[ast.FunctionDef]


def render(
    function: Function,
    name: str,
    outputs: Any,
    header: str,
    backend: str = "numpy",
    cache: bool = False,
) -> Rendered:
    """Return a module with one function, for Numba with a second one, which is compiled.

    ``outputs`` is what the function returns: a tree of graph values, as ``results_expression``
    takes it.
    """
    callees = wanted(function)
    # What calls itself is not found by its name in what Numba reads back: the process would end.
    cache = cache and not callees
    spelled = spell_callees(dict.fromkeys(c for c, _ in callees), {name, *function.captures})
    for c, _ in callees:
        c.reserved = spelled
    function.reserved = spelled | set(helper_definitions(function))
    folded = fold(function)
    names = assign_names(function, folded)
    writer, statements = _written(function, names, folded)
    sections = with_sections(statements)
    comment_places(sections)
    kernel = _kernel(writer, name, sections, cache) if backend == "numba" else None
    compiled = kernel.definition(outputs) if kernel is not None else None
    rest = guards(function, name, names)
    rest += kernel.call(outputs) if kernel else [*sections, _return(function, outputs(writer.expr))]
    taken = {name, *names.values(), *function.captures, *function.reserved}
    hidden = [*rest, *(compiled.body if compiled else ())]
    second_names = reveal(function.signature, hidden, helper_definitions(function), taken)
    writer.needs |= names_in(second_names)
    body = [*writer.entry(), *rest]
    definition = ast.FunctionDef(name, _signature(function), body, [], None)
    writer.note(definition)
    called = [callee_definition(c, part, writer.needs) for c, part in callees]
    inner: list[ast.stmt] = [*called]
    comment_places(inner)
    if compiled is not None and kernel is not None:
        inner += [*kernel.turns, compiled, *kernel.twin()]
        writer.needs |= names_in(inner)
    above = [*_classes(function), *needed(function, writer.needs), *inner]
    if compiled is not None:
        above = _decorated(function, above, definition, cache)
    captured = _captured(function)
    asks = bool(callees) or "numba.objmode" in {n for s in above for n in _dotted_names(s)}
    if compiled is not None and asks and not cache:
        captured = [Comment(NOT_IMPORTED), *ast.parse(UNLESS_IMPORTED).body, *captured]
    used = writer.needs | names_in(above + captured)
    above += second_names
    imports = [m for m in MODULES if m in used]
    packages = _packages([*above, definition])
    if packages:
        header = _with_needs(header, packages)
    parts = [lines_of(s) for s in [*above, definition]]
    text = _assemble(header, [*imports, *packages], captured, parts)
    return Rendered(text, compiled or definition, called)


def _kernel(writer: Writer, name: str, sections: list[ast.stmt], cache: bool) -> Kernel:
    """Return what Numba compiles; texts for NumPy do without what makes it."""
    from gradgen.backends.kernels import Kernel

    return Kernel(writer, name, sections, cache)


def _decorated(
    function: Function, above: list[ast.stmt], definition: ast.FunctionDef, cache: bool
) -> list[ast.stmt]:
    """Have Numba compile what stands above, but for what the user's parameters are taken by."""
    from gradgen.backends.kernels import decorated

    plain = closure(function, function.plain_helpers | names_in([definition]))
    return [decorated(s, plain, cache, function.reordered) for s in above]


def _written(
    function: Function, names: dict[Value, str], folded: set[Value]
) -> tuple[Writer, list[ast.stmt]]:
    """Return a function's statements, and what wrote them."""
    writer = Writer(function, names, folded)
    statements = writer.block(function.body)
    if writer.none_for:  # what may stay None is known now
        writer = Writer(function, names, folded, writer.none_for)
        statements = writer.block(function.body)
    return writer, statements


# Where there is no name of a module, Numba asks the function itself for what it reads.
NOT_IMPORTED = "# Run without being imported: what Numba looks up by name is found here."
UNLESS_IMPORTED = """
if globals().get("__spec__") is None or __name__ not in sys.modules:
    __name__ = None
"""


def _with_needs(header: str, packages: list[str]) -> str:
    """Return the header with the packages that the module needs beside NumPy."""
    shown = {"scipy": "SciPy", "numba": "Numba"}
    heads = [m.partition(".")[0] for m in packages]
    needed = sorted({shown.get(m, m) for m in heads})
    return header.replace("Needs only NumPy.", f"Needs NumPy and {', '.join(needed)}.")


def _packages(nodes: list[ast.stmt]) -> list[str]:
    """Return the modules that names such as ``scipy.special.erf`` are found in."""
    names = {n for s in nodes for n in _dotted_names(s)}
    numba = {"numba"} if any(n.startswith("numba.") for n in names) else set()
    return sorted({module_of(f"{n}.") or module_of(n) for n in names} - {""} | numba)


def _dotted_names(tree: ast.AST) -> Iterator[str]:
    for n in nodes_in(tree):
        if isinstance(n, ast.Attribute):
            yield _dotted(n)


def _dotted(e: ast.expr) -> str:
    """Return a name, or that of an attribute of what has one; '' for others."""
    if isinstance(e, ast.Name):
        return e.id
    owner = _dotted(e.value) if isinstance(e, ast.Attribute) else ""
    return f"{owner}.{e.attr}" if owner and isinstance(e, ast.Attribute) else ""


def _return(function: Function, value: ast.expr) -> ast.Return:
    """Return the last statement; reading a name in it is the user's ``return``."""
    statement = ast.Return(value)
    statement.gradgen_span = function.result["returned"]  # type: ignore[attr-defined]
    statement.gradgen_reverse = False  # type: ignore[attr-defined]
    return statement


def _assemble(
    header: str,
    imports: list[str],
    captured: list[ast.stmt],
    parts: list[list[str]],
) -> str:
    lines = print_statements([Docstring(header)])
    for module in imports:
        lines.append("import numpy as np" if module == "np" else f"import {module}")
    if captured:
        lines += ["", *print_statements(captured)]
    for part in parts:
        lines += ["", "", *part]
    return "\n".join(line.rstrip() for line in lines) + "\n"


# Numbers of NumPy that are defaults, by the name of their type.
NUMBERS: dict[type, str] = {
    np.bool_: "np.bool_",
    **{kind: f"np.{kind.__name__}" for kind in (np.int32, np.int64, np.float32, np.float64)},
}


def _signature(function: Function) -> ast.arguments:
    """Return the user's parameters, with the defaults that text can hold (from the last back)."""
    kinds: dict[Any, list[inspect.Parameter]] = {}
    specs = dict(function.params)
    for p in function.signature.parameters.values():
        kinds.setdefault(p.kind, []).append(p)
    before, plain, star, after, stars = (kinds.get(k, []) for k in inspect._ParameterKind)
    defaults: list[ast.expr] = []
    for p in reversed([*before, *plain]):
        default = _default(p, specs)
        if default is None:
            break
        defaults.insert(0, default)
    return ast.arguments(
        posonlyargs=[ast.arg(p.name) for p in before],
        args=[ast.arg(p.name) for p in plain],
        vararg=ast.arg(star[0].name) if star else None,
        kwonlyargs=[ast.arg(p.name) for p in after],
        kw_defaults=[_default(p, specs) for p in after],
        kwarg=ast.arg(stars[0].name) if stars else None,
        defaults=defaults,
    )


def _default(p: inspect.Parameter, specs: dict[str, Any]) -> ast.expr | None:
    """Return a default as an expression, None where text cannot hold it.

    An option that is known, such as a member of an enum or a function, is told by its name: the
    text is made for it, and does not read it.
    """
    held = _held(p.default)
    known = specs.get(p.name)
    if held is None and isinstance(known, Opaque) and known.obj is p.default:
        return ast.Constant(told_name(p.default))
    inside = held is None and isinstance(p.default, tuple | list | dict)
    return _held(p.default, told=True) if inside else held


def _held(obj: Any, told: bool = False) -> ast.expr | None:
    """Return an object as an expression, None where text cannot hold it.

    ``told``: options inside of it, for which the text is made, are told by their names.
    """
    if type(obj) in (int, float, bool, str, bytes, type(None), type(...)):
        return pieces.literal(obj)
    if isinstance(obj, np.ndarray) and obj.size <= LITERAL_LIMIT:
        return _array_literal(obj)
    if type(obj) in NUMBERS:
        number = float(str(obj)) if isinstance(obj, np.floating) else obj.item()
        return pieces.call(NUMBERS[type(obj)], [pieces.literal(number)])
    if isinstance(obj, set | frozenset | slice) and is_spelled(obj):
        return spelled(obj)
    if isinstance(obj, tuple) and hasattr(obj, "_fields"):
        obj = tuple(obj)
    if type(obj) not in (tuple, list, dict) or len(obj) > LITERAL_LIMIT:
        option = isinstance(obj, enum.Enum | type | np.ufunc) or inspect.isroutine(obj)
        return ast.Constant(told_name(obj)) if told and option else None
    keys = [_held(k, told) for k in obj] if type(obj) is dict else []
    items = [_held(item, told) for item in (obj.values() if type(obj) is dict else obj)]
    if any(e is None for e in [*keys, *items]):
        return None
    if type(obj) is dict:
        return ast.Dict(list(keys), [e for e in items if e is not None])
    kind = ast.Tuple if type(obj) is tuple else ast.List
    return kind([e for e in items if e is not None], ast.Load())


# --- classes and captured arrays ----------------------------------------------------------


def _classes(function: Function) -> list[ast.stmt]:
    """Return stand-ins for the user's classes, which a module on its own does not have."""
    return [_class(n, c) for n, c in function.captures.items() if isinstance(c, type)]


def _class(name: str, cls: Any) -> ast.stmt:
    """Return the stand-in of an exception, a named tuple, or a class of attributes."""
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        fields = pieces.nested(list(cls._fields))
        made = pieces.call("collections.namedtuple", [ast.Constant(name), fields])
        return ast.Assign([ast.Name(name, ast.Store())], made)
    base: ast.expr
    if issubclass(cls, BaseException):
        found = next(c for c in cls.__mro__ if c in vars(builtins).values())
        base = ast.Name(found.__name__, ast.Load())
    else:
        base = ast.parse("types.SimpleNamespace", mode="eval").body
    doc = Docstring(f"Stands for ``{cls.__module__}.{cls.__qualname__}``.")
    return ast.ClassDef(name, [base], [], [doc], [])


def _captured(function: Function) -> list[ast.stmt]:
    out: list[ast.stmt] = []
    for name, obj in function.captures.items():
        if isinstance(obj, type):
            continue
        if isinstance(obj, list | tuple):
            out.append(ast.Assign([ast.Name(name, ast.Store())], _list_literal(obj)))
        elif obj.size <= LITERAL_LIMIT:
            out.append(ast.Assign([ast.Name(name, ast.Store())], _array_literal(obj)))
        else:
            out.append(Comment(f"# {name}: the array of shape {obj.shape} that the loss captures"))
    return out


def _list_literal(obj: Any) -> ast.expr:
    """Return a list of what a text can hold; the rest, which nothing reads, is None."""
    if isinstance(obj, list | tuple):
        kind = ast.List if isinstance(obj, list) else ast.Tuple
        return kind([_list_literal(o) for o in obj], ast.Load())
    if isinstance(obj, dict):
        keys: list[ast.expr | None] = [pieces.literal(k) for k in obj]
        return ast.Dict(keys, [_list_literal(o) for o in obj.values()])
    if isinstance(obj, np.ndarray | np.generic):
        return _array_literal(np.asarray(obj))
    return pieces.literal(obj if isinstance(obj, int | float | complex | str) else None)


def _array_literal(obj: Any) -> ast.expr:
    dtype = obj.dtype.name
    if obj.ndim == 0:
        return pieces.call(f"np.{dtype}", [pieces.literal(obj.item())])
    return pieces.call("np.array", [pieces.nested(obj.tolist())], {"dtype": dtype})


# --- code and files -----------------------------------------------------------------------


def load(text: str, name: str, captures: dict[str, Any]) -> types.FunctionType:
    """Compile a module's text and return its function; tracebacks and debuggers show the text."""
    filename = f"<gradgen {name} {digest(text)}>"
    compiled = "\n@numba." in text
    function = _shared(text, name, filename, captures) if compiled else None
    if function is None:
        function = _made(text, name, filename, captures, compiled)
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    ALIVE[filename] += 1
    weakref.finalize(function, _forget, filename).atexit = False
    return function


def _shared(
    text: str, name: str, filename: str, captures: dict[str, Any]
) -> types.FunctionType | None:
    """Return a function that shares compiled code; None where it reads what text cannot hold."""
    from gradgen.backends.shared import FIRST, twin

    if captures:
        return None
    first = FIRST.get(text)
    if first is None:
        first = FIRST[text] = _made(text, name, filename, captures, True)
    return twin(first, first.__globals__)


def _made(
    text: str, name: str, filename: str, captures: dict[str, Any], compiled: bool
) -> types.FunctionType:
    """Run the text of a module, and return its function."""
    # Numba looks the names of a function up in its module, where it has one.
    module = None if compiled else f"gradgen.generated.{name}"
    namespace: dict[str, Any] = {"__name__": module, "__file__": filename}
    try:
        exec(compile(text, filename, "exec", dont_inherit=True), namespace)
    except ModuleNotFoundError as error:
        if error.name != "numba":
            raise
        raise ArgumentError(
            'backend="numba" needs Numba, which is not installed',
            hint='pip install numba, or leave out backend="numba"',
        ) from None
    namespace.update(captures)
    function: types.FunctionType = namespace[name]
    return function


def _forget(filename: str) -> None:
    """Drop the lines of a generated module when the last function made from it is gone."""
    ALIVE[filename] -= 1
    if ALIVE[filename] <= 0:
        del ALIVE[filename]
        linecache.cache.pop(filename, None)


def write(text: str, path: str | os.PathLike[str], captures: dict[str, Any]) -> None:
    """Write a module atomically.

    Raises
    ------
    OutputError
        If the path exists and was not written by gradgen, or cannot be written.
    """
    target = Path(path)
    arrays = {n: obj for n, obj in captures.items() if not isinstance(obj, type)}
    large = [n for n, obj in arrays.items() if getattr(obj, "size", 0) > LITERAL_LIMIT]
    if large:
        raise OutputError(
            f"the loss reads the large array {large[0]!r} from outside, which text cannot hold",
            hint=f"pass {large[0]!r} as an argument of the loss",
        )
    _check_target(target)
    import tempfile  # no gradient waits for it

    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".gradgen-", suffix=".py")
        with os.fdopen(handle, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except OSError as error:
        raise OutputError(
            f"cannot write {target}: {error.strerror or error}",
            hint="name a file in a directory that exists and can be written to",
        ) from error


def _check_target(target: Path) -> None:
    if target.is_dir():
        raise OutputError(f"{target} is a directory", hint="name a file")
    if not target.exists():
        return
    try:
        head = target.read_text(encoding="utf-8", errors="replace")[:2000]
    except OSError as error:
        raise OutputError(
            f"cannot read {target}: {error.strerror}", hint="choose another path"
        ) from error
    if not WRITTEN.match(head):
        raise OutputError(
            f"{target} exists and was not written by gradgen, so it is left alone",
            hint="choose another path, or delete the file yourself",
        )
