"""What a server says when it listens: where everything is, and a line to paste."""

from __future__ import annotations

from realtime.conf import kitt_settings
from realtime.protocol.endpoints import ENDPOINTS

BANNER = """
KITT is listening.
  start here    http://{address}/
  health        http://{address}/health
  connections   http://{address}/stats
  admin         http://{address}/admin/   (first: python manage.py createsuperuser)
{sockets}
Paste into another terminal:
  {command}
"""
COMMANDS = {
    "open": 'wscat -c "ws://{address}{path}?client_id=me"',
    "token": "TOKEN=$(python manage.py issue_token me --publish {name} --subscribe {name})\n"
    '  wscat -H "Authorization: Bearer $TOKEN" -c "ws://{address}{path}"',
}


def banner(host: str, port: int | str) -> str:
    name = "localhost" if host == "127.0.0.1" else f"[{host}]" if ":" in host else host
    address = f"{name}:{port}"
    sockets = "\n".join(
        f"  WebSocket     ws://{address}{endpoint.path}?client_id=..." for endpoint in ENDPOINTS.values()
    )
    first = next(iter(ENDPOINTS.values()))
    command = COMMANDS[kitt_settings().auth].format(address=address, path=first.path, name=first.name)
    return BANNER.format(address=address, sockets=sockets, command=command)
