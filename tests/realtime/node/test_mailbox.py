from __future__ import annotations

import asyncio

from realtime.node.mailbox import Mailbox


async def test_work_that_fails_holds_up_no_other() -> None:
    mailbox, done = Mailbox(asyncio.get_running_loop()), list[int]()
    mailbox.post(lambda: 1 / 0)
    mailbox.post(lambda: done.append(1))
    await asyncio.sleep(0.01)
    assert done == [1]
