"""What a server says when it listens: where everything is, and a line to paste."""

from __future__ import annotations

import sys

from realtime.conf import kitt_settings
from realtime.protocol.endpoints import ENDPOINTS

BANNER = """
KITT is listening.
  start here    http://{address}/
  health        http://{address}/health
  connections   http://{address}/stats
  admin         http://{address}/admin/   (first: {python} manage.py createsuperuser)
{sockets}
Paste into another terminal:
  {command}
"""
COMMANDS = {
    "open": 'npx --yes wscat -c "ws://{address}{path}?client_id=me"',
    "token": "TOKEN=$({python} manage.py issue_token me --publish {name} --subscribe {name})\n"
    '  npx --yes wscat -H "Authorization: Bearer $TOKEN" -c "ws://{address}{path}"',
}


# Where a server listens on every address of the machine, none of them is one to open.
HERE = ("127.0.0.1", "0.0.0.0", "::")  # noqa: S104


def banner(host: str, port: int | str) -> str:
    name = "localhost" if host in HERE else f"[{host}]" if ":" in host else host
    address = f"{name}:{port}"
    sockets = "\n".join(
        f"  WebSocket     ws://{address}{endpoint.path}?client_id=..." for endpoint in ENDPOINTS.values()
    )
    first = next(iter(ENDPOINTS.values()))
    python = sys.orig_argv[0]
    command = COMMANDS[kitt_settings().auth].format(address=address, path=first.path, name=first.name, python=python)
    return BANNER.format(address=address, sockets=sockets, command=command, python=python)
