"""What the demo shows on a terminal: a progress bar, and drawings as text."""

import shutil
import sys
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

BAR = 30
INK = 96  # of 255: darker than this is drawn
GAP = 4


def heading(text: str) -> None:
    """Print the title of a part of the demo."""
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def progress(steps: Sequence[int], title: str) -> Iterator[int]:
    """Yield the steps; meanwhile a bar grows, and goes away after the last of them.

    Only on a terminal: a bar in a log file is noise.
    """
    shown = sys.stdout.isatty()
    for count, step in enumerate(steps, 1):
        yield step
        if shown:
            filled = BAR * count // len(steps)
            print(f"\r{title} [{'#' * filled}{'.' * (BAR - filled)}]", end="", flush=True)
    if shown:
        print("\r\033[K", end="")


def can_print(text: str) -> bool:
    """Tell whether standard output has these characters."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def as_text(drawing: NDArray[np.uint8]) -> list[str]:
    """Return a drawing as lines of text, two rows of pixels in a line."""
    marks = " ▀▄█" if can_print("▀▄█") else " '.:"
    ink = (drawing >= INK).astype(int)
    both = ink[0::2] + 2 * ink[1::2]
    return ["".join(marks[pair] for pair in row) for row in both]


def print_drawings(drawings: NDArray[np.uint8], captions: Sequence[str]) -> None:
    """Print drawings side by side, as many as fit the terminal, each with its caption below."""
    width = drawings.shape[2]
    columns = max(1, (shutil.get_terminal_size().columns + GAP) // (width + GAP))
    tiles = [
        [*as_text(drawing), caption[:width].center(width)]
        for drawing, caption in zip(drawings, captions, strict=True)
    ]
    for start in range(0, len(tiles), columns):
        for lines in zip(*tiles[start : start + columns], strict=True):
            print((" " * GAP).join(lines).rstrip())
        print()
