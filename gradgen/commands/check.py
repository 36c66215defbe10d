"""Compare the gradient with differences and, where it is valid, the complex step."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None: ...
def run(arguments: argparse.Namespace) -> int: ...
