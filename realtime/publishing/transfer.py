"""A stream as JSON Lines and back: each line is a stored envelope with its endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice

import msgspec
from django.utils import timezone

from realtime.conf import kitt_settings
from realtime.log.append import Stored
from realtime.log.search import Search, search
from realtime.protocol.errors import FieldError, ProtocolError
from realtime.protocol.explain import explain
from realtime.publishing.door import publish
from realtime.publishing.publication import read_publication

CHUNK = 200
# Longer than a request waits: nobody is on the line.
COMMIT_TIMEOUT_S = 60.0


def exported(endpoint: str, after: int, upto: int) -> Iterator[str]:
    """The messages with after < offset <= upto, a line each, without its end."""
    more = True
    while more:
        page = search(Search(endpoint, after, upto + 1, limit=CHUNK))
        for entry in page.entries:
            after = entry.offset
            yield f'{{"endpoint":"{endpoint}",{entry.text[1:]}'
        more = page.more


@dataclass
class Imported:
    """How many lines became messages, were there before, and did not fit."""

    new: int = 0
    repeated: int = 0
    refused: int = 0


class ImportStoppedError(Exception):
    """Nothing could be stored any more; what was stored before stays."""


def import_lines(lines: Iterable[bytes], report: Callable[[int, str], None]) -> Imported:
    """Publish every line as the sender that it names. Lines that do not fit are reported with their numbers."""
    result, numbered = Imported(), enumerate(lines, start=1)
    while chunk := list(islice(numbered, CHUNK)):
        # The log commits together what is handed over together.
        futures = [(number, publish_line(line)) for number, line in chunk if not line.isspace()]
        for number, future in futures:
            take(future, number, result, report)
    return result


def publish_line(line: bytes) -> Future[list[Stored]]:
    """A stored message is larger than the one that was sent, by what the server added: it has the outbound limit."""
    try:
        return publish(read_publication(body_of(line), timezone.now(), kitt_settings().outbound_limits))
    except ProtocolError as refusal:
        refused: Future[list[Stored]] = Future()
        refused.set_exception(refusal)
        return refused


def body_of(line: bytes) -> object:
    """As in a POST to /api/messages. The offset is given anew; the id must be there, or a second import doubles it."""
    try:
        body = msgspec.json.decode(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("invalid_json", f"not valid JSON: {error}") from None
    if isinstance(body, dict):
        body.pop("offset", None)
        if "id" not in body:
            raise ProtocolError("invalid_envelope", errors=[FieldError("/id", "missing", "is required")])
    return body


def take(future: Future[list[Stored]], number: int, result: Imported, report: Callable[[int, str], None]) -> None:
    try:
        stored = future.result(COMMIT_TIMEOUT_S)
    except ProtocolError as refusal:
        if refusal.retryable:
            raise ImportStoppedError(f"stopped at line {number}: {refusal}") from None
        result.refused += 1
        report(number, f"{refusal.code}: {explain(refusal)}")
    except TimeoutError:
        raise ImportStoppedError(f"stopped at line {number}: not stored within {COMMIT_TIMEOUT_S:g} s") from None
    else:
        result.repeated += stored[0].repeated
        result.new += not stored[0].repeated
