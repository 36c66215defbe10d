"""Evals against a tool: what is asked, and the verdict on what comes back."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Any

from benchmarks.gradbench.driver.answers import ANSWERS
from benchmarks.gradbench.driver.compare import listed, mismatch, strict_mismatch
from benchmarks.gradbench.driver.connection import Connection, Message, ProtocolError
from benchmarks.gradbench.driver.inputs import INPUTS

EVALS = ("hello", *INPUTS)


@dataclass
class Verdict:
    """The outcome of one eval, in GradBench's words, and what a stricter look found."""

    name: str
    outcome: str = "success"
    messages: int = 0
    problems: list[str] = field(default_factory=list)
    # Function, size and the median nanoseconds of a run.
    times: list[tuple[str, str, float]] = field(default_factory=list)

    def worse(self, outcome: str, problem: str) -> None:
        """Note a problem; the worse outcome stays."""
        order = ("success", "invalid", "failure", "undefined", "error")
        self.outcome = max(self.outcome, outcome, key=order.index)
        self.problems.append(problem)


def run_eval(
    tool: Connection, name: str, full: bool = False, min_runs: int = 1, min_seconds: float = 0.0
) -> Verdict:
    """Return the verdict on one eval."""
    verdict = Verdict(name)
    try:
        tool.ask("start", eval=name)
        made = tool.ask("define", module=name)
        if not made["success"]:
            verdict.worse("undefined", str(made.get("error")))
        elif name == "hello":
            _hello(tool, verdict)
        else:
            asked = {"min_runs": min_runs, "min_seconds": min_seconds}
            for function, data, description in INPUTS[name].all(full):
                _question(tool, verdict, function, {**data, **asked}, description)
    except ProtocolError as error:
        verdict.worse("error", str(error))
    return verdict


def _hello(tool: Connection, verdict: Verdict) -> None:
    """Feed the tool its own answers, as this eval does."""
    x: Any = 1.0
    for _ in range(4):
        for function in ("square", "double"):
            right = x * x if function == "square" else 2.0 * x
            answer = tool.ask("evaluate", module="hello", function=function, input=x)
            _judge(tool, verdict, f"{function} {x}", answer, right)
            if not answer["success"]:
                return
            x = answer["output"]


def _question(
    tool: Connection, verdict: Verdict, function: str, data: Any, description: str
) -> None:
    """Ask one question and judge the answer."""
    answer = tool.ask(
        "evaluate",
        module=verdict.name,
        function=function,
        input=data,
        description=description,
    )
    runs = [t["nanoseconds"] for t in answer.get("timings", []) if t["name"] == "evaluate"]
    place = f"{function} {description}"
    if answer["success"]:
        if len(runs) < data["min_runs"] or sum(runs) < 1e9 * data["min_seconds"]:
            verdict.worse("invalid", f"{place}: {len(runs)} runs of {sum(runs)} ns together")
        else:
            verdict.times.append((function, description, statistics.median(runs)))
    right = listed(ANSWERS[verdict.name][function](data))
    _judge(tool, verdict, place, answer, right)


def _judge(tool: Connection, verdict: Verdict, place: str, answer: Message, right: Any) -> None:
    """Compare an answer, and tell the tool what came of it."""
    verdict.messages += 1
    if not answer["success"]:
        verdict.worse("failure", f"{place}: {answer.get('error')}")
        return
    wrong = mismatch(right, answer["output"])
    if wrong is None:
        tool.ask("analysis", of=answer["id"], valid=True)
        wrong = strict_mismatch(right, answer["output"])
    else:
        tool.ask("analysis", of=answer["id"], valid=False, error=wrong)
    if wrong is not None:
        verdict.worse("invalid", f"{place}: {wrong}")
