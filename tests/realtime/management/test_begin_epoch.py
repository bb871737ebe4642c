from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from realtime.log.append import append
from realtime.log.read import heads
from tests.realtime.log.messages import message

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_new_epoch_leaves_the_head_where_it_is() -> None:
    append([[message(1)], [message(2)]])
    before = heads()
    call_command("begin_epoch", "freight")
    after = heads()
    assert after["freight"].epoch != before["freight"].epoch
    assert after["freight"].offset == 2
    assert after["packing"] == before["packing"]


def test_an_endpoint_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("begin_epoch", "teleport")
