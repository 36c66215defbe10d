"""A limit on the time of what cannot be asked to stop, such as one operation of SymPy."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any


class OutOfTime(BaseException):
    """The time is up; no ``except Exception`` on the way is to keep this."""


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` in the middle of what takes more processor time than this.

    It takes a timer of the system, which Windows and threads other than the main one do not have:
    there, nothing is raised.  A timer of that kind that runs already goes on afterwards.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: Any) -> None:
        raise OutOfTime

    start = time.process_time()
    before = signal.signal(signal.SIGVTALRM, stop)
    left, interval = signal.setitimer(signal.ITIMER_VIRTUAL, max(seconds, 0.02))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        if left:
            rest = max(left - (time.process_time() - start), 1e-3)
            signal.setitimer(signal.ITIMER_VIRTUAL, rest, interval)
