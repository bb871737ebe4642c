"""The tables: which sockets are open, and which messages were accepted."""

from realtime.models.connection_table import Connection, ConnectionQuerySet, Node, NodeQuerySet, oldest_valid_lease
from realtime.models.log import Message, MessageShipment, Stream, new_epoch

__all__ = [
    "Connection",
    "ConnectionQuerySet",
    "Message",
    "MessageShipment",
    "Node",
    "NodeQuerySet",
    "Stream",
    "new_epoch",
    "oldest_valid_lease",
]
