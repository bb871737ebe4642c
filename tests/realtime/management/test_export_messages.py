"""manage.py export_messages"""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.storing import store_many

pytestmark = pytest.mark.django_db


def export(*options: str) -> str:
    output = StringIO()
    call_command("export_messages", "freight", *options, stdout=output)
    return output.getvalue()


def offsets(lines: str) -> list[int]:
    return [json.loads(line)["offset"] for line in lines.splitlines()]


def test_a_line_is_a_stored_envelope_with_its_endpoint() -> None:
    (stored,) = store_many(1)
    assert json.loads(export()) == {"endpoint": "freight", **json.loads(stored.text)}


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], [1, 2, 3, 4]),
        (["--after", "2"], [3, 4]),
        (["--before", "3"], [1, 2]),
        (["--after", "1", "--before", "4"], [2, 3]),
        (["--after", "9"], []),
        (["--before", "0"], []),
    ],
)
def test_a_part_of_a_stream_may_be_exported(options: list[str], found: list[int]) -> None:
    store_many(4)
    assert offsets(export(*options)) == found


def test_many_are_exported_in_their_order() -> None:
    store_many(450)
    assert offsets(export()) == list(range(1, 451))


def test_a_file_is_written_and_the_count_is_printed(tmp_path: Path) -> None:
    store_many(3)
    assert export("--output", str(tmp_path / "freight.jsonl")) == "messages exported: 3\n"
    assert offsets((tmp_path / "freight.jsonl").read_text()) == [1, 2, 3]


def test_a_file_that_cannot_be_written_is_an_error() -> None:
    with pytest.raises(CommandError, match="No such file or directory"):
        export("--output", "/nowhere/freight.jsonl")


def test_nothing_is_drawn_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    store_many(1)
    export()
    assert capsys.readouterr().err == ""
