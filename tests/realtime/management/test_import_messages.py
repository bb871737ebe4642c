"""manage.py import_messages"""

from __future__ import annotations

import json
from concurrent.futures import Future
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from realtime.log.append import Stored
from realtime.models import Message, Stream
from realtime.protocol.errors import ProtocolError
from realtime.publishing import transfer
from tests.storing import store_many

pytestmark = pytest.mark.usefixtures("stopped_log")

LINE = {"endpoint": "freight", "sender": "tms", "type": "route_update", "payload": {"shipment_id": "SH-1"}, "id": "r-1"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "messages.jsonl"


def run(file: Path) -> str:
    output = StringIO()
    call_command("import_messages", str(file), stdout=output)
    return output.getvalue().strip()


def write(file: Path, *lines: object) -> None:
    file.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))


def without_offset(text: str) -> Any:
    return {name: value for name, value in json.loads(text).items() if name != "offset"}


def test_what_was_exported_comes_back_as_it_was_with_new_offsets(file: Path) -> None:
    exported = [without_offset(stored.text) for stored in store_many(450)][200:]
    call_command("export_messages", "freight", "--after", "200", "--output", str(file), stdout=StringIO())
    Stream.objects.all().delete()
    assert run(file) == "messages imported: 250; there already: 0; refused: 0"
    assert [without_offset(text) for text in Message.objects.values_list("envelope", flat=True)] == exported
    assert list(Message.objects.values_list("offset", flat=True)) == list(range(1, 251))


def test_a_second_import_stores_nothing_new(file: Path) -> None:
    write(file, LINE, {**LINE, "id": "r-2"})
    run(file)
    assert run(file) == "messages imported: 0; there already: 2; refused: 0"
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "invalid_json: not valid JSON"),
        ("7", "invalid_envelope: This must be a JSON object."),
        ({**LINE, "payload": {}}, "validation_failed: /payload/shipment_id is required"),
        ({**LINE, "endpoint": "trucks"}, "invalid_envelope: /endpoint must be one of"),
        ({**LINE, "sender": None}, "invalid_envelope: /sender must be text, not null"),
        ({"endpoint": "freight", "sender": "tms"}, "invalid_envelope: /id is required"),
        ({**LINE, "payload": {"shipment_id": "SH-2"}}, "conflict: The id 'r-1' was used for another message"),
    ],
)
def test_a_line_that_does_not_fit_is_named_and_the_rest_is_imported(
    file: Path, capsys: pytest.CaptureFixture[str], line: object, reason: str
) -> None:
    write(file, LINE, "", line, {**LINE, "id": "r-2"})
    with pytest.raises(CommandError, match=r"^1 lines were refused$"):
        run(file)
    assert f"line 3: {reason}" in capsys.readouterr().err
    assert list(Message.objects.values_list("message_id", flat=True)) == ["r-1", "r-2"]


def test_the_counts_are_printed_also_when_lines_were_refused(file: Path) -> None:
    write(file, LINE, "{")
    output = StringIO()
    with pytest.raises(CommandError):
        call_command("import_messages", str(file), stdout=output, stderr=StringIO())
    assert output.getvalue() == "messages imported: 1; there already: 0; refused: 1\n"


def test_standard_input_may_be_imported(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    write(file, LINE)
    with file.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert run(Path("-")) == "messages imported: 1; there already: 0; refused: 0"


def test_a_file_that_is_not_there_is_an_error() -> None:
    with pytest.raises(CommandError, match="No such file or directory"):
        run(Path("/nowhere.jsonl"))


def test_an_import_stops_when_nothing_can_be_stored(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away: Future[list[Stored]] = Future()
    away.set_exception(ProtocolError("upstream_unavailable"))
    monkeypatch.setattr(transfer, "publish", lambda batch: away)
    write(file, LINE)
    with pytest.raises(CommandError, match=r"^stopped at line 1: upstream_unavailable.*import the same file again"):
        run(file)


def test_an_import_stops_when_a_commit_does_not_come(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "publish", lambda batch: Future())
    monkeypatch.setattr(transfer, "COMMIT_TIMEOUT_S", 0.01)
    write(file, LINE)
    with pytest.raises(CommandError, match=r"^stopped at line 1: not stored within"):
        run(file)


def test_a_message_that_grew_over_the_inbound_limit_when_it_was_stored_is_imported(file: Path) -> None:
    write(file, {**LINE, "payload": {"shipment_id": "SH-1", "note": "x" * 65_536}})
    assert run(file) == "messages imported: 1; there already: 0; refused: 0"
