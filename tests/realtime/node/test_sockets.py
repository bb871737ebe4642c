"""The sockets of a process, and the rules of silence: a ping after 25 s, a close after 60 s."""

from __future__ import annotations

import asyncio
import uuid

import msgspec
import pytest

from realtime.auth.identity import ANYBODY
from realtime.auth.revocations import Revoked
from realtime.node.sockets import Sockets
from tests.conftest import Clock
from tests.realtime.node.fakes import FakeSocket


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr("realtime.node.sockets.time", clock)


@pytest.fixture
def sockets() -> Sockets:
    return Sockets()


@pytest.fixture
def socket(sockets: Sockets, clock: Clock) -> FakeSocket:
    """One of the sockets, heard and pinged just now."""
    added = FakeSocket(last_seen=clock.now, last_ping=clock.now)
    sockets.add(added)
    return added


async def check(sockets: Sockets) -> None:
    sockets.check_silence(sockets)
    await asyncio.gather(*sockets.tasks)


async def test_a_socket_that_was_heard_lately_is_left_alone(sockets: Sockets, socket: FakeSocket, clock: Clock) -> None:
    clock.now += 24.9
    await check(sockets)
    assert (socket.pings, socket.closed_with) == (0, [])


async def test_a_silent_socket_is_pinged(sockets: Sockets, socket: FakeSocket, clock: Clock) -> None:
    clock.now += 25
    await check(sockets)
    assert (socket.pings, socket.closed_with) == (1, [])


async def test_a_ping_is_repeated_after_the_interval_and_not_before(
    sockets: Sockets, socket: FakeSocket, clock: Clock
) -> None:
    clock.now += 25
    await check(sockets)
    clock.now += 24.9
    await check(sockets)
    assert socket.pings == 1
    clock.now += 0.1
    await check(sockets)
    assert socket.pings == 2


async def test_a_sign_of_life_puts_the_ping_off(sockets: Sockets, socket: FakeSocket, clock: Clock) -> None:
    clock.now += 20
    socket.last_seen = clock.now
    clock.now += 20
    await check(sockets)
    assert socket.pings == 0


async def test_a_socket_that_stays_silent_is_closed(sockets: Sockets, socket: FakeSocket, clock: Clock) -> None:
    clock.now += 60
    await check(sockets)
    assert (socket.pings, socket.closed_with) == (0, [4201])


async def test_a_ping_is_no_sign_of_life(sockets: Sockets, socket: FakeSocket, clock: Clock) -> None:
    clock.now += 50
    await check(sockets)
    clock.now += 10
    await check(sockets)
    assert socket.closed_with == [4201]


async def test_a_failing_socket_does_not_keep_others_from_being_closed(sockets: Sockets, clock: Clock) -> None:
    class Broken(FakeSocket):
        async def close_with(self, code: int, over: float = 1.0) -> None:
            raise OSError

    other = FakeSocket()
    for each in (Broken(), other):
        sockets.add(each)
    await sockets.close_all(4200, over=0)
    assert other.closed_with == [4200]


async def test_sockets_that_are_closed_together_are_closed_each_at_its_own_moment(
    sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[FakeSocket] = []

    class Noting(FakeSocket):
        async def close_with(self, code: int, over: float = 1.0) -> None:
            closed.append(self)

    first, second = Noting(), Noting()
    sockets.add(first)
    sockets.add(second)
    shares = iter([1.0, 0.0])
    monkeypatch.setattr("realtime.node.sockets.random.uniform", lambda low, high: low + (high - low) * next(shares))
    await sockets.close_all(4200, over=0.1)
    assert closed == [second, first]


@pytest.mark.parametrize(("over", "told"), [(0, 1), (3, 3)])
async def test_who_is_closed_comes_back_within_the_same_time_or_a_second(
    sockets: Sockets, socket: FakeSocket, monkeypatch: pytest.MonkeyPatch, over: float, told: float
) -> None:
    monkeypatch.setattr("realtime.node.sockets.random.uniform", lambda first, last: 0)
    await sockets.close_all(4200, over=over)
    assert socket.over == told


async def test_a_socket_can_be_closed_with_a_code(sockets: Sockets, socket: FakeSocket) -> None:
    assert sockets.close(socket.row.pk, 4008)
    await asyncio.gather(*sockets.tasks)
    assert socket.closed_with == [4008]


async def test_a_sweepers_word_is_not_taken_for_a_socket_that_was_heard(
    sockets: Sockets, socket: FakeSocket, clock: Clock
) -> None:
    clock.now += 59.9
    assert not sockets.close(socket.row.pk, 4201)
    assert not sockets.tasks


async def test_a_sweepers_word_is_taken_for_a_silent_socket(sockets: Sockets, socket: FakeSocket, clock: Clock) -> None:
    clock.now += 60
    assert sockets.close(socket.row.pk, 4201)
    await asyncio.gather(*sockets.tasks)
    assert socket.closed_with == [4201]


async def test_an_unknown_socket_is_not_closed(sockets: Sockets) -> None:
    assert not sockets.close(uuid.uuid4(), 4008)


async def test_a_removed_socket_is_left_alone(sockets: Sockets, socket: FakeSocket, clock: Clock) -> None:
    sockets.remove(socket.row.pk)
    sockets.remove(socket.row.pk)
    clock.now += 60
    await check(sockets)
    assert (len(sockets), socket.closed_with) == (0, [])


async def test_sockets_may_leave_while_they_are_walked_over(sockets: Sockets, socket: FakeSocket) -> None:
    sockets.add(FakeSocket())
    for each in sockets:
        sockets.remove(each.row.pk)
    assert len(sockets) == 0


async def test_a_socket_is_closed_when_its_token_runs_out_and_not_before(
    sockets: Sockets, socket: FakeSocket, clock: Clock
) -> None:
    sockets.add(other := FakeSocket())
    socket.expires = clock.now + 30
    for step in (29.9, 0.1):
        clock.now += step
        sockets.check_expiry(sockets)
    await asyncio.gather(*sockets.tasks)
    assert (socket.closed_with, other.closed_with) == ([4203], [])


@pytest.mark.parametrize(
    ("revoked", "closed_with"),
    [
        (Revoked(frozenset(), frozenset()), []),
        (Revoked(frozenset({"tablet-7"}), frozenset()), [4008]),
        (Revoked(frozenset(), frozenset({"t-1"})), [4008]),
        (Revoked(frozenset({"t-1"}), frozenset({"tablet-7"})), []),
    ],
)
async def test_a_socket_is_closed_when_its_client_or_its_token_is_revoked(
    sockets: Sockets, socket: FakeSocket, revoked: Revoked, closed_with: list[int]
) -> None:
    sockets.add(other := FakeSocket())
    socket.identity = msgspec.structs.replace(ANYBODY, client_id="tablet-7", token_id="t-1")
    sockets.close_revoked(revoked)
    await asyncio.gather(*sockets.tasks)
    assert (socket.closed_with, other.closed_with) == (closed_with, [])
