"""The tables: which sockets are open, and which messages were accepted."""

from realtime.models.connection_table import Connection, ConnectionQuerySet, Node, NodeQuerySet, oldest_valid_lease
from realtime.models.log import Message, MessageShipment, Stream

__all__ = [
    "Connection",
    "ConnectionQuerySet",
    "Message",
    "MessageShipment",
    "Node",
    "NodeQuerySet",
    "Stream",
    "oldest_valid_lease",
]
