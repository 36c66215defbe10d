"""The docstring of a generated module: what it is, for which types, and how to make it again."""

from __future__ import annotations

import textwrap
from typing import Any

from gradgen.emit.module import MARK
from gradgen.frontend.arguments import Container, Opaque
from gradgen.ir.nodes import Function
from gradgen.ir.types import SHORT, Dim, Type

LETTERS = "nmkpqrstuvwxyzabcdefghij"


def header_of(function: Function, name: str, options: Any) -> str:
    """Return the text of the module's docstring."""
    active = function.result["active"]
    held = [p for p, _ in function.params if p not in active]
    arguments = ", ".join(p for p, _ in function.params)
    gradient = f"d_{active[0]}" if options.single else _tuple([f"d_{p}" for p in active])
    what, returns = "Value and gradient", f"(value, {gradient})"
    if options.has_aux:
        returns = f"((value, aux), {gradient})"
    if options.mode == "grad":
        what, returns = "Gradient", f"({gradient}, aux)" if options.has_aux else gradient
    lines = [
        f"{what} of ``{function.name}``, {MARK} {_version()} from {_place(function)}.",
        "",
        *_wrapped(f"    {name}({arguments}) -> {returns}", "        "),
        "",
        *_wrapped(f"Differentiated:  {', '.join(active)}", "                 "),
    ]
    if held:
        lines += _wrapped(f"Held constant:   {', '.join(held)}", "                 ")
    lines += _wrapped(f"Specialised to:  {specialisation(function)}", "                 ")
    lines += [f"Needs only NumPy.  Regenerate with `{_command(function, options)}`."]
    return "\n".join(lines)


def _tuple(items: list[str]) -> str:
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, 84, subsequent_indent=indent, break_on_hyphens=False)


def _version() -> str:
    from gradgen import __version__

    return __version__


def _place(function: Function) -> str:
    return f"{function.span.path}:{function.span.line}"


def _command(function: Function, options: Any) -> str:
    path = function.span.path
    wrt = "" if options.argnums == 0 and options.argnames is None else " --wrt " + ",".join(
        function.result["active"]
    )  # fmt: skip
    name = function.name if function.name != "<lambda>" else "LAMBDA"
    return f"gradgen emit {path}:{name} -o OUT.py{wrt}"


def specialisation(function: Function) -> str:
    """Return the types of the parameters in one line: ``w f64[n, m]  b f64[m]``."""
    letters: dict[str, str] = {}
    parts = [f"{name} {_spell(spec, letters)}" for name, spec in function.params]
    return "  ".join(parts) or "nothing"


def _spell(spec: Any, letters: dict[str, str]) -> str:
    if isinstance(spec, Opaque):
        plain = isinstance(spec.obj, str | int | float | type(None))
        return repr(spec.obj)[:40] if plain else type(spec.obj).__name__
    if isinstance(spec, Container):
        if spec.kind is dict or hasattr(spec.kind, "__dataclass_fields__"):
            inner = ", ".join(
                f"{k}: {_spell(s, letters)}" for k, s in zip(spec.keys, spec.items, strict=True)
            )
            return "{" + inner + "}"
        return "(" + ", ".join(_spell(s, letters) for s in spec.items) + ")"
    return _spell_type(spec, letters)


def _spell_type(t: Type, letters: dict[str, str]) -> str:
    if t.kind == "any":
        return "number or array"
    if t.kind != "array":
        return str(t) if t.weak else f"np.{t.dtype}"
    dims = []
    for d in t.shape or ():
        if isinstance(d, Dim):
            k = len(letters)
            dims.append(letters.setdefault(d.name, LETTERS[k] if k < len(LETTERS) else f"n{k}"))
        else:
            dims.append(str(d))
    return f"{SHORT.get(t.dtype, t.dtype)}[{', '.join(dims)}]"
