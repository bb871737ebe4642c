"""Who guesses at a real server, many at a time, is slowed down; who stands beside it is not."""

from __future__ import annotations

import asyncio
import urllib.error
from asyncio import to_thread

import pytest

from tests.browsers import Browser, create_user
from tests.clients import HEARTBEAT, connect
from tests.server.conftest import TOKENS_ONLY, Start
from tests.servers import Server
from tests.tokens import token

FEW = {**TOKENS_ONLY, "KITT_MAX_FAILED_LOGINS": "3"}


async def knock(server: Server, text: str) -> tuple[str, int | None]:
    """The code of the error, and that of the close."""
    async with connect(server.ws_url, query=f"token={text}") as client:
        return client.first["payload"]["code"], (await client.until_closed())[1]


async def test_who_guesses_tokens_on_sockets_is_closed_with_4101(start: Start) -> None:
    server = start(**FEW)
    forged = token("another secret of 32 bytes and more", sub="broken-tablet")
    for _ in range(3):
        assert await knock(server, forged) == ("unauthorized", 4001)
    assert await knock(server, forged) == ("rate_limited", 4101)
    async with connect(server.ws_url, query=f"token={token(sub='its-neighbour')}") as client:
        assert (await client.ask(HEARTBEAT))["type"] == "heartbeat"
    assert await knock(server, token(sub="tms", exp=1)) == ("unauthorized", 4001)


async def test_of_many_passwords_at_once_no_more_are_looked_at_than_of_a_row(start: Start) -> None:
    server = start(**FEW)
    await to_thread(create_user, server, "ann", is_superuser=True)

    def guess(number: int) -> int:
        browser = Browser(server)
        try:
            browser.post("/admin/login/", {"username": "ann", "password": f"guess {number}"})
        except urllib.error.HTTPError as error:
            return error.code if int(error.headers["Retry-After"]) > 0 else 0
        return 200

    answers = await asyncio.gather(*(to_thread(guess, number) for number in range(20)))
    assert sorted(answers) == [200] * 3 + [429] * 17


@pytest.mark.parametrize("name", ["x" * 200_000, "\x00", "é\u202e", "ann\r\nX-Header: 1"])
async def test_a_strange_name_is_an_attempt_like_any_other(guarded_server: Server, name: str) -> None:
    browser = Browser(guarded_server)
    page = await to_thread(browser.post, "/admin/login/", {"username": name, "password": "x"})
    assert "errornote" in page
