"""A pytest plugin: one test for each generated module, which fails where the loss has changed.

``pytest --gradgen-stale PATH``, or ``gradgen_stale = PATH ...`` in the configuration, turns it on.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gradgen.freshness import Freshness


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option and its place in the configuration."""
    what = "check that the modules gradgen wrote in PATH are fresh"
    group = parser.getgroup("gradgen")
    group.addoption("--gradgen-stale", metavar="PATH", action="append", default=[], help=what)
    parser.addini("gradgen_stale", f"{what} (files and folders)", type="args", default=[])


@pytest.hookimpl(tryfirst=True)  # before -k and -m choose from the tests
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add a test for each generated module.

    Where the command line names single files or tests, those of the configuration are left out.
    """
    asked = [Path(p) for p in config.getoption("--gradgen-stale")]
    listed = [config.rootpath / p for p in config.getini("gradgen_stale")]
    if config.args and not any((config.invocation_params.dir / p).is_dir() for p in config.args):
        listed = []
    if not asked and not listed:
        return
    from gradgen.freshness import generated_files

    missing = [p for p in (*asked, *listed) if not p.exists()]
    if missing:
        raise pytest.UsageError(f"gradgen: there is no {missing[0]}")
    for path in dict.fromkeys(p.resolve() for p in generated_files([*asked, *listed])):
        parent: Any = session
        shown = path.relative_to(config.rootpath) if _below(path, config.rootpath) else path
        name = f"{shown}::fresh"
        items.append(FreshItem.from_parent(parent, name=name, nodeid=name, module=path))


def _below(path: Path, folder: Path) -> bool:
    return folder in path.parents


class Stale(Exception):
    """A module is not what gradgen makes of its loss now."""


class FreshItem(pytest.Item):
    """The test of one generated module."""

    def __init__(self, *, module: Path, **more: Any) -> None:
        super().__init__(**more)
        self.module = module

    def runtest(self) -> None:
        """Make the module again, and compare."""
        from gradgen.freshness import check_file

        found: Freshness = check_file(self.module)
        if not found.ok:
            raise Stale(str(found))

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """Show the diff alone, without a traceback."""
        if isinstance(excinfo.value, Stale):
            shown = self.name.removesuffix("::fresh")
            return f"{excinfo.value}\nWay out: gradgen check-stale --fix {shown}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the module."""
        return self.module, 0, self.name
