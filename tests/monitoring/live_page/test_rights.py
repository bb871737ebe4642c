"""The page behind a door that asks for a login."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browsers import PASSWORD, create_user
from tests.clients import connect
from tests.monitoring.live_page.conftest import Look
from tests.monitoring.live_page.freight import new_id, notification
from tests.servers import Server, running
from tests.tokens import SECRET, token

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, migrated_database: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("guarded_page")
    with running("serve", folder, migrated_database, KITT_AUTH="token", KITT_TOKEN_SECRET=SECRET) as started:
        yield started


async def test_a_staff_user_logs_in_and_acknowledges_under_the_own_name(guarded: Server, look: Look) -> None:
    create_user(guarded, "ann", "view_message", "add_message")
    title = f"Late: {new_id()}"
    bearer = {"Authorization": f"Bearer {token(sub='tms')}"}
    async with connect(guarded.ws_url, "notifications", client_id="tms", additional_headers=bearer) as tms:
        await tms.ask(notification(title))
        screen = await look(guarded.url, "/admin/login/?next=/live/", name="somebody else")
        await screen.page.fill("#id_username", "ann")
        await screen.page.fill("#id_password", PASSWORD)
        await screen.page.click("[type=submit]")
        await screen.until_live()
        await screen.card(title).get_by_role("button", name="Acknowledge").click()
        await screen.until_text(screen.card(title), "Acknowledged by ann")
        assert (await tms.receive_type("notification"))["sender"] == "user:ann"


async def test_who_may_only_look_has_no_buttons(guarded: Server, look: Look) -> None:
    create_user(guarded, "bob", "view_message")
    title = f"Late: {new_id()}"
    bearer = {"Authorization": f"Bearer {token(sub='tms')}"}
    async with connect(guarded.ws_url, "notifications", client_id="tms", additional_headers=bearer) as tms:
        await tms.ask(notification(title))
    screen = await look(guarded.url, "/admin/login/?next=/live/")
    await screen.page.fill("#id_username", "bob")
    await screen.page.fill("#id_password", PASSWORD)
    await screen.page.click("[type=submit]")
    await screen.card(title).wait_for()
    assert await screen.card(title).locator(".steps button").count() == 0
