"""manage.py runserver: the banner, and which lines it logs."""

from __future__ import annotations

import logging

import pytest
from django.core.management import get_commands

from realtime.management.commands.runserver import Command

DETAILS = {"path": "/x", "client": "127.0.0.1:1", "status": 200, "method": "GET", "time_taken": 0.1, "size": 1}


def test_kitts_runserver_is_the_one_that_runs() -> None:
    assert get_commands()["runserver"] == "realtime"


def test_requests_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        Command(no_color=True).log_action("http", "complete", DETAILS)
    assert "GET /x 200" in caplog.text


@pytest.mark.parametrize("action", ["connecting", "connected", "disconnected", "rejected"])
def test_sockets_are_logged_by_their_consumer_alone(caplog: pytest.LogCaptureFixture, action: str) -> None:
    with caplog.at_level(logging.INFO):
        Command().log_action("websocket", action, DETAILS)
    assert not caplog.messages
