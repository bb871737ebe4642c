"""Write an endpoint's messages to a file."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from realtime.log import read
from realtime.management.arguments import count
from realtime.management.progress import Progress
from realtime.management.streams import ending_with_the_pipe, writing
from realtime.protocol.endpoints import ENDPOINTS
from realtime.publishing.transfer import exported


class Command(BaseCommand):
    help = "Write an endpoint's messages as JSON Lines, for import_messages or anything else. New ones are left out."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("endpoint", choices=list(ENDPOINTS))
        parser.add_argument("--after", type=count, default=0, metavar="N", help="only offsets greater than N")
        parser.add_argument("--before", type=count, metavar="N", help="only offsets less than N")
        parser.add_argument("--output", default="-", metavar="FILE", help="- for standard output (%(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        endpoint, output = options["endpoint"], options["output"]
        head = read.heads()[endpoint].offset
        upto = head if options["before"] is None else min(head, options["before"] - 1)
        after = max(options["after"], (read.oldest(endpoint) or 1) - 1)
        with (
            ending_with_the_pipe(),
            writing(output, self.stdout) as file,
            Progress(sys.stderr, max(0, upto - after), "messages") as progress,
        ):
            for line in exported(endpoint, after, upto):
                file.write(f"{line}\n")
                progress.advance()
        if output != "-":
            self.stdout.write(f"messages exported: {progress.done}")
