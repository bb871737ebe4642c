"""Daphne's runserver with KITT's server, and a banner that says what to try."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

from daphne.management.commands.runserver import Command as DaphneCommand
from django.core.management.base import CommandError

from realtime.protocol.endpoints import ENDPOINTS
from realtime.server.daphne import DaphneServer
from realtime.server.reloader import is_parent, run_child_until_done

BANNER = """
KITT is listening.
  start here    http://{address}/
  health        http://{address}/health
  connections   http://{address}/stats
  admin         http://{address}/admin/   (first: python manage.py createsuperuser)
{sockets}
Paste into another terminal:
  wscat -c "ws://{address}{path}?client_id=me"
"""


class Command(DaphneCommand):
    server: DaphneServer | None = None
    help = "Start KITT for development: daphne, with reload on change unless --noreload is given."

    def run(self, **options: Any) -> None:
        if options["use_reloader"] and is_parent():
            sys.exit(run_child_until_done())
        super().run(**options)

    def server_cls(self, **options: Any) -> DaphneServer:
        host = f"[{self.addr}]" if self._raw_ipv6 else self.addr
        address = f"{'localhost' if host == '127.0.0.1' else host}:{self.port}"
        self.server = DaphneServer(on_listen=partial(self.stdout.write, banner(address)), **options)
        return self.server

    def inner_run(self, *args: Any, **options: Any) -> None:
        super().inner_run(*args, **options)
        if self.server is not None and self.server.failed_to_listen:
            raise CommandError(f"cannot listen on {self.addr}:{self.port}; is another server running there?")

    def log_action(self, protocol: str, action: str, details: dict[str, Any]) -> None:
        """Requests only: a socket's connect and disconnect have their line from the consumer."""
        if protocol == "http":
            super().log_action(protocol, action, details)


def banner(address: str) -> str:
    paths = [endpoint.path for endpoint in ENDPOINTS.values()]
    sockets = "\n".join(f"  WebSocket     ws://{address}{path}?client_id=..." for path in paths)
    return BANNER.format(address=address, sockets=sockets, path=paths[0])
