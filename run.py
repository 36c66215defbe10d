#!/usr/bin/env python3
"""Set up gradgen in ``.venv`` beside this file, then run one of its commands.

    python3 run.py demo           train the drawing network; pictures go to demo-output/
    python3 run.py test           the tests; --all adds the longer tier, the rest goes to pytest
    python3 run.py lint           ruff and mypy
    python3 run.py bench          gradgen against SymPy and differences; the rest goes to
                                  `gradgen bench`

Needs Python 3.11 or newer and pip. The first run installs into ``.venv``; later runs start at once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "gradgen-stamp.json"
OLDEST_PYTHON = (3, 11)
# One thread, so that the times in one table compare and do not depend on the number of cores.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class SetupError(Exception):
    """Something that the user has to put right; the message says how."""


def check_python(version: tuple[int, ...]) -> None:
    """Raise when this Python is too old for gradgen."""
    if version[:2] < OLDEST_PYTHON:
        raise SetupError(
            f"gradgen needs Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer, and this is "
            f"{version[0]}.{version[1]} ({sys.executable}).\n"
            f"Run it with a newer one, for example: python3.12 run.py {' '.join(sys.argv[1:])}"
        )


def runs(*command: str | Path) -> bool:
    """Tell whether a command starts and succeeds; its output is dropped."""
    try:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return done.returncode == 0


def install(*command: str | Path) -> None:
    """Run a step of the installation; its failure ends the set-up."""
    done = subprocess.run(command, cwd=ROOT)
    if done.returncode != 0:
        shown = " ".join(str(part) for part in command)
        raise SetupError(f"This step of the set-up failed (its own message is above):\n  {shown}")


def make_venv() -> None:
    """Make a new ``.venv``, without pip inside where this Python cannot bring one along."""
    if importlib.util.find_spec("venv") is None:
        raise SetupError(
            "This Python has no venv module, which run.py needs.\n"
            "On Debian and Ubuntu: apt install python3-venv"
        )
    make = [sys.executable, "-m", "venv", "--clear"]
    # Some Linux distributions package ensurepip apart; venv fails without it.
    if importlib.util.find_spec("ensurepip") is None or not runs(*make, VENV):
        install(*make, "--without-pip", VENV)


def pip_command() -> list[str | Path]:
    """Return the pip that installs into ``.venv``: its own, else this Python's."""
    if runs(VENV_PYTHON, "-m", "pip", "--version"):
        return [VENV_PYTHON, "-m", "pip"]
    outer: list[str | Path] = [sys.executable, "-m", "pip", "--python", VENV_PYTHON]
    if runs(*outer, "--version"):
        return outer
    raise SetupError(
        f"There is no usable pip: neither in {VENV} nor for {sys.executable} "
        "(which needs pip 22.3 or newer).\n"
        "On Debian and Ubuntu: apt install python3-pip python3-venv\n"
        f"Elsewhere: {sys.executable} -m ensurepip --upgrade"
    )


def read_stamp() -> dict[str, Any]:
    """Return what an earlier set-up noted, nothing where there was none."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def set_up(extras: set[str]) -> None:
    """Make ``.venv`` hold gradgen with these extras; nothing to do when an earlier run did."""
    # The folder is part of the key since the installation points at it.
    project = (ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()
    key = hashlib.sha256(project).hexdigest()
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    stamp = read_stamp()
    # One made by another Python is made anew, so that `python3.13 run.py test` tests 3.13.
    usable = stamp.get("python", python) == python and runs(VENV_PYTHON, "-c", "")
    present = set(stamp.get("extras", ())) if usable and stamp.get("key") == key else set()
    if extras <= present:
        return
    wanted = sorted(extras | present)
    names = ", ".join(wanted)
    print(f"Setting up {VENV}, once, with the extras {names} ...", file=sys.stderr, flush=True)
    if not usable:
        make_venv()
    install(*pip_command(), "install", "--quiet", "--editable", f"{ROOT}[{','.join(wanted)}]")
    noted = json.dumps({"key": key, "python": python, "extras": wanted})
    STAMP.write_text(noted + "\n", encoding="utf-8")


def call(*command: str | Path, cwd: Path = ROOT, defaults: dict[str, str] | None = None) -> int:
    """Run a command of ``.venv``'s Python, its environment over defaults; return its status."""
    environment = {**(defaults or {}), **os.environ}
    return subprocess.run([VENV_PYTHON, *command], cwd=cwd, env=environment).returncode


def demo(arguments: list[str]) -> int:
    """Train the drawing network with a generated gradient."""
    set_up({"plots"})
    return call(ROOT / "examples" / "quickdraw" / "demo.py", *arguments, defaults=ONE_THREAD)


def test(arguments: list[str]) -> int:
    """Run pytest; ``--all`` takes the longer tier along."""
    set_up({"test"})
    everything = ["-m", ""] if "--all" in arguments else []
    # A third of Numba's time is LLVM's, which the longer tier alone asks for all of.
    compiled = {} if everything else {"NUMBA_OPT": "1"}
    rest = [argument for argument in arguments if argument != "--all"]
    # The whole suite on all cores; a chosen part is over sooner without workers to start.
    workers = [] if rest else ["-n", "auto", "--dist", "worksteal"]
    return call("-m", "pytest", *everything, *workers, *rest, defaults=compiled)


def lint(arguments: list[str]) -> int:
    """Run every linter, also after one has failed."""
    set_up({"test", "dev"})
    checks = (
        ["-m", "ruff", "check", *arguments],
        ["-m", "ruff", "format", "--check", *arguments],
        ["-m", "mypy", *arguments],
    )
    failed = [call(*check) != 0 for check in checks]
    return int(any(failed))


def bench(arguments: list[str]) -> int:
    """Compare gradgen with SymPy and with differences."""
    set_up({"plots"})
    # FILE.py:FUNC among the arguments is relative to where the user stands.
    return call("-m", "gradgen", "bench", *arguments, cwd=Path.cwd(), defaults=ONE_THREAD)


def main(arguments: list[str]) -> int:
    """Carry out the command line; return the exit status."""
    commands = {"demo": demo, "test": test, "lint": lint, "bench": bench}
    if arguments in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    if not arguments or arguments[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        check_python(sys.version_info[:3])
        return commands[arguments[0]](arguments[1:])
    except SetupError as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
