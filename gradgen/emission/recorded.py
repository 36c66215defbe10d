"""The docstring of a generated module read back: which function, how, and for which types.

It is the inverse of ``emission.header``.  Types become specs again; what the text cannot say, such
as a class that is not found any more, raises ``Unreadable``.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from gradgen.dataclass import dataclass
from gradgen.emission.header import COMMAND, HASH, MARK, RECORDS, TYPES
from gradgen.frontend.arguments import Back, Container, spec_of
from gradgen.frontend.entries import entries_of
from gradgen.frontend.long_lists import LEAST
from gradgen.frontend.pinning import pinned
from gradgen.ir.types import ANY, SHORT, scalar
from gradgen.library.records import RecordArray

FIRST = re.compile(rf'"""[^\n]+``(?P<name>[^\n]+)``, {MARK} (?P<version>\S+) from (?P<place>.+)\.')
DTYPES = {short: name for name, short in SHORT.items() if name}
# An example length; any but 1 will do, which is a type of its own.
LENGTH = 2
MORE = "..."  # what stands for the other items of a long list
TOKEN = re.compile(
    r"\s*(?:(?P<array>\w+)\[(?P<dims>(?:\w+(?:\+\d+|>=\d+)?(?:, )?)*)\](?!\w)"
    r"|(?P<back>\w+\^\d+)|(?P<any>number or array)|np\.(?P<scalar>\w+)"
    r"|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<number>-?(?:inf|nan|\d[\w.+-]*))|(?P<word>[^\W\d]\w*)|(?P<sign>[()\[\]{},:]))"
)
# Nested lists of whole numbers; what follows is a name or a sign.
ENTRIES = re.compile(r"\s*= (?P<rows>\[[\[\]\d\s,TrueFals-]*\])")


class Unreadable(Exception):
    """Types that cannot be had from their text alone."""


@dataclass(frozen=True)
class Recorded:
    """What the docstring of a generated module says.

    Attributes
    ----------
    name, version, place : str
        The function, the version of gradgen that wrote it, and ``FILE.py:LINE``.
    file : str
        The file, as it was called from where the module was written.
    options : tuple of str
        The options of ``gradgen emit`` that make it again, without the output.
    types : str
        The types of the parameters, as the docstring spells them.
    source_hash, source : str
        Of the sources then; empty in modules written before there was one.  The function whose
        source it is.
    again : bool
        Whether there is a command that makes it again; there is none for a derivative of a
        derivative.
    """

    name: str
    version: str
    place: str
    file: str
    options: tuple[str, ...]
    types: str
    source_hash: str
    source: str
    again: bool


def recorded(text: str) -> Recorded | None:
    """Return what a module's docstring records, None where gradgen did not write the module."""
    first = FIRST.match(text)
    if first is None:
        return None
    lines = text.split('"""')[1].splitlines()
    command = next((x for x in lines if COMMAND in x), "")
    words = shlex.split(command.partition(COMMAND)[2].rstrip(".`"))
    target = words[2] if len(words) > 2 else first["place"]
    file, _, called = target.rpartition(":")
    # What was made inside another function has a name of its own in its module.
    name = called if len(words) > 2 and called != "LAMBDA" else first["name"]
    source_hash, _, source = _field(lines, HASH).partition(",")[0].partition(" of ")
    return Recorded(
        name, first["version"], first["place"], file, tuple(words[5:]),
        _field(lines, TYPES), source_hash, source or name, bool(command),
    )  # fmt: skip


def _field(lines: list[str], label: str) -> str:
    """Return what stands behind a label, over as many lines as it takes."""
    start = next((k for k, line in enumerate(lines) if line.startswith(label)), None)
    if start is None:
        return ""
    found = [lines[start].removeprefix(label)]
    for line in lines[start + 1 :]:
        if not line.startswith("        "):
            break
        found.append(line.strip())
    return " ".join(found)


def specs_of(types: str, classes: Callable[[str], Any]) -> dict[str, Any]:
    """Return the spec of each parameter.

    Parameters
    ----------
    types : str
        The text after ``Specialised to:``.
    classes : callable
        Gives the class that a name stands for, None where there is none.

    Raises
    ------
    Unreadable
        Where a type does not follow from its text.
    """
    if types == "nothing":
        return {}
    reader = _Types(types, classes)
    out: dict[str, Any] = {}
    while not reader.done:
        name = reader.take("word")
        out[name] = reader.spec(name)
    return out


class _Types:
    """A reader of the texts that ``header.specialisation`` writes."""

    def __init__(self, text: str, classes: Callable[[str], Any]) -> None:
        self.text, self.at, self.classes = text.rstrip(), 0, classes
        self.row = 0  # the item of a long list that is read

    @property
    def done(self) -> bool:
        return self.at >= len(self.text)

    def next(self) -> re.Match[str]:
        found = TOKEN.match(self.text, self.at)
        if found is None:
            raise Unreadable(self.text[self.at :][:40])
        self.at = found.end()
        return found

    def take(self, kind: str) -> str:
        found = self.next()
        if found.lastgroup != kind:
            raise Unreadable(found[0].strip())
        return found[kind]

    def peek(self, sign: str) -> bool:
        return self.text[self.at :].lstrip().startswith(sign)

    def skip(self, sign: str) -> None:
        if self.take("sign") != sign:
            raise Unreadable(self.text)

    def spec(self, name: str) -> Any:
        found = self.next()
        if found["dims"] is not None:
            array = _array(found["array"], found["dims"], name)
            return replace(array, entries=self.entries()) if self.peek("=") else array
        match found.lastgroup:
            case "any":
                return ANY
            case "back":
                word, _, up = found["back"].partition("^")
                return Back(self.kind(word), int(up))
            case "scalar":
                return scalar(found["scalar"])
            case "text" | "number":
                return _plain_spec(_literal(found[0]), name)
            case "word":
                return self.named(found["word"], name)
        return self.container(found["sign"], name)

    def entries(self) -> tuple[Any, ...]:
        """Read the rows of an array of whole numbers."""
        found = ENTRIES.match(self.text, self.at)
        if found is None:
            raise Unreadable(self.text[self.at :][:40])
        self.at = found.end()
        return entries_of(np.array(_literal(found["rows"])))

    def container(self, sign: str, name: str) -> Any:
        if sign == "{":
            return self.fields(dict, name)
        if sign not in "([":
            raise Unreadable(sign)
        end = ")" if sign == "(" else "]"
        items: list[Any] = []
        start = self.at
        while not self.peek(end):
            if self.peek(MORE):
                items = self.alike(start, name)
                continue
            items.append(self.spec(f"{name}[{len(items)}]"))
            if self.peek(","):
                self.skip(",")
        self.skip(end)
        return _general(Container({"(": tuple, "[": list}[sign], tuple(range(len(items))),
                                  tuple(items)))  # fmt: skip

    def alike(self, start: int, name: str) -> list[Any]:
        """Read the item of a long list as many times as make one."""
        around, items = self.row, []
        for k in range(LEAST):
            self.at, self.row = start, k
            items.append(self.spec(f"{name}[{k}]"))
        self.row = around
        self.skip(",")
        self.at += self.text[self.at :].index(MORE) + len(MORE)
        return items

    def fields(self, kind: Any, name: str) -> Any:
        """Read ``key: spec`` pairs up to the closing brace."""
        keys: list[Any] = []
        items: list[Any] = []
        while not self.peek("}"):
            key = self.next()
            keys.append(key["word"] or _literal(key[0]))
            self.skip(":")
            way = f"{name}[{keys[-1]!r}]" if kind is dict else f"{name}.{keys[-1]}"
            items.append(self.spec(way))
            if self.peek(","):
                self.skip(",")
        self.skip("}")
        by_position = hasattr(kind, "_fields")
        known = tuple(range(len(items))) if by_position else tuple(keys)
        return _general(Container(kind, known, tuple(items)))

    def kind(self, word: str) -> type:
        """Return the class of a name."""
        found = self.classes(word)
        if not isinstance(found, type):
            raise Unreadable(word)
        return found

    def named(self, word: str, name: str) -> Any:
        plain = {
            "float": 1.0,
            "int": 1,
            "bool": True,
            "complex": 1j,
            "None": None,
            "True": True,
            "False": False,
        }
        if self.peek("{"):
            kind = {"range": range, RECORDS: RecordArray}.get(word) or self.kind(word)
            self.skip("{")
            return self.fields(kind, name)
        if word == "any":  # of several kinds, in a row of a long list
            return spec_of(None if self.row else 0.0, name)
        if word not in plain:
            raise Unreadable(word)
        return _plain_spec(plain[word], name, word in ("True", "False"))


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text.strip())
    except (SyntaxError, ValueError):
        raise Unreadable(text) from None


def _array(short: str, dims: str, name: str) -> Any:
    if short not in DTYPES and short not in SHORT and not hasattr(np, short):
        raise Unreadable(f"{short}[{dims}]")
    lengths = [int(d) if d.isdigit() else LENGTH for d in dims.split(", ") if d]
    example = np.zeros(lengths, DTYPES.get(short, short))
    spec = spec_of(example, name)
    exact = pinned(spec, example).shape
    known = [d.isdigit() for d in dims.split(", ") if d]
    shape = tuple(e if k else d for d, e, k in zip(spec.shape, exact, known, strict=True))
    return replace(spec, shape=shape)


def _plain_spec(value: Any, name: str, exact: bool = True) -> Any:
    """Return the spec of a number or text that stands in the place of a type."""
    spec = spec_of(value, name)
    return pinned(spec, value) if exact else spec


def _general(spec: Container) -> Any:
    """Of what is unknown inside, gradgen finds out itself when it reads the function again."""
    return ANY if any(item is ANY or item == ANY for item in spec.items) else spec
