from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.protocol.nesting import MAX_DEPTH, is_too_deep

OUTSIDE = MAX_DEPTH - 3
texts = st.text(alphabet='[]{}"\\:, aé', max_size=6)
values = st.recursive(
    st.none() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


@given(values)
def test_the_levels_are_those_of_objects_and_arrays_whatever_the_strings_hold(value: Any) -> None:
    wrapped = value
    for _ in range(OUTSIDE):
        wrapped = [wrapped, "[{"]
    assert is_too_deep(msgspec.json.encode(wrapped)) == (depth(value) + OUTSIDE > MAX_DEPTH)


@pytest.mark.parametrize("pair", [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_one_level_too_many_is_too_deep(pair: tuple[str, str]) -> None:
    levels = MAX_DEPTH // len(pair[1])
    assert not is_too_deep((pair[0] * levels + "1" + pair[1] * levels).encode())
    assert is_too_deep((pair[0] * levels + "[]" + pair[1] * levels).encode())


def test_many_brackets_beside_each_other_are_not_deep() -> None:
    assert not is_too_deep(msgspec.json.encode([[{}] for _ in range(10_000)]))
