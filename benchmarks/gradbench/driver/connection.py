"""The tool as a process: a line there, a line back, and what the protocol says of both."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any

Message = dict[str, Any]


class ProtocolError(Exception):
    """The tool said something that the protocol does not have."""


class Connection:
    """A running tool; a context manager that ends it."""

    def __init__(self, command: Sequence[str], time_limit: float = 600.0) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self.time_limit = time_limit
        self.count = 0
        self.late = False

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> int:
        """End the tool's input, as an eval that exits does; return the tool's exit status."""
        assert self.process.stdin is not None and self.process.stdout is not None
        if not self.process.stdin.closed:
            self.process.stdin.close()
        try:
            status = self.process.wait(timeout=20.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process.stdout.close()
        return status

    def ask(self, kind: str, **fields: Any) -> Message:
        """Send a message and return its answer.

        Raises
        ------
        ProtocolError
            Where there is no answer, or it is not what the protocol asks for.
        """
        message = {"id": self.count, "kind": kind, **fields}
        self.count += 1
        line = self._exchange(json.dumps(message))
        try:
            answer = json.loads(line, parse_constant=_refused)
        except ValueError as error:
            raise ProtocolError(f"no JSON: {error}: {line[:200]!r}") from error
        if not isinstance(answer, dict) or answer.get("id") != message["id"]:
            raise ProtocolError(f"another id than {message['id']}: {line[:200]!r}")
        _check(kind, answer)
        return answer

    def _exchange(self, line: str) -> str:
        assert self.process.stdin is not None and self.process.stdout is not None
        watch = threading.Timer(self.time_limit, self._out_of_time)
        watch.start()
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
            reply = self.process.stdout.readline()
        except BrokenPipeError:
            reply = ""
        finally:
            watch.cancel()
        if not reply:
            raise ProtocolError("timeout" if self.late else "the tool ended")
        return reply

    def _out_of_time(self) -> None:
        self.late = True
        self.process.kill()


def _refused(token: str) -> None:
    raise ValueError(f"{token} is no JSON")


def _check(kind: str, answer: Message) -> None:
    """Check the fields of an answer."""
    if kind not in ("define", "evaluate"):
        return
    if not isinstance(answer.get("success"), bool):
        raise ProtocolError(f"success is {answer.get('success')!r}")
    if answer["success"]:
        if answer.get("error") is not None:
            raise ProtocolError("success with an error")
        if kind == "evaluate" and "output" not in answer:
            raise ProtocolError("success without output")
    for timing in answer.get("timings") or []:
        taken = timing.get("nanoseconds")
        if not isinstance(timing.get("name"), str) or type(taken) is not int or taken < 0:
            raise ProtocolError(f"timing {timing!r}")


def tool_command(backend: str) -> list[str]:
    """Return the command of gradgen's tool."""
    return [sys.executable, "-m", "benchmarks.gradbench.tool", "--backend", backend]
