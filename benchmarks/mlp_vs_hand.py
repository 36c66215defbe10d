"""The generated gradient of the drawing network against one derived by hand.

    python benchmarks/mlp_vs_hand.py [--rounds N] [--json]

Both run in turns in one process, on one core and with one BLAS thread; the medians and their ratio
are printed. The bar is a ratio of 1.2 for the generated module's own function; the exit status is 1
above it. The third row adds what the decorator's call costs.
"""

import argparse
import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

# Before NumPy is imported, since its BLAS reads these only then.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples" / "quickdraw"))

import numpy as np  # noqa: E402
from by_hand import loss_and_gradient  # noqa: E402
from costs import interleaved  # noqa: E402
from dragons import BATCH, CLASSES, PIXELS, first_weights, loss  # noqa: E402

BAR = 1.2


def measure(rounds: int) -> dict[str, float]:
    """Return the median seconds of every contender, after checking that they agree."""
    rng = np.random.default_rng(0)
    weights = first_weights(rng)
    drawings = rng.random((BATCH, PIXELS))
    expected = np.eye(CLASSES)[rng.integers(CLASSES, size=BATCH)]
    arguments = weights, drawings, expected

    value, gradient = loss(*arguments)
    hand_value, hand_gradient = loss_and_gradient(*arguments)
    assert np.isclose(value, hand_value, rtol=1e-14)
    for ours, theirs in zip(gradient, hand_gradient, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-15)

    names: dict[str, Any] = {}
    exec(compile(loss.source, "generated.py", "exec"), names)
    module_function = names["loss_value_and_grad"]
    calls = {"by hand": loss_and_gradient, "generated": module_function, "decorated": loss}
    medians = interleaved([partial(call, *arguments) for call in calls.values()], rounds)
    return dict(zip(calls, medians, strict=True))


def main() -> int:
    """Measure, print, and tell by the exit status whether the bar is met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=1000, help="calls of each (1000)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    seconds = measure(options.rounds)
    ratios = {name: one / seconds["by hand"] for name, one in seconds.items()}
    if options.json:
        print(json.dumps({"seconds": seconds, "ratio": ratios}))
    else:
        for name, one in seconds.items():
            print(f"{name:<12}{1000 * one:9.3f} ms   {ratios[name]:.3f} of by hand")
    return int(ratios["generated"] > BAR)


if __name__ == "__main__":
    sys.exit(main())
