"""What a server says when it listens: where everything is, and a line to paste."""

from __future__ import annotations

from realtime.protocol.endpoints import ENDPOINTS

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


def banner(host: str, port: int | str) -> str:
    name = "localhost" if host == "127.0.0.1" else f"[{host}]" if ":" in host else host
    address = f"{name}:{port}"
    paths = [endpoint.path for endpoint in ENDPOINTS.values()]
    sockets = "\n".join(f"  WebSocket     ws://{address}{path}?client_id=..." for path in paths)
    return BANNER.format(address=address, sockets=sockets, path=paths[0])
