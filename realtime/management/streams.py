"""What commands read and write: files, or `-` for the standard streams, which may be pipes that close early."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import CommandError, OutputWrapper


@contextmanager
def reading(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdin.buffer
        return
    with opened(name, "rb") as file:
        yield file


@contextmanager
def writing(name: str, standard: OutputWrapper) -> Iterator[IO[str] | OutputWrapper]:
    if name == "-":
        yield standard
        return
    with opened(name, "w") as file:
        yield file


def opened(name: str, mode: str) -> IO[Any]:
    try:
        return Path(name).open(mode, encoding=None if "b" in mode else "utf-8")
    except OSError as error:
        raise CommandError(str(error)) from None


@contextmanager
def ending_with_the_pipe() -> Iterator[None]:
    """A reader of our output that goes away, as `head` does, is an end and no error."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes standard output once more at exit, and would complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
