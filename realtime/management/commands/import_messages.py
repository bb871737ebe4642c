"""Publish the messages of a file."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from stat import S_ISREG
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from realtime.management.progress import Progress
from realtime.management.streams import reading
from realtime.publishing.transfer import ImportStoppedError, import_lines


class Command(BaseCommand):
    help = (
        "Publish what export_messages wrote, with its senders, ids and times. Offsets are given anew. What is there"
        " already is not stored again. Lines that do not fit are named; the others are imported."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", help="- for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with reading(options["file"]) as file, Progress(sys.stderr, size_of(file), "bytes") as progress:
                result = import_lines(counted(file, progress), self.report)
        except ImportStoppedError as stopped:
            raise CommandError(f"{stopped}; import the same file again to go on") from None
        self.stdout.write(
            f"messages imported: {result.new}; there already: {result.repeated}; refused: {result.refused}"
        )
        if result.refused:
            raise CommandError(f"{result.refused} lines were refused")

    def report(self, number: int, reason: str) -> None:
        self.stderr.write(f"line {number}: {reason}")


def counted(lines: Iterable[bytes], progress: Progress) -> Iterator[bytes]:
    for line in lines:
        yield line
        progress.advance(len(line))


def size_of(file: IO[bytes]) -> int:
    """0 for a pipe: nobody knows how much will come."""
    status = os.fstat(file.fileno())
    return status.st_size if S_ISREG(status.st_mode) else 0
