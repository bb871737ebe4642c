"""Cut off a client, or a single token."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from realtime.auth import revocations
from realtime.management.arguments import age
from realtime.models import Revocation


class Command(BaseCommand):
    help = (
        "Cut off a client_id under whatever token, or a single token by its id (jti): open sockets are closed with"
        " 4008 within a second, and nobody comes in with it again, neither by socket nor by REST."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("kind", choices=Revocation.Kind.values)
        parser.add_argument("value")
        parser.add_argument("--expires-in", type=age, metavar="AGE", help="until then, such as 12h; else for good")
        parser.add_argument("--undo", action="store_true", help="let it in again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["undo"]:
            self.restore(options["kind"], options["value"])
        else:
            self.revoke(options["kind"], options["value"], options["expires_in"])

    def revoke(self, kind: str, value: str, lifetime: timedelta | None) -> None:
        expires_at = timezone.now() + lifetime if lifetime else None
        try:
            revocations.revoke(kind, value, expires_at)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"revoked {kind} {value}" + (f" until {expires_at:%Y-%m-%dT%H:%M:%SZ}" if expires_at else ""))

    def restore(self, kind: str, value: str) -> None:
        if not revocations.restore(kind, value):
            raise CommandError(f"{kind} {value} is not revoked")
        self.stdout.write(f"restored {kind} {value}")
