"""A message that says itself where it goes and whom it is from, or a batch of them: for REST, files and commands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import msgspec

from realtime.conf import kitt_settings
from realtime.log.append import Append
from realtime.protocol.connect_query import ClientId
from realtime.protocol.endpoints import ENDPOINTS, Endpoint
from realtime.protocol.envelope import Message, check_object
from realtime.protocol.errors import FieldError, ProtocolError
from realtime.protocol.field_errors import MAX_ERRORS, field_errors
from realtime.protocol.sizes import SizeLimits

MAX_BATCH = 500

Envelopes = Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1, max_length=MAX_BATCH)]
Refusals = dict[str, ProtocolError]

# Where in an envelope the fault lies, for refusals that name no field.
PLACES = {
    "unknown_type": ("/type", "not_in_enum"),
    "wrong_endpoint": ("/type", "not_in_enum"),
    "too_large": ("", "out_of_bounds"),
}


class Publication(msgspec.Struct):
    """Where to, and from whom. Without `messages`, all other fields are the envelope of one message."""

    endpoint: str
    sender: ClientId
    messages: Envelopes | msgspec.UnsetType = msgspec.UNSET


def read_publication(body: object, now: datetime, limits: SizeLimits | None = None) -> list[Append]:
    """Every message, checked. `body` was decoded by msgspec. Raises ProtocolError; its pointers lead into the body.

    `limits` are those of inbound messages where nothing else is given.
    """
    if not isinstance(body, dict):
        raise ProtocolError("invalid_envelope", "This must be a JSON object.")
    errors = [*publication_errors(body)]
    if errors:
        raise ProtocolError("invalid_envelope", errors=errors)
    endpoint = ENDPOINTS[body["endpoint"]]
    messages = check_all(envelopes_of(body), endpoint, now, limits or kitt_settings().inbound_limits)
    return [Append(endpoint.name, message, body["sender"]) for message in messages]


def publication_errors(body: dict[str, Any]) -> Iterator[FieldError]:
    errors = field_errors(body, Publication)
    yield from errors
    if not errors and body["endpoint"] not in ENDPOINTS:
        yield FieldError("/endpoint", "not_in_enum", f"must be one of {', '.join(ENDPOINTS)}")
    if "messages" in body:
        extra = [name for name in ("type", "payload", "id") if name in body]
        yield from (FieldError(f"/{name}", "inconsistent", "must not stand beside messages") for name in extra)


def envelopes_of(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each envelope by its place in the body."""
    if "messages" in body:
        return {f"/messages/{index}": envelope for index, envelope in enumerate(body["messages"])}
    return {"": {name: value for name, value in body.items() if name not in ("endpoint", "sender")}}


def check_all(
    envelopes: dict[str, dict[str, Any]], endpoint: Endpoint, now: datetime, limits: SizeLimits
) -> list[Message]:
    messages, refusals = list[Message](), Refusals()
    for place, envelope in envelopes.items():
        try:
            messages.append(check_object(envelope, endpoint, now=now, limits=limits))
        except ProtocolError as refusal:
            refusals[place] = refusal
    if refusals:
        raise together(refusals)
    return messages


def together(refusals: Refusals) -> ProtocolError:
    """One refusal for the whole: the first one's code, and the fields of all."""
    first = next(iter(refusals.values()))
    errors = [error for place, refusal in refusals.items() for error in placed(refusal, place)]
    message = first.message if len(refusals) == 1 else f"{len(refusals)} messages do not fit; none was stored."
    return ProtocolError(first.code, message, errors[:MAX_ERRORS])


def placed(refusal: ProtocolError, place: str) -> list[FieldError]:
    """The fields of a refused envelope, as pointers into the body."""
    if not refusal.errors:
        path, code = PLACES.get(refusal.code, ("", "bad_format"))
        return [FieldError(place + path, code, refusal.message)]
    inside = f"{place}/payload" if refusal.code == "validation_failed" else place
    return [FieldError(inside + error.path, error.code, error.message) for error in refusal.errors]
