"""No secret of the settings, of a request or of a form is in a log or in an answer, with DEBUG on or off."""

from __future__ import annotations

import urllib.error
import urllib.request
from asyncio import to_thread
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.browsers import PASSWORD, Browser, create_user
from tests.clients import connect
from tests.server.conftest import Start
from tests.servers import Server
from tests.tokens import token

SECRETS = {
    "SECRET_KEY": "zebra-secret-key-of-the-tests-that-is-long-enough-7714",
    "KITT_TOKEN_SECRET": "zebra-token-secret-of-the-tests-that-is-long-7714",
}
REDIS_PASSWORD = "zebra-redis-7714"
GUESS = "zebra-password-7714"
TOKEN_NOTE = "zebra-claim-7714"


def ask(server: Server, path: str, data: dict[str, str] | None = None, **headers: str) -> str:
    """Headers and body of the answer, redirects included."""
    body = urlencode(data).encode() if data else None
    request = urllib.request.Request(
        server.url + path, body, {name.replace("_", "-"): headers[name] for name in headers}
    )
    try:
        with NO_REDIRECTS.open(request, timeout=10) as response:
            return f"{response.headers}{response.read().decode()}"
    except urllib.error.HTTPError as error:
        return f"{error.headers}{error.read().decode()}"


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


NO_REDIRECTS = urllib.request.build_opener(Stay)


def answers(server: Server, text: str, cookies: str) -> Iterator[str]:
    """Of whatever makes error pages and redirects: a wrong Host, a page that is nowhere, a form without its token."""
    proof = {"Authorization": f"Bearer {text}", "Cookie": cookies, "Referer": f"{server.url}/?token={text}"}
    for path in ("/", "/nowhere", "/admin", "/admin/nowhere", "/stats", "/api/messages?endpoint=x", "/health"):
        asked = f"{path}{'&' if '?' in path else '?'}token={text}"
        yield ask(server, asked, **proof)
        yield ask(server, asked, **proof, Accept="text/html")
        yield ask(server, asked, **proof, Accept="text/html", Host="evil.example")
        yield ask(server, asked, {"username": "ann", "password": GUESS}, **proof, Accept="text/html")
        yield ask(server, asked, {"username": "ann", "password": GUESS}, **proof, Host="evil.example")
    yield ask(server, "/admin/login/", {"username": "ann", "password": GUESS})


@pytest.mark.parametrize("debug", ["true", "false"])
async def test_no_secret_is_in_a_log_or_an_answer(start: Start, debug: str) -> None:
    server = start(
        **SECRETS,
        DEBUG=debug,
        KITT_AUTH="token",
        LOG_LEVEL="DEBUG",
        # Nobody is there: what the client of Redis says about that is in the log.
        REDIS_URL=f"redis://kitt:{REDIS_PASSWORD}@127.0.0.1:1/0",
    )
    text = token(SECRETS["KITT_TOKEN_SECRET"], note=TOKEN_NOTE)
    browser = Browser(server)
    await to_thread(create_user, server, "ann", is_superuser=True)
    await to_thread(browser.log_in, "ann")
    async with connect(server.ws_url, query=f"token={text}") as client:
        assert client.first["type"] == "welcome"
    shown = "".join(await to_thread(lambda: [*answers(server, text, browser.cookies)]))
    server.stop()
    logs = "".join(log.read_text() for log in (server.log, *server.log.parent.glob("kitt.log*")))
    session = next(cookie.value for cookie in browser.jar if cookie.name == "sessionid")
    secrets = {*SECRETS.values(), REDIS_PASSWORD, GUESS, PASSWORD, TOKEN_NOTE, text, text[-20:], str(session)}
    assert {secret for secret in secrets if secret in logs} == set()
    assert {secret for secret in secrets if secret in shown} == set()
    assert "upstream layer fails" in logs
    assert ("CHANNEL_LAYERS" in shown) is (debug == "true")
