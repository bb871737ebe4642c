"""What Django says of answers, less what their readers know."""

from __future__ import annotations

import logging

PROBES = ("health", "health-ready")
"""The names of URLs."""


class NoProbes(logging.Filter):
    """A balancer asks every second, and 503 is its answer: what fails has a line of its own, where it fails."""

    def filter(self, record: logging.LogRecord) -> bool:
        asked = getattr(getattr(record, "request", None), "resolver_match", None)
        is_probe = asked is not None and asked.url_name in PROBES
        return not (is_probe and getattr(record, "status_code", None) == 503)
