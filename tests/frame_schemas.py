"""Every frame of the server against the schemas that it publishes."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema_rs

from monitoring.contract.asyncapi import asyncapi


@cache
def validators() -> dict[str, jsonschema_rs.Draft202012Validator]:
    """By the names of the document: publish.TYPE, stored.TYPE, system.TYPE."""
    components = asyncapi("localhost", secure=False)["components"]
    shared = {"components": {"schemas": components["schemas"]}}
    return {
        name: jsonschema_rs.Draft202012Validator(message["payload"] | shared, validate_formats=True)
        for name, message in components["messages"].items()
    }


def check(frame: dict[str, Any]) -> None:
    """Raises ValidationError, with the place of the fault, for a frame that the document does not know."""
    kind = "stored" if "offset" in frame else "system"
    validators()[f"{kind}.{frame['type']}"].validate(frame)
