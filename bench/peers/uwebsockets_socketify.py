"""uWebSockets (C++) through socketify: every connection subscribes to a topic, every message is published to it.

https://docs.socketify.dev/websockets-backpressure.html
"""

import sys
from typing import Any

from socketify import App, AppListenOptions, CompressOptions

TOPIC = "all"

app = App()


def opened(websocket: Any) -> None:
    websocket.subscribe(TOPIC)


def message(websocket: Any, text: str | bytes, opcode: int) -> None:
    # The connection's own publish() leaves the connection itself out.
    app.publish(TOPIC, text, opcode)


app.ws(
    "/*",
    {
        "compression": CompressOptions.DISABLED,
        "idle_timeout": 120,
        # By default what a connection has not yet taken is dropped above 64 KiB: 256 messages on their way are more.
        "max_backpressure": 16 * 1024 * 1024,
        "open": opened,
        "message": message,
    },
)
app.listen(AppListenOptions(port=int(sys.argv[1]), host="127.0.0.1"))
app.run()
