"""What a server refuses must not cost more than the message."""

import pytest

from kitt_client import Kitt
from kitt_client.advice import Backoff
from kitt_client.endings import Ended, end_of
from kitt_client.frames import Message, Welcome
from kitt_client.outbox import Outbox, Pending
from kitt_client.places import Place, settle


async def test_a_copy_with_another_body_is_not_the_answer() -> None:
    outbox = Outbox("a", 1, Backoff())
    mine = Pending("x", "x", '{"type":"t","payload":{"n":1}}')
    outbox.pending["x"] = mine
    assert outbox.accept(Message("t", {"n": 2}, 1, "a", "x", "", "", "e"))
    assert not mine.answer.done()
    assert outbox.accept(Message("t", {"n": 1}, 1, "a", "x", "", "", "e"))
    assert mine.answer.done()


def test_fewer_than_the_last_asked_for_are_no_gap() -> None:
    welcome = Welcome("e", 31, False, 3, 25, 60)
    assert settle(Place(last=10), Place(last=10), welcome) == (Place(28, "e"), False)


def test_too_many_bad_frames_are_not_the_end() -> None:
    assert isinstance(end_of(4005, "", None, None), Ended)


@pytest.mark.parametrize("field", ["id", "correlation_id"])
async def test_what_the_server_could_not_name_is_refused_here(field: str) -> None:
    async with Kitt("ws://127.0.0.1:1", client_id="a") as kitt:
        with pytest.raises(ValueError, match=field):
            await kitt.publish("freight", "route_update", {}, **{field: "x" * 129})
        with pytest.raises(ValueError, match="last"):
            kitt.subscribe("freight", last=1001)
