"""The attributes of an event, as a client may write them.

Types: spec.md, "Type System"; how they look in JSON: json-format.md §2.2.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from msgspec import UNSET, Meta, Struct, UnsetType

from realtime.protocol.payloads.common import END

TYPE_PREFIX = "kitt.v1."
SYSTEM_PREFIX = "kitt.v1.system."

# Not allowed in a String: control characters, and what Unicode calls noncharacters.
NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
NOT_ALLOWED = rf"\x00-\x1f\x7f-\x9f{NONCHARACTERS}"
NOT_ALLOWED_CHARACTER = re.compile(f"[{NOT_ALLOWED}]")

# The characters of RFC 3986; the rest of its grammar is for whoever follows the reference.
URI_CHARACTERS = r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+"

Identifier = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=128,
        pattern=f"^[^{NOT_ALLOWED}]*" + END,
        description="text without control characters and noncharacters",
    ),
]
UriReference = Annotated[str, Meta(pattern=f"^{URI_CHARACTERS}" + END, description="a URI reference (RFC 3986)")]
Uri = Annotated[str, Meta(pattern=f"^[A-Za-z][A-Za-z0-9+.-]*:{URI_CHARACTERS}" + END, description="a URI (RFC 3986)")]
JsonMediaType = Annotated[
    str,
    Meta(
        pattern=r"^[^\s/;]+/(?:[^\s/;]+\+)?[Jj][Ss][Oo][Nn] *(?:;.*)?" + END,
        description="a JSON media type, such as application/json",
    ),
]


class Event(Struct):
    """What KITT reads. `source`, `dataschema` and `subject` are checked, and then the server writes its own."""

    specversion: Literal["1.0"]
    id: Identifier
    source: UriReference
    type: str
    data: dict[str, Any]
    time: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET
    datacontenttype: JsonMediaType | UnsetType = UNSET
    dataschema: Uri | UnsetType = UNSET
    subject: Annotated[str, Meta(min_length=1)] | UnsetType = UNSET
    correlationid: Identifier | UnsetType = UNSET


def as_string(text: str) -> str:
    """`kitt.v1` allows characters that a String must not have: those become percent-encoded UTF-8."""
    return NOT_ALLOWED_CHARACTER.sub(lambda found: quote(found[0]), text)
