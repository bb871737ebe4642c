"""The form of a log line."""

from __future__ import annotations

import logging

from django.conf import settings

from realtime.logs import UtcFormatter


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
