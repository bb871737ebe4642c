"""Delete old messages from the log."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from realtime.log.prune import prune_messages
from realtime.management.arguments import age, count

KEEP = 100_000


class Command(BaseCommand):
    help = "Delete messages that were stored long ago, in small batches. Heads and epochs stay as they are."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--older-than", type=age, required=True, metavar="AGE", help="a number with s, m, h, d or w, such as 30d"
        )
        parser.add_argument(
            "--keep", type=count, default=KEEP, metavar="N", help="of each stream, whatever their age (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        deleted = prune_messages(timezone.now() - options["older_than"], options["keep"])
        each = ", ".join(f"{endpoint} {number}" for endpoint, number in deleted.items())
        self.stdout.write(f"messages deleted: {sum(deleted.values())}{f' ({each})' if each else ''}")
