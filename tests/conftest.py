"""Fixtures that every test may use."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from channels.layers import channel_layers
from django.utils import timezone
from pytest_django import Settings

from realtime.auth import guessing
from realtime.log.writer import log_writer
from realtime.models import Connection, Node
from tests.tokens import SECRET

MakeNode = Callable[..., Node]
MakeConnection = Callable[..., Connection]


class Clock:
    """Stands in for the `time` module inside one module: monkeypatch.setattr("realtime.limits.time", clock)."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def fresh_channel_layer() -> Iterator[None]:
    """The default layer belongs to the process: without this, a test would find the groups of the one before."""
    channel_layers.backends = {}
    yield
    channel_layers.backends = {}


@pytest.fixture(autouse=True)
def nobody_has_failed() -> None:
    """Failed logins and tokens are counted by the process, too."""
    for door in (guessing.logins, guessing.tokens):
        door.forgiven_at.clear()


@pytest.fixture
def tokens_only(settings: Settings, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The door wants tokens of tests.tokens; Django does not log every refusal."""
    settings.KITT = msgspec.structs.replace(settings.KITT, auth="token", token_secret=SECRET)
    caplog.set_level(logging.CRITICAL, "django.request")
    yield
    log_writer.stop()


@pytest.fixture(autouse=True)
def quick_settings(settings: Settings) -> None:
    # Otherwise WhiteNoise reads every static file for each test client, and warns that none was collected.
    settings.WHITENOISE_AUTOREFRESH = True
    # Django's own takes a quarter of a second for each user.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def make_node(db: None) -> MakeNode:
    """Saved nodes. `lease_age` is in seconds: one of 20 or more is dead."""

    def make(*, lease_age: float = 0, **values: Any) -> Node:
        now = timezone.now()
        renewed = now - timedelta(seconds=lease_age)
        return Node.objects.create(**{"host": "h", "pid": 1, "started_at": now, "lease_renewed_at": renewed, **values})

    return make


@pytest.fixture
def node(make_node: MakeNode) -> Node:
    """A saved node with a fresh lease."""
    return make_node()


@pytest.fixture
def new_connection(node: Node) -> MakeConnection:
    """Connections of `node` that are not saved."""

    def new(**values: Any) -> Connection:
        now = timezone.now()
        usual = {"node": node, "endpoint": "freight", "client_id": "tms", "connected_at": now, "last_heartbeat": now}
        return Connection(**{**usual, **values})

    return new


@pytest.fixture
def make_connection(new_connection: MakeConnection) -> MakeConnection:
    """Saved connections of `node`."""

    def make(**values: Any) -> Connection:
        row = new_connection(**values)
        row.save()
        return row

    return make
