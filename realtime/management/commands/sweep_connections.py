"""Run the sweeper from outside the server processes."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError
from django.db.models.functions import Now

from realtime.conf import kitt_settings
from realtime.stopping import stop_event
from realtime.sweeper import sweep_once


class Command(BaseCommand):
    help = (
        "Close the rows of dead server processes, and ask live ones to close sockets that have been silent for too"
        " long. The server processes do the same by themselves; any number of sweepers may run."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        settings = kitt_settings()
        parser.add_argument("--once", action="store_true", help="one pass, then exit")
        parser.add_argument("--interval", type=positive, default=settings.sweep_interval, help="seconds between passes")
        parser.add_argument("--timeout", type=positive, default=settings.stale_after, help="seconds of silence")

    def handle(self, *args: Any, **options: Any) -> None:
        with stop_event() as stop:
            while not stop.is_set():
                self.sweep(options["timeout"], keep_going=not options["once"])
                if options["once"]:
                    return
                stop.wait(options["interval"])

    def sweep(self, timeout: float, *, keep_going: bool) -> None:
        try:
            result = sweep_once(Now(), timeout=timeout, flush_slack=kitt_settings().flush_slack)
        except DatabaseError as error:
            if not keep_going:
                raise
            self.stderr.write(f"not swept: {error}")
        else:
            self.stdout.write(
                f"rows of dead nodes closed: {result.reaped}; silent sockets asked to close: {result.asked}"
            )


def positive(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError("must be greater than 0")
    return seconds
