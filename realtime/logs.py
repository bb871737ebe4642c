"""The form of a log line: time in UTC, level, logger, message."""

from __future__ import annotations

import logging
from datetime import UTC, datetime


class UtcFormatter(logging.Formatter):
    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
