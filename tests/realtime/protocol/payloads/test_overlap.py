"""Which boxes share space, held against the plain answer that compares all pairs."""

from itertools import combinations
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from realtime.protocol.payloads.overlap import Box, overlapping

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


@given(st.lists(st.tuples(corners, sizes), max_size=30))
def test_every_pair_that_shares_space_is_found_once(shapes: list[tuple[tuple[float, ...], tuple[float, ...]]]) -> None:
    boxes = [box(low, size, place) for place, (low, size) in enumerate(shapes)]
    wanted = [(a.place, b.place) for a, b in combinations(boxes, 2) if share_space(a, b)]
    assert sorted(overlapping(boxes)) == wanted


def test_no_boxes_share_no_space() -> None:
    assert list(overlapping([])) == []


def test_a_load_of_1200_boxes_takes_well_under_50_ms() -> None:
    boxes = grid(1200)
    started = perf_counter()
    assert list(overlapping(boxes)) == []
    assert perf_counter() - started < 0.05


def test_a_hostile_load_is_given_up_instead_of_blocking() -> None:
    rods = [box((i * 3.0, j * 3.0, 0), (0.5, 0.5, 99), i * 20 + j) for i in range(20) for j in range(20)]
    rods += [box((0, i * 3.0 + 1, j * 3.0), (99, 0.5, 0.5), 400 + i * 20 + j) for i in range(20) for j in range(20)]
    rods += [box((i * 3.0 + 2, 0, j * 3.0 + 1), (0.5, 99, 0.5), 800 + i * 20 + j) for i in range(20) for j in range(20)]
    started = perf_counter()
    assert list(overlapping(rods)) == []
    assert perf_counter() - started < 1
