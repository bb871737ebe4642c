"""Delete old messages. Heads and epochs stay, so a client that resumes from too far back is told so."""

from __future__ import annotations

import time
from datetime import datetime

from django.db.models import Max

from realtime.models import Message, Stream

PAUSE_S = 0.02
"""Between two batches, so that on SQLite the log's writer gets the lock."""


def prune_messages(older_than: datetime, keep: int, batch_size: int = 1000) -> dict[str, int]:
    """Delete what was stored before `older_than`, but of no stream its newest `keep`. Returns how many of each."""
    return {stream.endpoint: prune_stream(stream, older_than, keep, batch_size) for stream in Stream.objects.all()}


def prune_stream(stream: Stream, older_than: datetime, keep: int, batch_size: int) -> int:
    """Only ever the beginning of a stream: whoever reads the rest relies on its having no hole."""
    upto = min(last_old(stream, older_than), stream.head - keep)
    old = Message.objects.filter(stream=stream, offset__lte=upto).order_by("offset")
    deleted = 0
    while batch := list(old.values_list("pk", flat=True)[:batch_size]):
        Message.objects.filter(pk__in=batch).delete()
        deleted += len(batch)
        time.sleep(PAUSE_S)
    return deleted


def last_old(stream: Stream, older_than: datetime) -> int:
    """The offset before the first message that is not old; clocks may have stored an older time after it."""
    messages = Message.objects.filter(stream=stream)
    first_kept = messages.filter(stored_at__gte=older_than).order_by("offset").values_list("offset", flat=True).first()
    if first_kept is not None:
        return first_kept - 1
    newest: int | None = messages.aggregate(newest=Max("offset"))["newest"]
    return newest or 0
