from __future__ import annotations

import json

from realtime.log.read import Entry
from realtime.node.editions import MAX_CHARACTERS, Edition
from realtime.protocol.formats import CLOUD_EVENTS, FORMATS, KITT, Format


def entry(offset: int, note: str = "") -> Entry:
    frame = {
        "type": "route_update",
        "timestamp": "2026-03-01T08:00:00Z",
        "payload": {"shipment_id": "SH-1", "note": note},
        "correlation_id": "c-1",
        "id": f"i-{offset}",
        "offset": offset,
        "sender": "tms",
    }
    return Entry(offset, json.dumps(frame))


class Counting:
    """Cloud events, and how often one was made."""

    def __init__(self) -> None:
        self.made = 0
        self.form = Format("counted", CLOUD_EVENTS.decode, self.encode)

    def encode(self, text: str, endpoint: str) -> str:
        self.made += 1
        return CLOUD_EVENTS.encode(text, endpoint)


def test_a_message_is_converted_once_for_all_its_readers() -> None:
    counting = Counting()
    edition = Edition(counting.form, "freight")
    assert len({edition.text_of(entry(1)) for _ in range(100)}) == 1
    assert counting.made == 1


def test_the_text_of_the_log_is_not_copied() -> None:
    edition, logged = Edition(KITT, "freight"), entry(1)
    assert edition.text_of(logged) is logged.text
    assert not edition.texts


def test_what_is_kept_is_bounded_and_the_newest_stays() -> None:
    counting = Counting()
    edition = Edition(counting.form, "freight")
    for offset in range(1, 41):
        edition.text_of(entry(offset, "x" * 60_000))
    assert sum(map(len, edition.texts.values())) <= MAX_CHARACTERS
    edition.text_of(entry(40))
    assert counting.made == 40


def test_one_message_that_is_larger_than_the_bound_is_still_made_once() -> None:
    counting = Counting()
    edition = Edition(counting.form, "freight")
    for _ in range(2):
        edition.text_of(entry(1, "x" * MAX_CHARACTERS))
    assert counting.made == 1


def test_nothing_of_an_earlier_history_is_kept() -> None:
    edition = Edition(CLOUD_EVENTS, "freight")
    edition.text_of(entry(1, "old"))
    edition.clear()
    assert "new" in edition.text_of(entry(1, "new"))


def test_each_format_has_a_group_of_its_own() -> None:
    assert len({Edition(form, "freight").group for form in FORMATS}) == len(FORMATS)
