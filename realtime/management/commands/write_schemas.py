"""Write the JSON Schema of every message type."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from realtime.protocol.payloads.registry import PAYLOADS
from realtime.protocol.schema import payload_schema


class Command(BaseCommand):
    help = "Write the JSON Schema (2020-12) of every payload type, one file a type."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="is made where it does not exist")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        for message_type in PAYLOADS:
            path = folder / f"{message_type}.json"
            path.write_text(json.dumps(payload_schema(message_type), indent=2, ensure_ascii=False) + "\n")
            self.stdout.write(str(path))
