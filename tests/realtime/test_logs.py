"""The form of a log line."""

from __future__ import annotations

import logging
import sys

import pytest
from django.conf import settings

from realtime.logs import OneLineForStrangers, UtcFormatter


def record(message: str) -> logging.LogRecord:
    made = logging.LogRecord("realtime.node", logging.INFO, "file.py", 1, message, None, None)
    made.created = 1_700_000_000.25
    return made


def test_the_time_is_in_utc_with_milliseconds() -> None:
    assert UtcFormatter().formatTime(record("hello")) == "2023-11-14T22:13:20.250Z"


def test_a_line_has_time_level_logger_and_message() -> None:
    form = settings.LOGGING["formatters"]["line"]
    line = UtcFormatter(form["format"], style=form["style"]).format(record("node started"))
    assert line == "2023-11-14T22:13:20.250Z INFO realtime.node node started"


def test_a_whole_second_has_milliseconds_too() -> None:
    made = record("hello")
    made.created = 0.0
    assert UtcFormatter().formatTime(made) == "1970-01-01T00:00:00.000Z"


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0bXMifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"HTTP GET /stats?token={JWT}&limit=1 200", "HTTP GET /stats?token=***&limit=1 200"),
        (
            f'127.0.0.1:1 - "WebSocket /ws/freight?token={JWT}" [accepted]',
            '127.0.0.1:1 - "WebSocket /ws/freight?token=***" [accepted]',
        ),
        (f"< Authorization: Bearer {JWT}", "< Authorization: Bearer ***"),
        (f"authorization: bearer  {JWT}", "authorization: bearer  ***"),
        (f"< Sec-WebSocket-Protocol: kitt.v1, kitt.token.{JWT}", "< Sec-WebSocket-Protocol: kitt.v1, kitt.token.***"),
        ("GET /?token=opaque HTTP/1.1", "GET /?token=*** HTTP/1.1"),
        (f"something failed: {JWT!r}", "something failed: '***'"),
        (f"{JWT}", "***"),
        (f"{JWT.rpartition('.')[0]}.", "***"),
        ("node started node=9c10d8aa", "node started node=9c10d8aa"),
        ("fields='/token' at realtime.auth.tokens", "fields='/token' at realtime.auth.tokens"),
    ],
)
def test_a_line_shows_no_token(line: str, shown: str) -> None:
    assert UtcFormatter("%(message)s").format(record(line)) == shown


def test_a_traceback_shows_no_token() -> None:
    made = record("failed")
    try:
        raise ValueError(f"cannot read {JWT}")
    except ValueError:
        made.exc_info = sys.exc_info()
    text = UtcFormatter("%(message)s").format(made)
    assert "cannot read ***" in text
    assert JWT[:10] not in text.replace(__file__, "")


@pytest.mark.parametrize(
    ("logger", "level", "has_traceback"),
    [
        ("django.security.DisallowedHost", logging.ERROR, False),
        ("django.request", logging.WARNING, False),
        ("django.request", logging.ERROR, True),
        ("realtime.node", logging.WARNING, True),
    ],
)
def test_what_a_stranger_can_cause_leaves_no_traceback(logger: str, level: int, has_traceback: bool) -> None:
    made = record("refused")
    made.name, made.levelno, made.exc_info = logger, level, (ValueError, ValueError(), None)
    assert OneLineForStrangers().filter(made)
    assert (made.exc_info is not None) is has_traceback
