"""Make generated modules again, and fail with a diff where a loss has changed."""

from __future__ import annotations

import argparse
from pathlib import Path

from gradgen.commands.target import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("paths", metavar="PATH", nargs="+",
                        help="a generated module, or a folder to look for them in")  # fmt: skip
    parser.add_argument("--fix", action="store_true", help="write the stale ones anew")


def run(arguments: argparse.Namespace) -> int:
    """Print what is not fresh; fail where there is any."""
    from gradgen.freshness import STALE, check_file, generated_files, refresh

    for path in arguments.paths:
        if not Path(path).exists():
            raise UsageError(f"there is no {path}")
    found = [check_file(path) for path in generated_files(arguments.paths)]
    checked = {module.path for module in found}
    for path in map(Path, arguments.paths):
        if path.is_file() and path not in checked:
            print(f"{path}: gradgen did not write it, left out")
    left = 0
    for module in found:
        if module.ok:
            continue
        print(module)
        if arguments.fix and module.state == STALE and module.text:
            refresh(module)
            print(f"{module.path}: written anew")
        else:
            left += 1
    fresh = sum(module.ok for module in found)
    print(f"{len(found)} generated module{'s' * (len(found) != 1)}, {fresh} fresh")
    return 1 if left else 0
