"""What a new process pays before its first gradient, over importing NumPy.

    python benchmarks/cold_start.py [--repeats 9]

A network with one hidden layer, by the decorator (import, derivation, gradient) and by the module
that ``gradgen.emit`` writes.  Each is run in new processes, in turns, with compiled bytecode at
hand as after an installation; the shortest processor times are shown.
"""

import argparse
import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

LOSS = """
import numpy as np

def loss(w1, b1, w2, b2, x, y):
    hidden = np.tanh(x @ w1 + b1)
    z = hidden @ w2 + b2
    z = z - z.max(axis=1, keepdims=True)
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.mean(logp[np.arange(len(y)), y])

def arguments():
    r = np.random.default_rng(0)
    weights = (r.normal(size=(20, 8)), np.zeros(8), r.normal(size=(8, 3)), np.zeros(3))
    return (*weights, r.normal(size=(5, 20)), np.array([0, 1, 2, 1, 0]))
"""
DERIVED = """
import gradgen, loss
gradgen.grad(loss.loss, argnums=(0, 1, 2, 3))(*loss.arguments())
"""
SHIPPED = """
import loss, shipped
shipped.loss_grad(*loss.arguments())
"""
PROGRAMS = {
    "import numpy": "import numpy",
    "import gradgen": "import numpy, gradgen",
    "derive, first gradient": DERIVED,
    "loss module, no gradient": "import loss; loss.arguments()",
    "shipped module, first gradient": SHIPPED,
}


def seconds(program: str, environment: dict[str, str]) -> float:
    """Return the processor time of a new process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def prepared(folder: str) -> dict[str, str]:
    """Write the loss and its shipped gradient; return the environment of the processes."""
    sys.path.insert(0, str(ROOT))
    import gradgen

    path = Path(folder, "loss.py")
    path.write_text(LOSS, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("loss", path)
    assert spec is not None and spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    sys.modules["loss"] = module
    spec.loader.exec_module(module)
    gradgen.emit(
        module.loss,
        str(Path(folder, "shipped.py")),
        mode="grad",
        argnums=(0, 1, 2, 3),
        example_args=module.arguments(),
    )
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    cached = str(Path(folder, "bytecode"))
    where = os.pathsep.join((folder, str(ROOT)))
    return {**env, "PYTHONPATH": where, "PYTHONPYCACHEPREFIX": cached, "OMP_NUM_THREADS": "1"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--repeats", type=int, default=9)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as folder:
        env = prepared(folder)
        rounds = [[seconds(p, env) for p in PROGRAMS.values()] for _ in range(repeats + 1)]
    best = dict(zip(PROGRAMS, map(min, zip(*rounds[1:], strict=True)), strict=True))
    for name, time in best.items():
        print(f"{name:32}{time:8.3f} s{time - best['import numpy']:+9.3f} s over import numpy")


if __name__ == "__main__":
    main()
