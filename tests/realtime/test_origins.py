"""Which web pages may open a WebSocket."""

from __future__ import annotations

import msgspec
import pytest
from pytest_django import Settings

from realtime.asgi import Event, Scope
from realtime.origins import OriginAllowList, is_own_origin

# The consumer that refuses looks after the thread's connections.
pytestmark = pytest.mark.django_db

LISTED = "https://dispatch.example"


@pytest.fixture(autouse=True)
def names(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["kitt.example", "10.0.0.7", "[::1]"]
    settings.KITT = msgspec.structs.replace(settings.KITT, allowed_origins=(LISTED,))


def scope_of(origin: str, host: str) -> Scope:
    headers = [(b"origin", origin.encode()), (b"host", host.encode())]
    return {"type": "websocket", "path": "/ws/freight", "headers": headers, "subprotocols": []}


async def is_let_in(scope: Scope) -> bool:
    let_in = []
    events = [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1006}]

    async def inner(*_: object) -> None:
        let_in.append(True)

    async def receive() -> Event:
        return events.pop(0)

    async def send(event: Event) -> None:
        assert event["type"] == "websocket.close"

    await OriginAllowList(inner)(scope, receive, send)
    return bool(let_in)


@pytest.mark.parametrize(
    "host",
    ["kitt.example", "kitt.example:8000", "KITT.example", "10.0.0.7:8000", "[::1]:8000"],
)
async def test_a_page_of_the_server_itself_need_not_be_listed(host: str) -> None:
    assert await is_let_in(scope_of(f"http://{host}", host))
    assert await is_let_in(scope_of(f"https://{host.lower()}", host))


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", "kitt.example"),
        ("http://kitt.example:8001", "kitt.example:8000"),
        ("http://kitt.example.evil.example", "kitt.example"),
        ("http://kitt.example@evil.example", "kitt.example"),
        ("null", "null"),
        ("", ""),
        ("http://", ""),
        ("file://kitt.example", "kitt.example"),
        ("kitt.example", "kitt.example"),
    ],
)
async def test_another_page_is_refused(origin: str, host: str) -> None:
    assert not await is_let_in(scope_of(origin, host))


@pytest.mark.parametrize("name", ["evil.example", "evil.example:8000", "10.0.0.8"])
async def test_a_page_whose_name_was_made_to_lead_here_is_refused(name: str) -> None:
    assert not await is_let_in(scope_of(f"http://{name}", name))


async def test_a_listed_page_is_let_in_under_whatever_name_it_connects_to() -> None:
    assert await is_let_in(scope_of(LISTED, "10.9.9.9:8000"))


async def test_two_origins_or_two_hosts_are_nobodys() -> None:
    for name in (b"origin", b"host"):
        scope = scope_of("http://kitt.example", "kitt.example")
        scope["headers"].append((name, b"http://kitt.example"))
        assert not is_own_origin(scope)


async def test_where_browsers_come_by_https_a_page_without_it_is_not_the_servers_own(settings: Settings) -> None:
    """It may be of whoever stands on the line, and its visitor's cookies would come along."""
    settings.KITT = msgspec.structs.replace(settings.KITT, https=True)
    assert not await is_let_in(scope_of("http://kitt.example", "kitt.example"))
    assert await is_let_in(scope_of("https://kitt.example", "kitt.example"))
