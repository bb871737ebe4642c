"""The tables: which sockets are open, which messages were accepted, and who was cut off."""

from realtime.models.connection_table import Connection, ConnectionQuerySet, Node, NodeQuerySet, lease_holds
from realtime.models.log import Message, MessageShipment, Stream, new_epoch
from realtime.models.revocation import Revocation, RevocationQuerySet

__all__ = [
    "Connection",
    "ConnectionQuerySet",
    "Message",
    "MessageShipment",
    "Node",
    "NodeQuerySet",
    "Revocation",
    "RevocationQuerySet",
    "Stream",
    "lease_holds",
    "new_epoch",
]
