from __future__ import annotations

import pytest

from realtime.log.read import Entry
from realtime.node import early as early_module
from realtime.node.early import Early


def entries(*offsets: int, size: int = 10) -> list[Entry]:
    return [Entry(offset, "x" * size) for offset in offsets]


def offsets(found: list[Entry]) -> list[int]:
    return [entry.offset for entry in found]


def test_what_follows_on_the_head_is_taken_out_up_to_the_next_gap() -> None:
    early = Early()
    early.add(entries(7, 3, 4))
    assert offsets(early.after(2)) == [3, 4]
    assert offsets(early.after(6)) == [7]


def test_what_waits_behind_a_gap_stays() -> None:
    early = Early()
    early.add(entries(4))
    assert early.after(2) == []
    assert offsets(early.after(3)) == [4]


def test_what_the_head_has_passed_is_forgotten() -> None:
    early = Early()
    early.add(entries(3, 4))
    assert early.after(8) == []
    assert (early.entries, early.bytes) == ({}, 0)


def test_what_comes_twice_counts_once() -> None:
    early = Early()
    early.add(entries(4, size=10))
    early.add(entries(4, size=10))
    assert early.bytes == 10


def test_it_is_bounded_in_number_and_keeps_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early_module, "MAX_ENTRIES", 3)
    early = Early()
    early.add(entries(3, 4, 5, 6))
    assert offsets(early.after(2)) == [3, 4, 5]


def test_it_is_bounded_in_bytes_and_keeps_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early_module, "MAX_BYTES", 25)
    early = Early()
    early.add(entries(3, 4, 5, size=10))
    assert offsets(early.after(2)) == [3, 4]


def test_it_takes_more_when_some_have_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early_module, "MAX_BYTES", 25)
    early = Early()
    early.add(entries(3, 5, size=10))
    early.after(2)
    early.add(entries(7, size=10))
    assert offsets(early.after(6)) == [7]
