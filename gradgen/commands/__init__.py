"""The commands of the command line, one module each: ``add_arguments`` and ``run``."""

from types import ModuleType

from gradgen.commands import bench, check, emit, explain, graph, rules, show

COMMANDS: dict[str, ModuleType] = {
    "show": show,
    "emit": emit,
    "graph": graph,
    "explain": explain,
    "check": check,
    "rules": rules,
    "bench": bench,
}
