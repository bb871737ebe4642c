"""What becomes of HTTP requests when the server stops under them."""

from __future__ import annotations

import asyncio

import pytest

from realtime.asgi import Event, Receive, Scope, Send
from realtime.server.requests import Requests


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.server.requests.PATIENCE_S", 0.2)


async def nothing() -> Event:
    return {}


class View:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.sent: list[Event] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.set()
        await self.may_answer.wait()
        await send({"type": "http.response.body", "body": b"an answer"})

    async def send(self, event: Event) -> None:
        self.sent.append(event)


async def asked(view: View, requests: Requests) -> asyncio.Task[None]:
    task = asyncio.create_task(requests({"type": "http"}, nothing, view.send))
    await view.asked.wait()
    return task


async def test_what_was_asked_before_the_end_is_answered() -> None:
    view = View()
    requests = Requests(view)
    task = await asked(view, requests)
    ending = asyncio.create_task(requests.end())
    view.may_answer.set()
    await ending
    assert task.done()
    assert view.sent == [{"type": "http.response.body", "body": b"an answer"}]


async def test_what_is_not_answered_in_time_is_cut_off() -> None:
    view = View()
    requests = Requests(view)
    task = await asked(view, requests)
    await requests.end()
    assert task.cancelled()


async def test_what_is_asked_after_the_end_is_refused() -> None:
    view = View()
    requests = Requests(view)
    await requests.end()
    await requests({"type": "http"}, nothing, view.send)
    assert (view.asked.is_set(), view.sent[0]["status"]) == (False, 503)
