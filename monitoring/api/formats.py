"""JSON in and out of the API, by msgspec: strict about what comes in, and to the letter with what was stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import msgspec
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

from realtime.protocol.errors import ProtocolError


class StrictJSONParser(BaseParser):
    """RFC 8259 in UTF-8. NaN, lone surrogates and extreme nesting are refused, which Python's json lets through."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        # Not from the stream: `body` is what holds DATA_UPLOAD_MAX_MEMORY_SIZE.
        body = parser_context["request"].body if parser_context else stream.read()
        try:
            return msgspec.json.decode(body)
        except RecursionError:
            raise ProtocolError("invalid_json", "The body is nested too deeply.") from None
        except ValueError as error:
            raise ProtocolError("invalid_json", f"The body is not valid JSON: {error}") from None


class StoredJSONRenderer(JSONRenderer):
    """Writes msgspec.Raw, a stored envelope, as it is. To decode it could fail: nesting has its limit in the stack."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        text = msgspec.json.encode(data, enc_hook=str)
        indent = self.get_indent(accepted_media_type or "", dict(renderer_context or {}))
        try:
            return msgspec.json.format(text, indent=indent) if indent else text
        except RecursionError:
            return text
