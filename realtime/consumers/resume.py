"""From where in the stream a client starts."""

from __future__ import annotations

from typing import NamedTuple

from realtime.conf import kitt_settings
from realtime.log.read import Head
from realtime.node.feed import Feed
from realtime.protocol.connect_query import ConnectQuery


class Start(NamedTuple):
    """The client gets what is later than `after`. `recovered`: that is all that it missed.

    `after` is later than the head where the client comes from a process that stored, or heard, more than this one.
    """

    after: int
    recovered: bool


async def starting_point(query: ConnectQuery, feed: Feed, head: Head) -> Start:
    """Where it left off, if everything since is there and not too much; else its newest n; else the head."""
    if await can_resume(query, feed, head):
        return Start(query.since or 0, recovered=True)
    after = max(0, head.offset - (query.last or 0))
    return Start(min(head.offset, await feed.oldest_after(after)), recovered=False)


def is_of_epoch(query: ConnectQuery, epoch: str) -> bool:
    """Before the first message every history is the same: `since=0` needs no epoch."""
    return query.epoch == epoch or (query.epoch is None and query.since == 0)


async def can_resume(query: ConnectQuery, feed: Feed, head: Head) -> bool:
    if query.since is None or not is_of_epoch(query, head.epoch):
        return False
    if query.since > head.offset:
        return await feed.is_stored(query.since)
    return head.offset - query.since <= kitt_settings().max_replay and await feed.reaches_back_to(query.since)
