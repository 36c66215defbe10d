"""One peer on one workload, in a process of its own: it says what it costs to start, then is timed.

It reads a specification as a line of JSON and answers what a first gradient took; then ``size
medium FILE``, whose gradient it writes to the file; and each line ``value 10`` or ``gradient 10``
with the seconds of so many calls, on the wall and of the processor.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Libraries read these when they are imported.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import numpy as np  # noqa: E402

from benchmarks.peers.prepared import NotThere, Prepared  # noqa: E402
from benchmarks.peers.workloads import arguments  # noqa: E402

PEERS = {
    "gradgen, NumPy": "by_gradgen:of_numpy", "gradgen, Numba": "by_gradgen:of_numba",
    "gradgen, reassociate": "by_gradgen:reassociated",
    "by hand, NumPy": "by_hand:of_numpy", "by hand, Numba": "by_hand:of_numba",
    "JAX": "by_jax:prepare", "PyTorch": "by_torch:prepare",
    "torch.compile": "by_torch:prepare_compiled", "autograd": "by_autograd:prepare",
    "CasADi": "by_casadi:prepare",
}  # fmt: skip
_messages = sys.stdout


def main() -> None:
    """Serve one specification."""
    global _messages
    _messages, sys.stdout = sys.stdout, sys.stderr
    warnings.simplefilter("ignore")
    spec = json.loads(sys.stdin.readline())
    try:
        prepare = started(spec)
        for line in sys.stdin:
            what, _, more = line.strip().partition(" ")
            if what == "size":
                size, _, result = more.partition(" ")
                prepared = sized(prepare, spec["workload"], size, result)
            else:
                call = prepared.value if what == "value" else prepared.gradient
                _say(**timed(call or prepared.gradient, int(more)))
    except NotThere as reason:
        _say(note=str(reason))
    except Exception as error:
        text = str(error).splitlines()
        _say(note=f"{type(error).__name__}: {text[0][:120] if text else ''}")


def started(spec: dict[str, Any]) -> Callable[..., Prepared]:
    """Say what it takes until a first, small gradient is there; NumPy is imported before."""
    small = arguments(spec["workload"], "small")
    start = processor_seconds()
    prepare = _peer(spec["peer"])
    prepare(spec["workload"], small).gradient()
    _say(cold=processor_seconds() - start)
    return prepare


def sized(prepare: Callable[..., Prepared], workload: str, size: str, result: str) -> Prepared:
    """Write the gradient of one size to a file, and say how far memory grew for it."""
    prepared = prepare(workload, arguments(workload, size))
    gradient, grown = growth(prepared.gradient)
    np.savez(result, *flat(gradient))
    _say(memory=grown, has_value=prepared.value is not None)
    return prepared


def _peer(name: str) -> Callable[..., Prepared]:
    module, _, function = PEERS[name].partition(":")
    found: Callable[..., Prepared] = getattr(
        importlib.import_module(f"benchmarks.peers.{module}"), function
    )
    return found


def flat(gradient: Any) -> list[Any]:
    """Return the parts of a gradient as arrays."""
    parts = gradient if isinstance(gradient, tuple | list) else [gradient]
    return [np.asarray(part, dtype=float) for part in parts]


def processor_seconds() -> float:
    """Return what this process and the ones that it waited for (compilers) have taken."""
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


def growth(call: Callable[[], Any]) -> tuple[Any, int | None]:
    """Return what a call gives, and how far the memory of the process grew during it, in bytes."""
    before = _status("VmRSS")
    if before is None:
        return call(), None
    try:
        # Sets the peak to the present.
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return call(), None
    result = call()
    peak = _status("VmHWM")
    return result, None if peak is None else max(peak - before, 0)


def _status(field: str) -> int | None:
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((1024 * int(li.split()[1]) for li in lines if li.startswith(field + ":")), None)


def timed(call: Callable[[], Any], count: int) -> dict[str, float]:
    """Return the seconds of so many calls."""
    wall, processor = time.perf_counter(), time.process_time()
    for _ in range(count):
        call()
    return {"processor": time.process_time() - processor, "wall": time.perf_counter() - wall}


def _say(**message: Any) -> None:
    print(json.dumps(message), file=_messages, flush=True)


if __name__ == "__main__":
    main()
