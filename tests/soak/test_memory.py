"""Whose memory is said to have grown."""

from __future__ import annotations

import pytest

from tests.soak.memory import Series

MIB = 1024 * 1024


def series(*sizes: int, seconds: float = 1800) -> Series:
    """Samples of these sizes in MiB, over so many seconds."""
    step = seconds / (len(sizes) - 1)
    return Series([(number * step, size * MIB) for number, size in enumerate(sizes)])


@pytest.mark.parametrize(
    ("sizes", "grown"),
    [
        ([80, 100, 100, 100, 100, 100, 109], False),
        ([80, 100, 100, 100, 100, 100, 111], True),
        ([80, 100, 100, 900, 100, 100, 101], False),
        ([80, 100, 100, 100, 100, 90, 70], False),
    ],
)
def test_a_process_has_grown_when_its_end_is_a_tenth_above_its_plateau(sizes: list[int], grown: bool) -> None:
    assert series(*sizes).has_grown is grown


def test_a_process_that_has_just_started_is_not_judged() -> None:
    assert not series(80, 100, 200, seconds=60).has_grown
