"""Daphne's runserver with KITT's server, and a banner that says what to try."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

from daphne.management.commands.runserver import Command as DaphneCommand
from django.core.management.base import CommandError, CommandParser

from realtime.server.banner import banner
from realtime.server.daphne import DaphneServer
from realtime.server.reloader import is_parent, run_child_until_done


class Command(DaphneCommand):
    server: DaphneServer | None = None
    help = "Start KITT for development: daphne, with reload on change unless --noreload is given."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        # WhiteNoise serves them as under every other server: with the header that lets pages from elsewhere use them.
        parser.set_defaults(use_static_handler=False)

    def run(self, **options: Any) -> None:
        if options["use_reloader"] and is_parent():
            sys.exit(run_child_until_done())
        super().run(**options)

    def server_cls(self, **options: Any) -> DaphneServer:
        self.server = DaphneServer(on_listen=partial(self.stdout.write, banner(self.addr, self.port)), **options)
        return self.server

    def inner_run(self, *args: Any, **options: Any) -> None:
        super().inner_run(*args, **options)
        if self.server is not None and self.server.failed_to_listen:
            raise CommandError(f"cannot listen on {self.addr}:{self.port}; is another server running there?")

    def log_action(self, protocol: str, action: str, details: dict[str, Any]) -> None:
        """Requests only: a socket's connect and disconnect have their line from the consumer."""
        if protocol == "http":
            super().log_action(protocol, action, details)
