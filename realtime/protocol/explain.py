"""A refusal in one sentence, for people who do not see its fields one by one."""

from __future__ import annotations

from collections.abc import Sequence

from realtime.protocol.errors import FieldError, ProtocolError

MOST_NAMED = 3


def explain(refusal: ProtocolError) -> str:
    """What is wrong, with the fields where there are any."""
    return name_fields(refusal.errors) if refusal.errors else refusal.message


def name_fields(errors: Sequence[FieldError]) -> str:
    """The first fields and what is wrong with them, and how many there are besides."""
    named = "; ".join(f"{error.path} {error.message}".strip() for error in errors[:MOST_NAMED])
    more = len(errors) - MOST_NAMED
    return f"{named}; and {more} more" if more > 0 else named
