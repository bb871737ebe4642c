"""Settings that are right one by one and wrong together, found by `manage.py check` and at every start.

Those of `check_surroundings` are for `manage.py check --deploy`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import connection

from realtime.conf import kitt_settings, variable_of


def check_settings_together(**_: Any) -> list[CheckMessage]:
    settings = kitt_settings()
    return [
        Error(f"{variable_of(smaller)} must be less than {variable_of(larger)}.", hint=hint, id=check_id)
        for check_id, smaller, larger, hint in PAIRS
        if not getattr(settings, smaller) < getattr(settings, larger)
    ]


PAIRS = (
    (
        "realtime.E001",
        "heartbeat_interval",
        "stale_after",
        "A client must be pinged before it is closed for its silence.",
    ),
    (
        "realtime.E002",
        "lease_interval",
        "lease_timeout",
        "A node must renew its lease before it runs out; a quarter is a good start.",
    ),
    (
        "realtime.E003",
        "max_message_bytes",
        "max_broadcast_bytes",
        "A message that is accepted must fit when it goes out with its offset.",
    ),
)


def check_surroundings(**_: Any) -> list[CheckMessage]:
    return [*check_margins(), *check_database(), *check_log()]


def check_margins() -> Iterator[CheckMessage]:
    settings = kitt_settings()
    for check_id, smaller, factor, larger, hint in MARGINS:
        if getattr(settings, larger) < factor * getattr(settings, smaller):
            text = f"{variable_of(larger)} is less than {factor} times {variable_of(smaller)}."
            yield Warning(text, hint=hint, id=check_id)


MARGINS = (
    (
        "realtime.W011",
        "heartbeat_interval",
        2,
        "stale_after",
        "A client that misses one ping should get another before it is closed.",
    ),
    (
        "realtime.W012",
        "lease_interval",
        3,
        "lease_timeout",
        "One slow write of the lease makes a live process look dead.",
    ),
    (
        "realtime.W013",
        "flush_interval",
        1,
        "stale_after",
        "The heartbeats in the table would always look too old.",
    ),
    (
        "realtime.W014",
        "rate_limit",
        1,
        "rate_burst",
        "A client that sends at the rate it may have is refused whenever two messages come together.",
    ),
)


def check_database() -> Iterator[CheckMessage]:
    is_sqlite = connection.vendor == "sqlite"
    crosses_processes = get_channel_layer().crosses_processes
    if is_sqlite and crosses_processes:
        yield Warning(
            "REDIS_URL is set, and the database is SQLite, which processes on other machines cannot share.",
            hint="For processes on several machines set DATABASE_URL to a PostgreSQL.",
            id="realtime.W021",
        )
    if not is_sqlite and not crosses_processes:
        yield Warning(
            "There is no REDIS_URL: messages of other processes on this database wait for KITT_POLL_INTERVAL.",
            hint="Set REDIS_URL where more than one process serves. With one process this is right.",
            id="realtime.W022",
        )
    if is_sqlite and "synchronous=NORMAL" in connection.settings_dict["OPTIONS"].get("init_command", ""):
        yield Warning(
            "SQLITE_SYNCHRONOUS=NORMAL: a loss of power may lose messages that clients have seen.",
            hint="Set FULL; or run manage.py begin_epoch after a loss of power.",
            id="realtime.W023",
        )


def check_log() -> Iterator[CheckMessage]:
    path = Path(django_settings.LOG_FILE)
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        yield Error(
            f"LOG_FILE={path} cannot be written.",
            hint="Name a file that the user of this process may write.",
            id="realtime.E024",
        )
