"""Every WebSocket path and frame type, by everybody: who is let in, and what it may send there.

Paths come from the routes, types from the endpoint table. What is not in the tables here fails: say what it takes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from realtime.protocol.endpoints import ENDPOINTS
from realtime.protocol.system_payloads import SYSTEM_PAYLOADS
from realtime.routing import websocket_application
from tests.clients import connect
from tests.realtime.protocol.payloads.examples import MINIMAL
from tests.servers import Server
from tests.tokens import EVERYTHING, token
from tests.waiting import until_async

NEEDS_PUBLISH, NEEDS_NOTHING = "publish", ""

# What each frame takes, on a socket that was let in.
FRAMES = {
    "/ws/freight": {"shipment_request": NEEDS_PUBLISH, "route_update": NEEDS_PUBLISH, "heartbeat": NEEDS_NOTHING},
    "/ws/packing": {"packing_result": NEEDS_PUBLISH, "damage_prediction": NEEDS_PUBLISH, "heartbeat": NEEDS_NOTHING},
    "/ws/notifications": {
        **dict.fromkeys(("notification", "weather_alert", "traffic_update", "error"), NEEDS_PUBLISH),
        "heartbeat": NEEDS_NOTHING,
    },
}
REFUSED_OF_EVERYBODY = {"welcome", "ping", "disconnect", "unheard_of"}


class Outcome(NamedTuple):
    """The close code of who is turned away, 0 of who is let in; and whether it may publish then."""

    closed: int
    publishes: bool = False


TURNED_AWAY, FORBIDDEN, REVOKED = Outcome(4001), Outcome(4003), Outcome(4008)


def test_every_path_has_its_policy() -> None:
    routes = [str(route.pattern) for route in websocket_application().application.routes]  # type: ignore[attr-defined]
    assert routes == [*(rf"^{path.lstrip('/')}/?$" for path in FRAMES), ""]


def test_every_frame_has_its_policy() -> None:
    assert {endpoint.path: {*endpoint.types} for endpoint in ENDPOINTS.values()} == {
        path: {*needs} for path, needs in FRAMES.items()
    }
    assert {*SYSTEM_PAYLOADS} <= REFUSED_OF_EVERYBODY | {"heartbeat", "error"}


def rights(**of: str) -> dict[str, Any]:
    return bearing(token(kitt={right: [endpoint] for right, endpoint in of.items()}))


def bearing(text: str) -> dict[str, Any]:
    return {"additional_headers": {"Authorization": f"Bearer {text}"}}


def tokens(endpoint: str) -> dict[str, tuple[dict[str, Any], Outcome]]:
    """What everybody brings, and what is to come of it."""
    other = next(name for name in ENDPOINTS if name != endpoint)
    return {
        "nothing": ({}, TURNED_AWAY),
        "a broken token": (bearing("x.y.z"), TURNED_AWAY),
        "an expired token": (bearing(token(exp=1)), TURNED_AWAY),
        "a token of another issuer": (bearing(token("another secret of 32 bytes and more")), TURNED_AWAY),
        "a token without rights": (bearing(token(kitt={})), FORBIDDEN),
        "a token to publish": (rights(publish=endpoint), FORBIDDEN),
        "a token for another endpoint": (rights(publish=other, subscribe=other), FORBIDDEN),
        "a token to subscribe": (rights(subscribe=endpoint), Outcome(0)),
        "a token to publish elsewhere": (rights(subscribe=endpoint, publish=other), Outcome(0)),
        "a token for this endpoint": (rights(subscribe=endpoint, publish=endpoint), Outcome(0, publishes=True)),
        "a token for everything": (bearing(token(kitt=EVERYTHING)), Outcome(0, publishes=True)),
    }


# People with a browser, on a page of the server itself: whether they are staff, and their permissions.
LOGINS = {
    "a user": (False, ["view_message", "add_message"], TURNED_AWAY),
    "staff": (True, [], FORBIDDEN),
    "staff that may publish": (True, ["add_message"], FORBIDDEN),
    "staff that may look": (True, ["view_message"], Outcome(0)),
    "staff that may both": (True, ["view_message", "add_message"], Outcome(0, publishes=True)),
}
LOG_IN = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.backends.db import SessionStore
for number, (is_staff, codenames) in enumerate({people!r}):
    user, store = User.objects.create_user(f"rights-{{number}}", is_staff=is_staff), SessionStore()
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store.create()
    print(store.session_key)
"""


@pytest.fixture(scope="module")
def cookies(guarded_server: Server) -> dict[str, str]:
    """Of everybody in LOGINS."""
    people = [(is_staff, codenames) for is_staff, codenames, _ in LOGINS.values()]
    keys = guarded_server.manage("shell", "--no-imports", "-c", LOG_IN.format(people=people)).split()
    return dict(zip(LOGINS, keys, strict=True))


@pytest.fixture(scope="module")
def revoked(guarded_server: Server) -> dict[str, Any]:
    """A token that was."""
    guarded_server.manage("revoke", "token_id", "revoked")
    return bearing(token(jti="revoked"))


async def outcome(server: Server, path: str, options: dict[str, Any]) -> Outcome:
    """What came of it, by every frame: those that take the right to publish must all come to the same."""
    endpoint = path.rpartition("/")[2]
    async with connect(server.ws_url, endpoint, query="", **options) as client:
        if client.first["type"] != "welcome":
            return Outcome((await client.until_closed())[1] or 0)
        published = set()
        for frame_type, needs in FRAMES[path].items():
            answer = await client.ask({"type": frame_type, "payload": MINIMAL.get(frame_type, {})})
            if needs == NEEDS_PUBLISH:
                published.add("offset" in answer or answer["payload"]["code"])
            else:
                assert answer["type"] == frame_type
        for frame_type in REFUSED_OF_EVERYBODY:
            answer = await client.ask({"type": frame_type, "payload": {}})
            assert (answer["type"], answer["payload"]["code"]) == ("error", "unknown_type")
    assert published in ({True}, {"forbidden"})
    return Outcome(0, publishes=published == {True})


@pytest.mark.parametrize("path", FRAMES)
async def test_every_frame_is_taken_of_whom_its_policy_names(guarded_server: Server, path: str) -> None:
    for name, (options, expected) in tokens(path.rpartition("/")[2]).items():
        assert (name, await outcome(guarded_server, path, options)) == (name, expected)


@pytest.mark.parametrize("path", FRAMES)
@pytest.mark.parametrize("name", LOGINS)
async def test_every_frame_is_taken_of_a_user_who_may(
    guarded_server: Server, cookies: dict[str, str], path: str, name: str
) -> None:
    options = {"origin": guarded_server.url, "additional_headers": {"Cookie": f"sessionid={cookies[name]}"}}
    assert await outcome(guarded_server, path, options) == LOGINS[name][2]


@pytest.mark.parametrize("path", FRAMES)
async def test_a_revoked_token_is_good_for_nothing(guarded_server: Server, path: str, revoked: dict[str, Any]) -> None:
    # The server looks twice a second who is.
    await until_async(lambda: outcome(guarded_server, path, revoked), REVOKED)
