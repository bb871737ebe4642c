"""Serve in production: uvicorn with KITT's WebSocket protocol and its orderly stop."""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from uvicorn import Config

from realtime.conf import kitt_settings
from realtime.metrics.folder import Folder
from realtime.metrics.sharing import sharing
from realtime.server.banner import banner
from realtime.server.http import HttpProtocol
from realtime.server.uvicorn import UvicornProtocol, UvicornServer
from realtime.server.workers import FAILED_TO_START, Workers, serve_command

BACKLOG = 2048
# What is over KITT's own limits is answered with an error instead of a dropped connection.
TRANSPORT_LIMIT_FACTOR = 2


class Command(BaseCommand):
    help = "Serve in production, with uvicorn. For development there is runserver."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--uds", metavar="PATH", help="listen on this UNIX socket instead")
        parser.add_argument("--fd", type=int, metavar="N", help="listen on this open socket instead")
        parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes; more than one needs Redis")
        parser.add_argument(
            "--graceful-timeout", type=int, default=10, metavar="S", help="seconds that a stop may take"
        )
        # From the parent of several workers.
        parser.add_argument("--numbers", type=Path, help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        code = self.run_workers(options) if options["workers"] != 1 else self.run_server(options)
        if code:
            sys.exit(code)

    def run_server(self, options: dict[str, Any]) -> int:
        if options["numbers"] is not None:
            sharing.share(options["numbers"])
        server = UvicornServer(configured(options), on_listen=partial(self.announce, options))
        server.run(None if options["fd"] is None else [socket.socket(fileno=options["fd"])])
        return 0 if server.started else FAILED_TO_START

    def run_workers(self, options: dict[str, Any]) -> int:
        require_workers(options)
        try:
            listening = listen(options)
        except OSError as error:
            raise CommandError(f"cannot listen: {error}") from None
        timeout = options["graceful_timeout"]
        with tempfile.TemporaryDirectory(prefix="kitt-") as numbers:
            command = serve_command(listening, "--graceful-timeout", str(timeout), "--numbers", numbers)
            self.announce(options)
            return Workers(command, options["workers"], listening, timeout, Folder(Path(numbers))).run()

    def announce(self, options: dict[str, Any]) -> None:
        """Whoever opened the socket for this process says where it is."""
        if options["uds"]:
            self.stdout.write(f"KITT is listening on {options['uds']}.")
        elif options["fd"] is None:
            self.stdout.write(banner(options["host"], options["port"]))


def require_workers(options: dict[str, Any]) -> None:
    if options["workers"] < 1:
        raise CommandError("--workers must be 1 or more.")
    if not get_channel_layer().crosses_processes:
        raise CommandError("--workers needs a layer between the processes: set REDIS_URL. This one is embedded.")


def listen(options: dict[str, Any]) -> socket.socket:
    """A socket that all workers accept from. Raises OSError."""
    if options["fd"] is not None:
        listening = socket.socket(fileno=options["fd"])
    elif options["uds"]:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(options["uds"])
        listening.listen(BACKLOG)
    else:
        family = socket.AF_INET6 if ":" in options["host"] else socket.AF_INET
        listening = socket.create_server((options["host"], options["port"]), family=family, backlog=BACKLOG)
    return listening


def configured(options: dict[str, Any]) -> Config:
    path, name = settings.ASGI_APPLICATION.rsplit(".", 1)
    return Config(
        f"{path}:{name}",
        host=options["host"],
        port=options["port"],
        uds=options["uds"],
        timeout_graceful_shutdown=options["graceful_timeout"],
        lifespan="on",
        loop="uvloop",
        http=HttpProtocol,
        # KITT looks at these headers itself, under any server.
        proxy_headers=False,
        ws=UvicornProtocol,
        ws_max_size=TRANSPORT_LIMIT_FACTOR * kitt_settings().max_packing_result_bytes,
        # Small messages to many clients: compression costs more than it saves, in time and in memory.
        ws_per_message_deflate=False,
        # KITT asks a silent client itself, with a frame that a page can see.
        ws_ping_interval=None,
        log_config=None,
        access_log=False,
        server_header=False,
    )
