from __future__ import annotations

from kitt_client.frames import Welcome
from kitt_client.places import HEAD, Place, first_offset, query_for, settle


def welcome(offset: int, *, recovered: bool = False, replayed: int = 0, epoch: str = "e1") -> Welcome:
    return Welcome(epoch, offset, recovered, replayed, 25, 60)


def test_the_head_is_asked_for_with_nothing() -> None:
    assert HEAD.parameters() == {}


def test_a_place_is_asked_for_with_its_epoch() -> None:
    assert Place(7, "e1").parameters() == {"since": "7", "epoch": "e1"}
    assert Place(0).parameters() == {"since": "0"}
    assert Place(last=3).parameters() == {"last": "3"}


def test_without_subscribers_nothing_is_asked_for() -> None:
    assert query_for([], "e1") == HEAD


def test_the_most_distant_subscriber_is_asked_for() -> None:
    assert query_for([Place(7, "e1"), HEAD, Place(3, "e1"), Place(last=9)], "e1") == Place(3, "e1")
    assert query_for([Place(last=2), HEAD, Place(last=9)], "e1") == Place(last=9)


def test_the_epoch_of_the_last_welcome_is_preferred() -> None:
    assert query_for([Place(3, "e0"), Place(7, "e1")], "e1") == Place(7, "e1")
    assert query_for([Place(3, "e0"), Place(7, "e1")], None) == Place(3, "e0")


def test_a_place_without_an_epoch_takes_that_of_the_others() -> None:
    assert query_for([Place(3), Place(7, "e1")], None) == Place(3, "e1")
    assert query_for([Place(3), Place(2)], None) == Place(2)


def test_a_recovery_goes_on_where_it_was_asked_to() -> None:
    assert first_offset(Place(7, "e1"), welcome(9, recovered=True, replayed=2)) == 7


def test_otherwise_messages_begin_with_those_that_are_replayed() -> None:
    assert first_offset(Place(7, "e0"), welcome(9)) == 9
    assert first_offset(Place(last=2), welcome(9, replayed=2)) == 7


def test_the_head_is_that_of_the_welcome() -> None:
    assert settle(HEAD, HEAD, welcome(9)) == (Place(9, "e1"), False)
    assert settle(Place(last=20), Place(last=20), welcome(9, replayed=9)) == (Place(0, "e1"), False)


def test_a_recovered_subscriber_stays_where_it_was() -> None:
    query = Place(3, "e1")
    assert settle(Place(7, "e1"), query, welcome(9, recovered=True, replayed=6)) == (Place(7, "e1"), False)


def test_a_subscriber_that_is_not_recovered_has_lost_messages() -> None:
    assert settle(Place(7, "e1"), Place(7, "e1"), welcome(9)) == (Place(9, "e1"), True)


def test_another_epoch_is_a_loss() -> None:
    assert settle(Place(7, "e0"), Place(7, "e0"), welcome(9)) == (Place(9, "e1"), True)


def test_a_place_after_the_head_is_a_loss() -> None:
    assert settle(Place(12, "e1"), Place(3, "e1"), welcome(9, recovered=True, replayed=6)) == (Place(3, "e1"), True)


def test_who_was_not_asked_for_has_lost_nothing_yet() -> None:
    assert settle(Place(7, "e1"), HEAD, welcome(9)) == (Place(7, "e1"), False)
    assert settle(Place(7, "e1"), Place(3, "e0"), welcome(9)) == (Place(7, "e1"), False)
