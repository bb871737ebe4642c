"""Helpers of the payload tests: change one thing in a valid payload and see what is said about it."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from realtime.protocol.checks import check_payload
from realtime.protocol.payloads.registry import PAYLOADS

NOW = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


def faults(message_type: str, payload: dict[str, Any]) -> list[tuple[str, str]]:
    """(pointer, code) of every error in a payload."""
    return [(error.path, error.code) for error in check_payload(payload, PAYLOADS[message_type], now=NOW)]


def put(payload: dict[str, Any], pointer: str, value: object) -> dict[str, Any]:
    """A copy of the payload in which the value at the pointer is another one."""
    copy = deepcopy(payload)
    parent, key = _locate(copy, pointer)
    parent[key] = value
    return copy


def drop(payload: dict[str, Any], pointer: str) -> dict[str, Any]:
    """A copy of the payload without the field at the pointer."""
    copy = deepcopy(payload)
    parent, key = _locate(copy, pointer)
    del parent[key]
    return copy


def _locate(value: Any, pointer: str) -> tuple[Any, Any]:
    *parents, last = [int(key) if key.isdigit() else key for key in pointer.split("/")[1:]]
    for key in parents:
        value = value[key]
    return value, last
