"""The only door by which a message reaches subscribers."""

from __future__ import annotations

from channels.layers import get_channel_layer

from realtime.conf import kitt_settings
from realtime.log import STREAMS
from realtime.protocol import frames
from realtime.protocol.endpoints import Endpoint
from realtime.protocol.envelope import Message
from realtime.protocol.sizes import require_size, utf8_size

# The type of a layer message names the consumer's handler; what a client sends is never part of it.
DELIVER = "kitt.deliver"


def group_of(endpoint: Endpoint) -> str:
    return f"kitt.{endpoint.name}"


async def publish(endpoint: Endpoint, message: Message, *, sender: str) -> int:
    """Give the message its offset and send it, encoded once, to every subscriber. Returns the offset.

    Raises ProtocolError (`too_large`).
    """
    stream = STREAMS[endpoint.name]
    text = frames.stored_message(message, offset=stream.head + 1, sender=sender)
    require_size(utf8_size(text), kitt_settings().outbound_limits.of(message.type))
    offset = stream.append()
    await get_channel_layer().group_send(group_of(endpoint), {"type": DELIVER, "text": text, "offset": offset})
    return offset
