"""Delete what is no longer needed of the connection table's history."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from realtime.connections import prune_closed
from realtime.management.arguments import age


class Command(BaseCommand):
    help = "Delete the rows of connections that closed long ago, and nodes that have none left."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--older-than", type=age, required=True, metavar="AGE", help="a number with s, m, h, d or w, such as 7d"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        deleted = prune_closed(timezone.now() - options["older_than"])
        self.stdout.write(f"connections deleted: {deleted}")
