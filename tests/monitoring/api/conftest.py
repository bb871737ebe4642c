from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from realtime.log.writer import log_writer

Post = Callable[..., Any]

MESSAGE = {"endpoint": "freight", "sender": "tms", "type": "route_update", "payload": {"shipment_id": "SH-1"}}


@pytest.fixture(autouse=True)
def stopped_log() -> Iterator[None]:
    """The log's thread has a database connection of its own, which must not outlive the test."""
    yield
    log_writer.stop()


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Django logs every 4xx and 5xx."""
    caplog.set_level(logging.CRITICAL, "django.request")


@pytest.fixture
def post(client: Client) -> Post:
    """POST /api/messages of MESSAGE with changes, or of a text as it is."""

    def send(text: str | bytes | None = None, **changes: Any) -> HttpResponse:
        data = {**MESSAGE, **changes} if text is None else text
        return client.post("/api/messages", data, content_type="application/json")

    return send
