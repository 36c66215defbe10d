"""The same bytes come out whatever the hash seed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.checks import ROOT
from tests.tiers import later

SCRIPT = """
import hashlib
import sys
import gradgen
from tests.cases import CONTROL, LOSSES, MUTATION, cases

for param in cases(LOSSES + MUTATION + CONTROL)[int(sys.argv[1]) :: 4]:
    case = param.values[0]
    for given in (case.args(), None):
        try:
            text = gradgen.emit(case.function, argnums=case.argnums, example_args=given)
        except gradgen.GradgenError as error:
            text = str(error)
        digest = hashlib.sha256(text.encode()).hexdigest()
        print(param.id, "generic" if given is None else "typed", digest)
"""


def digests(seed: str, part: int) -> str:
    """Return a digest of each text of a quarter of the losses, made under a hash seed."""
    environment = dict(os.environ, PYTHONHASHSEED=seed)
    command = [sys.executable, "-c", SCRIPT, str(part)]
    ran = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("part", [0, *later(1, 2, 3)])
def test_same_bytes_under_three_hash_seeds(part: int) -> None:
    first, second, third = (digests(seed, part) for seed in ("0", "1", "4242"))
    assert first.count("\n") > 100
    assert first == second == third
