"""How deep a payload may be nested."""

from __future__ import annotations

MAX_DEPTH = 60
"""Levels of objects and arrays. With what stands around a payload they are no more than 64, which readers in other
languages take by default (https://learn.microsoft.com/dotnet/api/system.text.json.jsonserializeroptions.maxdepth).

A message that its readers cannot parse is worse than lost: it is at its place in the stream whenever they come back.
"""

ALIKE = bytes.maketrans(b"{}", b"[]")
OTHERS = bytes(set(range(256)) - set(b'[]{}"'))


def is_too_deep(json: bytes) -> bool:
    """It takes a quarter of a microsecond for 250 bytes, and 3 ms for a packing result of 780 KB."""
    if json.count(b"[") + json.count(b"{") <= MAX_DEPTH:
        return False
    without_escapes = json.replace(b"\\\\", b"").replace(b'\\"', b"")
    # Strings without a bracket vanish; what is left between quotes is in one that has some.
    brackets = without_escapes.translate(ALIKE, OTHERS).replace(b'""', b"")
    brackets = b"".join(brackets.split(b'"')[::2])
    for _ in range(MAX_DEPTH):
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)
