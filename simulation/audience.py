"""Where the simulation meets the real clock and the real hub: each event is published when it is due."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from uuid import uuid4

from django.utils import timezone

from realtime.log.append import Append
from realtime.protocol.errors import ProtocolError
from realtime.publishing.publication import read_publication
from realtime.publishing.waiting import publish_and_wait
from simulation.events import Clock, Event

SENDER = "simulation"
STEP_S = 0.25
"""Of the wall clock: what falls due within it is published together."""
RETRY_S = 1.0
MAX_BATCH = 200


def play(events: Iterable[tuple[float, Event]], clock: Clock) -> Iterator[int]:
    """Publish each event when it is due; gives the number of messages after each batch.

    Raises ProtocolError for a message that does not fit; what can be tried again is tried until it succeeds.
    """
    due: list[Event] = []
    for seconds, event in events:
        left = (clock.at(seconds) - timezone.now()).total_seconds()
        if due and (left > 0 or len(due) >= MAX_BATCH):
            yield publish(due)
            due = []
        if left > 0:
            time.sleep(max(left, STEP_S))
        due.append(event)
    if due:
        yield publish(due)


def publish(events: list[Event]) -> int:
    by_endpoint = sorted(events, key=attrgetter("endpoint"))
    for endpoint, group in groupby(by_endpoint, key=attrgetter("endpoint")):
        messages = [
            {"id": str(uuid4()), "type": each.type, "payload": each.payload, "correlation_id": each.correlation_id}
            for each in group
        ]
        body = {"endpoint": endpoint, "sender": SENDER, "messages": messages}
        publish_stubbornly(read_publication(body, timezone.now()))
    return len(events)


def publish_stubbornly(batch: list[Append]) -> None:
    """The ids make it safe to publish the same batch again."""
    while True:
        try:
            publish_and_wait(batch)
        except ProtocolError as refusal:
            if not refusal.retryable:
                raise
            time.sleep(RETRY_S)
        else:
            return
