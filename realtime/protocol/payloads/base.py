"""What all payloads have in common."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

import msgspec

from realtime.protocol.errors import FieldError


class Payload(msgspec.Struct, kw_only=True):
    """One message type's payload. Fields that a class does not name are neither checked nor removed."""

    one_of: ClassVar[tuple[str, ...]] = ()
    """Fields of which at least one must be there; empty where there is no such rule."""

    def contradictions(self, now: datetime) -> Iterator[FieldError]:
        """Yield what is wrong between fields, once each field alone is right. Paths start at the payload."""
        return iter(())
