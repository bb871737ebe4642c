"""Which answers leave a line in the log."""

from __future__ import annotations

import pytest
from django.test import Client

from monitoring.probes import PROBES

pytestmark = pytest.mark.django_db


async def fail() -> None:
    raise ConnectionError


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
def test_a_probe_that_fails_leaves_no_line(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    monkeypatch.setitem(PROBES, "layer", fail)
    assert client.get(path).status_code == 503
    assert caplog.messages == []


def test_a_probe_that_breaks_leaves_a_line(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("monitoring.views.run_probes", dict)
    client.raise_request_exception = False
    assert client.get("/health").status_code == 500
    assert caplog.messages == ["Internal Server Error: /health"]


def test_what_else_is_refused_leaves_a_line(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert client.get("/api/nothing").status_code == 404
    assert caplog.messages == ["Not Found: /api/nothing"]
