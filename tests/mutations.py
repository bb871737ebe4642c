"""Frames as an adversary would make them: valid envelopes with something changed, and bytes that are no frames."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.raw_frames import BINARY, CONTINUATION, PING, PONG, TEXT, frame
from tests.realtime.protocol.payloads.examples import FULL, MINIMAL

FREIGHT = ("shipment_request", "route_update")
# What stands in the place of a value is put into the text as it is: most of it no JSON library would write.
MARK = "\x1a"

VALID: list[dict[str, Any]] = [
    *[{"type": name, "payload": payloads[name]} for name in FREIGHT for payloads in (MINIMAL, FULL)],
    {"type": "route_update", "payload": MINIMAL["route_update"], "id": "the-same", "correlation_id": "c"},
    {"type": "route_update", "payload": MINIMAL["route_update"], "timestamp": "2026-02-03T04:05:06.789+01:00"},
    {"type": "heartbeat", "payload": {}},
]
ODD_VALUES = [
    *["null", "true", "0", "-1", '""', "[]", "{}", '"\\u0000"', '"\\ud800"', '"\\udfff\\ud800"', '"\\u202e"', '"x\\n"'],
    *["NaN", "Infinity", "-Infinity", "1e400", "-1e-400", "1" * 400, "0." + "1" * 400, "-0", "1E+308", "9" * 25],
    *["18446744073709551616", "-9223372036854775809", "01", "+1", ".5", "1.", "0x1f", "'x'", "undefined", ""],
    *['"' + "x" * 70_000 + '"', '"' + "\U0001f69a" * 20 + '"', '"\\uD83D\\uDE9A"', '"\\x41"', '"\t"', '"\x7f"'],
    *['"2026-13-01T00:00:00Z"', '"0000-01-01T00:00:00Z"', '"9999-12-31T23:59:60-23:59"', '"route_update"', '"offset"'],
]
ODD_NAMES = ["offset", "sender", "id", "type", "payload", "correlation_id", "timestamp", "", "__class__", "\x00", "/~1"]

depths = st.one_of(st.integers(1, 40), st.integers(900, 1100), st.sampled_from([5_000, 30_000]))
nested = st.builds(
    lambda depth, pair: pair[0] * depth + pair[1] * depth,
    depths,
    st.sampled_from([("[", "]"), ('{"a":', "}"), ("[", ""), ('[{"a":', "}]"), ("[[],", "]")]),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
).map(json.dumps)
odd_values = st.one_of(st.sampled_from(ODD_VALUES), nested, json_values)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each value inside, containers included."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, each in inner for found in places(each, (*path, key)))]


PLACES = [(message, places(message)) for message in VALID]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with another value at the end of the way."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@st.composite
def with_odd_value(draw: st.DrawFn) -> str:
    message, ways = draw(st.sampled_from(PLACES))
    marked = json.dumps(replaced(message, draw(st.sampled_from(ways)), MARK))
    return marked.replace(json.dumps(MARK), draw(odd_values))


@st.composite
def with_odd_name(draw: st.DrawFn) -> str:
    """A field more, of the envelope or of the payload; where the name is there already, it is there twice."""
    written = json.dumps(draw(st.sampled_from(VALID)))
    field = f"{json.dumps(draw(st.sampled_from(ODD_NAMES) | st.text(max_size=4)))}:{draw(odd_values)}"
    cut = draw(st.sampled_from([1, written.index('"payload": {') + len('"payload": {')]))
    return f"{written[:cut]}{field}{'' if written[cut] == '}' else ','}{written[cut:]}"


@st.composite
def with_odd_characters(draw: st.DrawFn) -> str:
    """A stretch of the text cut out, doubled, or replaced."""
    written = json.dumps(draw(st.sampled_from(VALID)))
    start = draw(st.integers(0, len(written)))
    end = min(len(written), start + draw(st.integers(0, 12)))
    return written[:start] + draw(st.sampled_from(["", written[start:end] * 2]) | st.text(max_size=6)) + written[end:]


valid_texts = st.sampled_from([json.dumps(message) for message in VALID])
texts = st.one_of(
    with_odd_value(), with_odd_name(), with_odd_characters(), odd_values, st.text(max_size=40), valid_texts
)
"""Text frames. Lone surrogates stand in them as escapes only: UTF-8 has none."""


def in_fragments(data: bytes, cuts: list[int], between: bytes) -> bytes:
    """One message, cut at these places, with the same frame between any two fragments."""
    parts = [data[start:end] for start, end in pairwise([0, *sorted(min(cut, len(data)) for cut in cuts), len(data)])]
    opcodes = [TEXT, *[CONTINUATION] * (len(parts) - 1)]
    fragments = [frame(opcode, part, fin=False) for opcode, part in zip(opcodes[:-1], parts[:-1], strict=True)]
    return between.join([*fragments, frame(opcodes[-1], parts[-1])])


encoded = texts.map(str.encode)
controls = st.builds(frame, st.sampled_from([PING, PONG]), st.binary(max_size=125))
messages = st.builds(frame, st.sampled_from([TEXT, TEXT, TEXT, BINARY]), encoded)
fragmented = st.builds(in_fragments, encoded, st.lists(st.integers(0, 200), max_size=5), controls)
allowed = st.one_of(messages, controls, fragmented)
"""Frames as RFC 6455 allows them: whole messages, or control frames."""

odd_frames = st.builds(
    frame,
    st.integers(0x0, 0xF),
    st.one_of(encoded, st.binary(max_size=130)),
    fin=st.booleans(),
    reserved=st.sampled_from([0, 0, 0, 0x10, 0x20, 0x40, 0x70]),
    masked=st.sampled_from([True, True, True, False]),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Frames with a byte changed, most often one of the first header."""
    data = bytearray(draw(allowed))
    place = draw(st.integers(0, min(13, len(data) - 1)) | st.integers(0, len(data) - 1))
    data[place] = draw(st.integers(0, 255))
    return bytes(data)


segments = st.one_of(allowed, odd_frames, damaged(), st.binary(min_size=1, max_size=30))
"""Frames as RFC 6455 does not allow them, most of them, and bytes that are none."""
