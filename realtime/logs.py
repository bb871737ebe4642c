"""The form of a log line: time in UTC, level, logger, message; without the tokens that somebody else's line shows."""

from __future__ import annotations

import logging
import re
import sys
from contextlib import suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler

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


class PatientFileHandler(RotatingFileHandler):
    """Loses lines while they cannot be written, as on a full disk, and says so once instead of with each of them."""

    is_failing = was_failing = False

    def emit(self, record: logging.LogRecord) -> None:
        self.was_failing, self.is_failing = self.is_failing, False
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        self.is_failing = True
        if not self.was_failing:
            with suppress(OSError):
                sys.stderr.write(f"{self.baseFilename} is not written for now: {error}\n")


class OurConcern(logging.Filter):
    """uvicorn logs a traceback for text that is not UTF-8. Its sender is told by the close code, 1007."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], UnicodeDecodeError))


class OneLineForStrangers(logging.Filter):
    """Django logs a traceback for what any request can do, such as a wrong Host; its debug page does too."""

    def filter(self, record: logging.LogRecord) -> bool:
        refused = record.name == "django.request" and record.levelno < logging.ERROR
        if refused or record.name.startswith("django.security."):
            record.exc_info = None
        return True


def without_tokens(text: str) -> str:
    return TOKEN.sub(lambda found: (found["before"] or "") + "***", text)
