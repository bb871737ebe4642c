"""Where subscribers stand in a stream, what to ask the server for, and what its welcome means. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kitt_client.frames import Welcome


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a stream, as asked for or as known: after the message `since`, or `last` messages before the head.

    Without `since`, `last=0` is the head: only what is new. Without `epoch`, `since` is meant in whatever epoch the
    server is in.
    """

    since: int | None = None
    epoch: str | None = None
    last: int = 0

    def parameters(self) -> dict[str, str]:
        """For the query of the URL; nothing for the head."""
        if self.since is not None:
            return {"since": str(self.since)} | ({"epoch": self.epoch} if self.epoch is not None else {})
        return {"last": str(self.last)} if self.last else {}


HEAD = Place()


def query_for(places: Iterable[Place], epoch: str | None) -> Place:
    """The one place to ask for, so that most subscribers are served; `epoch` is the one of the last welcome.

    The others stay behind after the welcome, and are served by another connect.
    """
    places = list(places)
    known = [place for place in places if place.since is not None]
    if not known:
        return Place(last=max((place.last for place in places), default=0))
    epochs = [place.epoch for place in known]
    chosen = (
        epoch if epoch is not None and epoch in epochs else next((found for found in epochs if found is not None), None)
    )
    same = [place for place in known if place.epoch in (chosen, None)]
    return Place(_least(same), chosen)


def first_offset(query: Place, welcome: Welcome) -> int:
    """The offset after which messages follow."""
    if query.since is not None and welcome.recovered:
        return query.since
    return max(0, welcome.offset - welcome.replayed)


def settle(place: Place, query: Place, welcome: Welcome) -> tuple[Place, bool]:
    """Where a subscriber stands after a welcome, and whether it has lost messages for good."""
    if place.since is None:
        # Fewer than `last` may be stored or served; those that this connection was asked for are all there are.
        oldest = first_offset(query, welcome) if query.since is None and query.last >= place.last else 0
        return Place(max(oldest, welcome.offset - place.last), welcome.epoch), False
    if _is_lost(place.since, place.epoch, query, welcome):
        return Place(first_offset(query, welcome), welcome.epoch), True
    return Place(place.since, welcome.epoch), False


def _is_lost(since: int, epoch: str | None, query: Place, welcome: Welcome) -> bool:
    if epoch not in (None, welcome.epoch) or since > welcome.offset:
        return True
    asked = query.epoch == welcome.epoch and query.since is not None and query.since <= since
    return asked and not welcome.recovered


def _least(places: Iterable[Place]) -> int:
    return min(place.since for place in places if place.since is not None)
