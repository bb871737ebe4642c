"""manage.py runserver: the banner, and which lines it logs."""

from __future__ import annotations

import logging

import pytest
from django.core.management import get_commands

from realtime.management.commands.runserver import Command, banner

DETAILS = {"path": "/x", "client": "127.0.0.1:1", "status": 200, "method": "GET", "time_taken": 0.1, "size": 1}


def test_kitts_runserver_is_the_one_that_runs() -> None:
    assert get_commands()["runserver"] == "realtime"


@pytest.mark.parametrize("path", ["/", "/health", "/stats", "/admin/"])
def test_the_banner_says_what_to_open(path: str) -> None:
    assert f"  http://hub:8123{path}" in banner("hub:8123")


@pytest.mark.parametrize("path", ["/ws/freight", "/ws/packing", "/ws/notifications"])
def test_the_banner_has_every_websocket(path: str) -> None:
    assert f"ws://hub:8123{path}?client_id=" in banner("hub:8123")


def test_the_banner_has_a_line_to_paste() -> None:
    assert '  wscat -c "ws://hub:8123/ws/freight?client_id=me"\n' in banner("hub:8123")


def test_requests_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        Command(no_color=True).log_action("http", "complete", DETAILS)
    assert "GET /x 200" in caplog.text


@pytest.mark.parametrize("action", ["connecting", "connected", "disconnected", "rejected"])
def test_sockets_are_logged_by_their_consumer_alone(caplog: pytest.LogCaptureFixture, action: str) -> None:
    with caplog.at_level(logging.INFO):
        Command().log_action("websocket", action, DETAILS)
    assert not caplog.messages
