"""Functions of rules that are printed into modules are known there by their bare names."""

from __future__ import annotations

import ast
import inspect
from collections import defaultdict
from pathlib import Path

import gradgen.rules.table
from gradgen.rules import helpers
from gradgen.rules.registry import PRINTABLE


def test_no_two_files_define_different_functions_of_one_name() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    files = {inspect.getsourcefile(f) for f in (helpers._match, *PRINTABLE.values())}
    for file in files:
        for n in ast.parse(Path(str(file)).read_text()).body:
            # What is printed has no annotations.
            if isinstance(n, ast.FunctionDef) and n.name.startswith("_") and n.returns is None:
                found[n.name].add(ast.dump(n))
    assert gradgen.rules.table.RULES
    assert [name for name, texts in found.items() if len(texts) > 1] == []
