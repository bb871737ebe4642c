"""Types of arguments that several commands share."""

from __future__ import annotations

import argparse
import re
from datetime import timedelta

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
MAX_OFFSET = 2**63 - 1


def age(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,5})([smhdw])", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number with s, m, h, d or w, such as 7d")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def count(text: str) -> int:
    """A whole number from 0, such as an offset."""
    if not re.fullmatch(r"[0-9]{1,19}", text) or int(text) > MAX_OFFSET:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


def positive_count(text: str) -> int:
    if not count(text):
        raise argparse.ArgumentTypeError("must be at least 1")
    return int(text)
