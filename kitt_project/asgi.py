"""The ASGI application: HTTP to Django, WebSockets to the hub, both inside this process's node."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kitt_project.settings")
# Django must be set up before anything that touches its models is imported.
django_application = get_asgi_application()

from realtime.routing import websocket_application  # noqa: E402
from realtime.server.application import NodeApplication  # noqa: E402

application = NodeApplication(
    ProtocolTypeRouter({"http": django_application, "websocket": websocket_application()}),
)
