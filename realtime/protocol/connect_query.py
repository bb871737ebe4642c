"""The query of a WebSocket URL: who connects, and from where in the stream."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

import msgspec

from realtime.protocol.errors import FieldError, ProtocolError
from realtime.protocol.field_errors import field_errors
from realtime.protocol.payloads.common import END

ClientId = Annotated[
    str,
    msgspec.Meta(pattern=r"^[A-Za-z0-9._:-]{1,64}" + END, description="1 to 64 of A-Z a-z 0-9 . _ : -"),
]


class ConnectQuery(msgspec.Struct, frozen=True):
    """What a client says of itself when it connects.

    `since` and `epoch` name the last message that it saw; `last` asks for the newest n messages.
    """

    client_id: ClientId
    since: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None = None
    epoch: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None
    last: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None


NUMBERS = ("since", "last")


def parse_query(query_string: bytes, client_id: str | None = None) -> ConnectQuery:
    """Raises ProtocolError (`validation_failed`) with a pointer to each bad parameter.

    `client_id` is who it is, where that is known already: the query may leave it out, and must not contradict it.
    """
    values: dict[str, str | int] = {} if client_id is None else {"client_id": client_id}
    try:
        for name, value in parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict"):
            values[name] = int(value) if name in NUMBERS and value.isascii() and value.isdigit() else value
    except ValueError:
        raise ProtocolError("validation_failed", "The query of the URL cannot be read.") from None
    errors = field_errors(values, ConnectQuery)
    if not errors and client_id not in (None, values["client_id"]):
        errors = [FieldError("/client_id", "inconsistent", "must be that of the token, or left out")]
    if errors:
        raise ProtocolError("validation_failed", "The query of the URL is not valid.", errors)
    return msgspec.convert(values, ConnectQuery)
