"""`manage.py simulate` publishes through the door, like everybody else."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from realtime.log import read
from realtime.models import Message


@pytest.mark.django_db(transaction=True)
def test_the_command_publishes_until_its_hours_are_over() -> None:
    out = StringIO()
    call_command("simulate", trucks=5, hours=1, speed=3600, stdout=out)
    assert {message.sender for message in Message.objects.all()} == {"simulation"}
    published = sum(head.offset for head in read.heads().values())
    assert published > 50
    assert out.getvalue().strip() == f"{published:,} simulated messages"


@pytest.mark.parametrize("arguments", [["--trucks", "0"], ["--speed", "0"], ["--speed", "-1"], ["--hours", "x"]])
def test_arguments_out_of_bounds_are_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("simulate", *arguments)
