from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone

from realtime.protocol.identifiers import utc_text, uuid7

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def test_a_uuid7_has_its_version_its_variant_and_the_time() -> None:
    found = uuid.UUID(uuid7(NOW))
    assert (found.version, found.variant) == (7, uuid.RFC_4122)
    assert found.int >> 80 == int(NOW.timestamp() * 1000)


def test_two_of_one_millisecond_differ() -> None:
    assert uuid7(NOW) != uuid7(NOW)


def test_a_later_one_sorts_later() -> None:
    assert uuid7(NOW) < uuid7(NOW + timedelta(milliseconds=1))


def test_times_are_written_in_utc_with_milliseconds() -> None:
    assert utc_text(NOW) == "2026-03-01T08:00:00.000Z"


def test_a_time_with_another_offset_is_turned_into_utc() -> None:
    assert utc_text(NOW.astimezone(timezone(timedelta(hours=-6)))) == "2026-03-01T08:00:00.000Z"
