"""New epochs, for histories that went back: from a backup, or after a loss of power without a synchronous commit."""

from __future__ import annotations

from realtime.log.read import Head, heads
from realtime.models import Stream, new_epoch


def begin_epoch(endpoint: str, old: str) -> Head:
    """Give the history a name of its own, once however many processes ask. Returns where it stands then.

    Under the old name a client would take new messages for ones that it has seen at the same offsets.
    """
    Stream.objects.filter(endpoint=endpoint, epoch=old).update(epoch=new_epoch())
    return heads()[endpoint]
