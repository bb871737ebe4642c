"""Settings that are right one by one and wrong together, found by `manage.py check` and at every start."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from realtime.conf import kitt_settings, variable_of


def check_settings_together(**_: Any) -> list[CheckMessage]:
    settings = kitt_settings()
    return [
        Error(
            f"{variable_of(smaller)} must be less than {variable_of(larger)}.", hint=hint, id=f"realtime.E{number:03}"
        )
        for number, (smaller, larger, hint) in enumerate(PAIRS, start=1)
        if not getattr(settings, smaller) < getattr(settings, larger)
    ]


PAIRS = (
    ("heartbeat_interval", "stale_after", "A client must be pinged before it is closed for its silence."),
    ("lease_interval", "lease_timeout", "A node must renew its lease before it runs out; a quarter is a good start."),
    (
        "max_message_bytes",
        "max_broadcast_bytes",
        "A message that is accepted must fit when it goes out with its offset.",
    ),
)
