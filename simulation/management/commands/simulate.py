"""Publish the day of a carrier that does not exist."""

from __future__ import annotations

import argparse
import sys
from itertools import takewhile
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from realtime.management.progress import Progress
from realtime.protocol.errors import ProtocolError
from realtime.protocol.explain import explain
from simulation.audience import play
from simulation.day import day
from simulation.events import HOUR, Clock


class Command(BaseCommand):
    help = "Publish the day of a simulated carrier, each message marked as simulated. Ctrl-C ends it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--trucks", type=positive_int, default=300, help="%(default)s unless given")
        parser.add_argument("--speed", type=positive, default=60.0, help="times as fast as a real day: %(default)g")
        parser.add_argument("--hours", type=positive, default=24.0, help="of the simulated day: %(default)g")
        parser.add_argument("--seed", type=int, default=1, help="another number is another day")

    def handle(self, *args: Any, **options: Any) -> None:
        clock = Clock(timezone.now(), options["speed"])
        seconds = options["hours"] * HOUR
        events = takewhile(lambda event: event[0] <= seconds, day(options["seed"], options["trucks"], clock))
        with Progress(sys.stderr, 0, "simulated messages") as progress:
            try:
                for published in play(events, clock):
                    progress.advance(published)
            except ProtocolError as refusal:
                raise CommandError(f"{refusal.code}: {explain(refusal)}") from None
            except KeyboardInterrupt:
                self.stderr.write("stopped")
        self.stdout.write(progress.text())


def positive(text: str) -> float:
    number = float(text)
    if not 0 < number <= 100_000:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0 and up to 100000")
    return number


def positive_int(text: str) -> int:
    if not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 to 10000")
    return int(text)
