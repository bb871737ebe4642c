from __future__ import annotations

import json
from pathlib import Path

from django.core.management import call_command

from realtime.protocol.payloads.registry import PAYLOADS

PUBLISHED = Path(__file__).resolve().parents[3] / "docs" / "schemas"


def test_every_type_has_a_file_that_is_json_schema(tmp_path: Path) -> None:
    call_command("write_schemas", tmp_path / "new", verbosity=0)
    written = {path.stem: json.loads(path.read_text()) for path in (tmp_path / "new").iterdir()}
    assert set(written) == set(PAYLOADS)
    assert all(schema["$schema"].endswith("2020-12/schema") for schema in written.values())


def test_the_published_schemas_are_those_of_the_code(tmp_path: Path) -> None:
    call_command("write_schemas", tmp_path)
    for path in tmp_path.iterdir():
        assert (PUBLISHED / path.name).read_text() == path.read_text(), (
            "run: python manage.py write_schemas docs/schemas"
        )
