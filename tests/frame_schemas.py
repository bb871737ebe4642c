"""Every frame of the server, in either format, against the schemas that it publishes."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema_rs

from monitoring.contract.asyncapi import asyncapi


@cache
def validators() -> dict[str, jsonschema_rs.Draft202012Validator]:
    """By the names of the document: publish.TYPE, stored.TYPE, system.TYPE, and event.publish.TYPE and so on."""
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


def check_event(event: dict[str, Any]) -> None:
    """The same of a CloudEvent."""
    kind = "stored" if "sequence" in event else "system"
    name = event["type"].removeprefix("kitt.v1.").removeprefix("system.")
    validators()[f"event.{kind}.{name}"].validate(event)
