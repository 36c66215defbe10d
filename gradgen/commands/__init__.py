"""The commands of the command line, one module each: ``add_arguments`` and ``run``."""

from types import ModuleType

from gradgen.commands import bench, check_stale, emit, explain, graph, rules, show, verify

COMMANDS: dict[str, ModuleType] = {
    "show": show,
    "emit": emit,
    "graph": graph,
    "explain": explain,
    "verify": verify,
    "check-stale": check_stale,
    "rules": rules,
    "bench": bench,
}
