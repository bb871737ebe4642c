"""What is left of a token bucket when its client has gone."""

from __future__ import annotations

from pytest_django import Settings

from realtime.conf import KittSettings
from realtime.node.buckets import Buckets
from tests.waiting import until

SENDER = ("freight", "tms")


def emptied(buckets: Buckets, sender: tuple[str, str] = SENDER) -> None:
    """A client that came, sent its whole burst, and left."""
    bucket = buckets.take(sender)
    while bucket.take():
        pass
    buckets.keep(sender, bucket)


async def test_a_client_that_comes_back_finds_its_bucket_as_it_left_it() -> None:
    buckets = Buckets()
    emptied(buckets)
    assert not buckets.take(SENDER).take()


async def test_another_client_has_a_full_one() -> None:
    buckets = Buckets()
    emptied(buckets)
    assert buckets.take(("freight", "wms")).take()
    assert buckets.take(("packing", "tms")).take()


async def test_it_is_forgotten_when_it_would_be_full_again(settings: Settings) -> None:
    settings.KITT = KittSettings(rate_limit=1000, rate_burst=1)
    buckets = Buckets()
    bucket = buckets.take(SENDER)
    bucket.take()
    buckets.keep(SENDER, bucket)
    await until(lambda: not buckets.left)


async def test_a_full_one_is_not_kept() -> None:
    buckets = Buckets()
    buckets.keep(SENDER, buckets.take(SENDER))
    assert not buckets.left


async def test_without_a_limit_nothing_is_kept(settings: Settings) -> None:
    settings.KITT = KittSettings(rate_limit=0)
    buckets = Buckets()
    bucket = buckets.take(SENDER)
    assert bucket.take()
    buckets.keep(SENDER, bucket)
    assert not buckets.left
