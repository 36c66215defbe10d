"""Makes a failing program smaller while it fails in the same way.

The program's syntax tree is cut step by step: whole statements, then blocks put in place of what
encloses them, then expressions put in place of what they are part of, or numbers in place of
expressions. A step stays when the smaller program is legal Python and has the same verdict.
"""

from __future__ import annotations

import ast
import copy
import itertools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.generator.programs import Program

Test = Callable[[Program], bool]
BLOCKS = ("body", "orelse", "cases")


def shrink(program: Program, still_fails: Test, most_tries: int = 3000) -> Program:
    """Return a smaller program for which ``still_fails`` holds too."""
    best, tries, start = program, 0, 0
    seen = {program.text}
    while tries < most_tries:
        position = start
        for position, candidate in enumerate(
            itertools.islice(candidates(best), start, None), start
        ):
            if candidate.text in seen or len(candidate.text) > len(best.text) + 2:
                continue
            seen.add(candidate.text)
            tries += 1
            if still_fails(candidate):
                best = candidate
                break
        else:
            if start == 0:
                return best
            position = 0
        # The next cut is tried where this one was made; the pass starts over when it is through.
        start = position
    return best


def candidates(program: Program) -> Iterator[Program]:
    """Yield programs with one part less, large parts first."""
    tree = ast.parse(program.text)
    yield from without_arguments(program, tree)
    for change in (*statement_cuts(tree), *expression_cuts(tree)):
        smaller = copy.deepcopy(tree)
        change(smaller)
        text = ast.unparse(ast.fix_missing_locations(smaller)) + "\n"
        if is_legal(text):
            yield replace(program, text=text)


def is_legal(text: str) -> bool:
    """Tell whether Python takes the text, without warnings such as that of ``0.5[1]``."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compile(text, "candidate", "exec")
        except (SyntaxError, ValueError):
            return False
    return True


def without_arguments(program: Program, tree: ast.Module) -> Iterator[Program]:
    """Yield the program without one of its arguments."""
    for place in range(len(program.args)):
        smaller = copy.deepcopy(tree)
        main = next((n for n in smaller.body if getattr(n, "name", "") == "program"), None)
        if not isinstance(main, ast.FunctionDef):
            return
        gone = main.args.args.pop(place)
        used = any(isinstance(n, ast.Name) and n.id == gone.arg for n in ast.walk(main))
        if not used and main.args.args:
            args = program.args[:place] + program.args[place + 1 :]
            yield replace(program, text=ast.unparse(smaller) + "\n", args=args)


def statement_lists(tree: ast.AST) -> list[tuple[int, str]]:
    """Return where the lists of statements are: a node's place in the walk, and its field."""
    return [
        (place, name)
        for place, node in enumerate(ast.walk(tree))
        for name in BLOCKS
        if isinstance(getattr(node, name, None), list) and getattr(node, name)
    ]


def statement_cuts(tree: ast.Module) -> Iterator[Callable[[ast.AST], None]]:
    """Yield changes that drop statements, or put a block in place of its statement."""
    nodes = list(ast.walk(tree))
    for place, name in statement_lists(tree):
        block = getattr(nodes[place], name)
        size = len(block)
        while size >= 1:
            for start in range(0, len(block), size):
                yield dropping(place, name, start, size)
            size //= 2
        for start, statement in enumerate(block):
            for inner in BLOCKS:
                if getattr(statement, inner, None) and is_compound(statement):
                    yield lifting(place, name, start, inner)
            if isinstance(statement, ast.Match):
                for case in range(len(statement.cases)):
                    yield lifting_case(place, name, start, case)


def is_compound(statement: ast.AST) -> bool:
    """Tell whether the blocks of a statement may stand in its place."""
    return isinstance(statement, ast.If | ast.For | ast.While)


def dropping(place: int, name: str, start: int, size: int) -> Callable[[ast.AST], None]:
    """Return a change that drops statements of one list."""

    def change(tree: ast.AST) -> None:
        node = list(ast.walk(tree))[place]
        block = getattr(node, name)
        del block[start : start + size]
        if not block and name == "body" and not isinstance(node, ast.Module):
            block.append(ast.Pass())

    return change


def lifting(place: int, name: str, start: int, inner: str) -> Callable[[ast.AST], None]:
    """Return a change that puts a statement's block in its place."""

    def change(tree: ast.AST) -> None:
        block = getattr(list(ast.walk(tree))[place], name)
        block[start : start + 1] = getattr(block[start], inner)

    return change


def lifting_case(place: int, name: str, start: int, case: int) -> Callable[[ast.AST], None]:
    """Return a change that puts the block of one case in the place of a ``match``."""

    def change(tree: ast.AST) -> None:
        block = getattr(list(ast.walk(tree))[place], name)
        block[start : start + 1] = block[start].cases[case].body

    return change


def expression_cuts(tree: ast.Module) -> Iterator[Callable[[ast.AST], None]]:
    """Yield changes that put a part of an expression, or a number, in its place."""
    for place, node in enumerate(ast.walk(tree)):
        for name, value in ast.iter_fields(node):
            entries = value if isinstance(value, list) else [value]
            for index, entry in enumerate(entries):
                if not isinstance(entry, ast.expr) or name in ("targets", "target", "func"):
                    continue
                spot = (place, name, index if isinstance(value, list) else None)
                for part in parts_of(entry):
                    yield replacing(spot, part)


def parts_of(entry: ast.expr) -> list[ast.expr]:
    """Return smaller expressions that may stand for one."""
    parts = [child for child in ast.iter_child_nodes(entry) if isinstance(child, ast.expr)]
    if isinstance(entry, ast.Name | ast.Constant):
        parts = []
    if not isinstance(entry, ast.Constant):
        parts.append(ast.Constant(0.5))
    return parts


def replacing(spot: tuple[int, str, int | None], part: ast.expr) -> Callable[[ast.AST], None]:
    """Return a change that puts ``part`` at a place of the tree."""
    place, name, index = spot

    def change(tree: ast.AST) -> None:
        node = list(ast.walk(tree))[place]
        if index is None:
            setattr(node, name, copy.deepcopy(part))
        else:
            getattr(node, name)[index] = copy.deepcopy(part)

    return change
