"""The command ``gradgen verify``, and the part of a proof that is SymPy's."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradgen.cli import main
from gradgen.proof.prove import verify
from tests.unit.test_proof import X, hinge, recurrence, smooth

# --- SymPy --------------------------------------------------------------------------------


def exact(fn: Callable[..., Any], *args: Any) -> Any:
    return verify(fn, args, seconds=20.0).part("SymPy")


def test_proved_as_expressions() -> None:
    for fn, args in ((smooth, (X, 0.5)), (recurrence, (0.7, X[:2])), (hinge, (X,))):
        part = exact(fn, *args)
        assert part.ok, part.summary
        assert part.data["proved"] == part.data["of"], part.summary
    assert part.data["conditions"]
    assert any("x[1]" in line for line in part.lines)


def test_not_symbolic_is_no_failure() -> None:
    part = exact(lambda x: np.sum(np.linalg.eigvalsh(np.outer(x, x) + np.eye(3))), X)
    assert part.ok is None
    assert "not symbolic here" in part.summary
    assert exact(lambda x: abs(x), 0.0).ok is None


def test_time_is_bounded() -> None:
    def swells(x):
        for _ in range(60):
            x = math.sin(x) * math.cos(x) + math.tanh(x)
        return x

    start = time.process_time()
    proof = verify(swells, (0.3,), seconds=2.0)
    assert proof.ok
    assert time.process_time() - start < 6.0


# --- the command --------------------------------------------------------------------------

LOSSES = """\
import numpy as np
import gradgen


def loss(w, b):
    return np.sum(np.abs(w) * b)


def star(*args):
    return args[0] * args[1] ** 2


def pair(w):
    return np.sum(w * w), w


@gradgen.custom_vjp
def wrong(x):
    return x * x


wrong.defvjp(lambda x: (x * x, x), lambda x, g: (3.0 * x * g,))


def caught(x):
    return np.sum(wrong(x))


def fails(x):
    return x / 0


EXAMPLE_ARGS = {"loss": (np.array([1.0, 1e-5]), 2.0), "star": (1.0, 2.0), "pair": (np.ones(2),),
                "caught": (np.arange(1.0, 4.0),), "fails": (1.0,)}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with losses."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "losses.py").write_text(LOSSES)
    return tmp_path


def test_verify(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "losses.py:loss", "--wrt", "w,b"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("derivatives of loss by w[0], w[1], b\n")
    assert "3 of 3 partial derivatives proved equal as expressions" in out
    assert "losses.py:6: np.abs has a kink 1.0e-05 away; steps of" in out
    assert out.endswith("verified: nothing disagrees\n")


def test_verify_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "losses.py:caught", "--json", "--seconds", "0", "--replay"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert told["parts"]["gradient"]["wrong"] == 3
    assert main(["check", "losses.py:caught", "--short", "--seconds", "0"]) == 1
    assert "WRONG: gradient" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["star", "--wrt", "args[1]"], ["pair", "--has-aux"], ["loss", "--order", "3"]]
)
def test_verify_options(here: Path, words: list[str]) -> None:
    assert main(["verify", f"losses.py:{words[0]}", *words[1:], "--seconds", "1"]) == 0


def test_verify_of_what_fails(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "losses.py:fails"]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert main(["verify", "losses.py:caught", "--order", "0"]) == 2
    assert "--order 0" in capsys.readouterr().err
