"""Identifiers and times that the server gives to a message whose sender gave none."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime


def uuid7(now: datetime) -> str:
    """A UUID version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, the rest random."""
    milliseconds = int(now.timestamp() * 1000)
    value = (milliseconds << 80) | secrets.randbits(80)
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def utc_text(now: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: the fixed width makes the texts sort as the times do."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
