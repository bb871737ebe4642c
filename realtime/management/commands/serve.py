"""Serve in production: uvicorn with KITT's WebSocket protocol and its orderly stop."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from uvicorn import Config

from realtime.conf import kitt_settings
from realtime.server.banner import banner
from realtime.server.uvicorn import UvicornProtocol, UvicornServer

# What is over KITT's own limits is answered with an error instead of a dropped connection.
TRANSPORT_LIMIT_FACTOR = 2
FAILED_TO_START = 3


class Command(BaseCommand):
    help = "Serve in production: one process, with uvicorn. For development there is runserver."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--uds", metavar="PATH", help="listen on this UNIX socket instead")
        parser.add_argument(
            "--graceful-timeout", type=int, default=10, metavar="S", help="seconds that a stop may take"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        where = (
            f"KITT is listening on {options['uds']}.\n" if options["uds"] else banner(options["host"], options["port"])
        )
        server = UvicornServer(configured(options), on_listen=partial(self.stdout.write, where))
        server.run()
        if not server.started:
            sys.exit(FAILED_TO_START)


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
        http="httptools",
        ws=UvicornProtocol,
        ws_max_size=TRANSPORT_LIMIT_FACTOR * kitt_settings().max_packing_result_bytes,
        # Small messages to many clients: compression costs more than it saves, in time and in memory.
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        server_header=False,
    )
