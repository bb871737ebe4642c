"""Publish one message."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from realtime.management.streams import reading
from realtime.protocol.errors import ProtocolError
from realtime.protocol.explain import explain
from realtime.publishing.publication import read_publication
from realtime.publishing.waiting import publish_and_wait


class Command(BaseCommand):
    help = "Publish a message to an endpoint, and print it as it was stored. Open sockets get it within a second."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("endpoint")
        parser.add_argument("type")
        parser.add_argument("--payload", required=True, help="JSON, @FILE, or - for standard input")
        parser.add_argument("--sender", default="command", help="%(default)s unless given")
        parser.add_argument("--id", help="with it, the same command again publishes nothing new")
        parser.add_argument("--correlation-id")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("endpoint", "sender", "type", "id", "correlation_id")
        body = {name: options[name] for name in names if options[name] is not None}
        try:
            body["payload"] = msgspec.json.decode(payload_text(options["payload"]))
            stored = publish_and_wait(read_publication(body, timezone.now()))
        except ProtocolError as refusal:
            raise CommandError(f"{refusal.code}: {explain(refusal)}") from None
        except (ValueError, RecursionError) as error:
            raise CommandError(f"invalid_json: the payload is not valid JSON: {error}") from None
        self.stdout.write(stored[0].text)


def payload_text(argument: str) -> bytes:
    if argument != "-" and not argument.startswith("@"):
        return argument.encode("utf-8", "surrogateescape")
    with reading(argument.removeprefix("@")) as file:
        return file.read()
