from __future__ import annotations

import sys

import msgspec
import pytest
from pytest_django import Settings

from realtime.server.banner import banner


@pytest.mark.parametrize("path", ["/", "/health", "/stats", "/admin/"])
def test_the_banner_says_what_to_open(path: str) -> None:
    assert f"  http://hub:8123{path}" in banner("hub", 8123)


@pytest.mark.parametrize("path", ["/ws/freight", "/ws/packing", "/ws/notifications"])
def test_the_banner_has_every_websocket(path: str) -> None:
    assert f"ws://hub:8123{path}?client_id=" in banner("hub", 8123)


def test_the_banner_has_a_line_to_paste() -> None:
    assert '  npx --yes wscat -c "ws://hub:8123/ws/freight?client_id=me"\n' in banner("hub", 8123)


def test_where_tokens_are_asked_for_the_banner_says_how_to_get_one(settings: Settings) -> None:
    settings.KITT = msgspec.structs.replace(settings.KITT, auth="token")
    assert "manage.py issue_token me --publish freight --subscribe freight)" in banner("hub", 8123)
    assert 'wscat -H "Authorization: Bearer $TOKEN" -c "ws://hub:8123/ws/freight"\n' in banner("hub", 8123)


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "localhost:80"), ("0.0.0.0", "localhost:80"), ("::1", "[::1]:80"), ("10.0.0.7", "10.0.0.7:80")],
)
def test_the_address_is_one_to_paste(host: str, shown: str) -> None:
    assert f"http://{shown}/health" in banner(host, 80)


def test_its_commands_are_for_the_python_that_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "orig_argv", [".venv/bin/python", "manage.py", "runserver"])
    assert "(first: .venv/bin/python manage.py createsuperuser)" in banner("hub", 8123)
