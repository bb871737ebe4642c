"""Every URL that Django answers to, found in its resolver: so that a new one is in the tests by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "UNHEARD-OF")


class Route(NamedTuple):
    """`pattern` is the whole path with its placeholders; `name` has the namespace before it."""

    pattern: str
    name: str


def all_routes() -> list[Route]:
    return [*walk(get_resolver().url_patterns)]


def walk(patterns: list[URLPattern | URLResolver], prefix: str = "/", namespace: str = "") -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Route(path, f"{namespace}{pattern.name or ''}")
        else:
            yield from walk(pattern.url_patterns, path, f"{pattern.namespace}:" if pattern.namespace else namespace)
