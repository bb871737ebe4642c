"""Tell clients that the history of an endpoint is another one."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from realtime.log.epochs import begin_epoch
from realtime.log.read import heads
from realtime.protocol.endpoints import ENDPOINTS


class Command(BaseCommand):
    help = (
        "Begin a new epoch, after the database was restored from a backup: clients that saw what is not there any more"
        " are told so, instead of taking new messages for old ones."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("endpoints", nargs="+", choices=list(ENDPOINTS), metavar="ENDPOINT")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in options["endpoints"]:
            head = begin_epoch(name, heads()[name].epoch)
            self.stdout.write(f"{name}: epoch {head.epoch}, head {head.offset}")
