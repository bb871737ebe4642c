"""Follow an endpoint's messages from outside the server."""

from __future__ import annotations

import argparse
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connection

from realtime.conf import kitt_settings
from realtime.log.follow import Follower
from realtime.management.arguments import count, positive_count
from realtime.management.streams import ending_with_the_pipe
from realtime.protocol.endpoints import ENDPOINTS
from realtime.stopping import stop_event


class Command(BaseCommand):
    help = "Print an endpoint's messages as they are stored, by whichever process, a JSON object a line."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("endpoint", choices=list(ENDPOINTS))
        parser.add_argument("--since", type=count, metavar="N", help="begin after this offset; 0 for all that is kept")
        types = [name for endpoint in ENDPOINTS.values() for name in endpoint.stored_types]
        parser.add_argument("--type", choices=types, default="", help="only messages of this type")
        parser.add_argument("--limit", type=positive_count, metavar="N", help="end after so many messages")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            follower = Follower(options["endpoint"], since=options["since"], message_type=options["type"])
        except ValueError as error:
            raise CommandError(f"--since: {error}") from None
        with stop_event() as stop, ending_with_the_pipe():
            self.follow(follower, stop, options["limit"])

    def follow(self, follower: Follower, stop: Event, limit: int | None) -> None:
        printed = 0
        while not stop.is_set():
            try:
                for entry in follower.news():
                    self.stdout.write(entry.text)
                    printed += 1
                    if stop.is_set() or printed == limit:
                        return
            except DatabaseError as error:
                self.stderr.write(f"not read, tried again: {error}")
                connection.close()
            self.stdout.flush()
            stop.wait(kitt_settings().poll_interval)
