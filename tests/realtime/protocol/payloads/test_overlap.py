"""Which boxes share space, held against the plain answer that compares all pairs."""

from collections.abc import Iterator
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from realtime.protocol.payloads.overlap import MAX_COMPARISONS, Box, candidates, overlapping

corners = st.tuples(*[st.integers(0, 20).map(float)] * 3)
sizes = st.tuples(*[st.integers(1, 8).map(float)] * 3)


def box(low: tuple[float, ...], size: tuple[float, ...], place: int) -> Box:
    x, y, z = low
    return Box((x, y, z), (x + size[0], y + size[1], z + size[2]), place)


def share_space(one: Box, other: Box) -> bool:
    return all(one.low[axis] < other.high[axis] and other.low[axis] < one.high[axis] for axis in range(3))


def grid(count: int) -> list[Box]:
    """Boxes of 10 cm in rows of 8 and layers of 7, shifted against each other like bricks."""
    return [box((n % 8 * 10, n // 8 % 7 * 10, n // 56 * 10 + n % 56 % 5 * 2), (10, 10, 10), n) for n in range(count)]


def count(pairs: Iterator[object]) -> int:
    return sum(1 for _ in pairs)


@given(st.lists(st.tuples(corners, sizes), max_size=30))
def test_every_pair_that_shares_space_is_found_once(shapes: list[tuple[tuple[float, ...], tuple[float, ...]]]) -> None:
    boxes = [box(low, size, place) for place, (low, size) in enumerate(shapes)]
    wanted = [(a.place, b.place) for a, b in combinations(boxes, 2) if share_space(a, b)]
    assert sorted(overlapping(boxes)) == wanted


def test_no_boxes_share_no_space() -> None:
    assert list(overlapping([])) == []


def test_a_load_of_1200_boxes_needs_few_comparisons() -> None:
    """About 4 ms; each with each would be 719,400."""
    boxes = grid(1200)
    assert list(overlapping(boxes)) == []
    assert count(candidates(boxes)) < 20_000


def test_a_hostile_load_is_given_up_instead_of_blocking() -> None:
    rods = [box((i * 3.0, j * 3.0, 0), (0.5, 0.5, 99), i * 20 + j) for i in range(20) for j in range(20)]
    rods += [box((0, i * 3.0 + 1, j * 3.0), (99, 0.5, 0.5), 400 + i * 20 + j) for i in range(20) for j in range(20)]
    rods += [box((i * 3.0 + 2, 0, j * 3.0 + 1), (0.5, 99, 0.5), 800 + i * 20 + j) for i in range(20) for j in range(20)]
    assert count(candidates(rods)) > MAX_COMPARISONS
    assert list(overlapping(rods)) == []
