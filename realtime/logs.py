"""The form of a log line: time in UTC, level, logger, message; without the tokens that somebody else's line shows."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime

# After a word that says what comes, or by its look: a JSON object in base64url begins with `ew` or `ey`.
TOKEN = re.compile(
    r"(?P<before>\btoken=|\bkitt\.token\.|\bbearer\s+)[^\s&\"',;)]+|\be[wy][\w-]{6,}\.[\w=-]+\.[\w=-]*",
    re.IGNORECASE | re.ASCII,
)


class UtcFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        # Both handlers write the same line.
        if "line" not in vars(record):
            vars(record)["line"] = without_tokens(super().format(record))
        return str(vars(record)["line"])

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class OurConcern(logging.Filter):
    """uvicorn logs a traceback for text that is not UTF-8. Its sender is told by the close code, 1007."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], UnicodeDecodeError))


def without_tokens(text: str) -> str:
    return TOKEN.sub(lambda found: (found["before"] or "") + "***", text)
