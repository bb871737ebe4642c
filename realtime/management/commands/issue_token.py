"""Issue a token."""

from __future__ import annotations

import argparse
import time
import uuid
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from realtime.auth.configured import identify
from realtime.auth.issuing import issue
from realtime.auth.keys import SigningKey, parse_private_pem
from realtime.conf import kitt_settings
from realtime.management.arguments import age
from realtime.protocol.connect_query import ClientId
from realtime.protocol.endpoints import ENDPOINTS
from realtime.protocol.envelope import Identifier
from realtime.protocol.errors import ProtocolError

LIFETIME = "1h"


class Command(BaseCommand):
    help = (
        "Print a token for a client. What it is, its id among it, goes to standard error: keep the id, it is what"
        " `revoke token_id` takes. It is signed with KITT_TOKEN_SECRET (HS256), or with a private key (RS256, ES256)."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        endpoints, names = list(ENDPOINTS), ", ".join(ENDPOINTS)
        parser.add_argument("client_id", type=client_id)
        for right in ("publish", "subscribe"):
            parser.add_argument(f"--{right}", nargs="+", choices=endpoints, default=[], metavar="ENDPOINT", help=names)
        parser.add_argument(
            "--expires-in", type=age, default=LIFETIME, metavar="AGE", help="such as 12h; %(default)s unless given"
        )
        parser.add_argument("--token-id", type=token_id, help="a new one unless given")
        parser.add_argument("--private-key", type=Path, metavar="FILE", help="PEM: RSA or EC P-256")
        parser.add_argument("--kid", default="", help="the name of the key in the JWKS file")

    def handle(self, *args: Any, **options: Any) -> None:
        now, lifetime = time.time(), options["expires_in"].total_seconds()
        made = options["token_id"] or str(uuid.uuid4())
        token = issue(
            signing_key(options["private_key"]),
            client_id=options["client_id"],
            publish=options["publish"],
            subscribe=options["subscribe"],
            issued_at=now,
            lifetime=lifetime,
            token_id=made,
            audience=kitt_settings().token_audience,
            kid=options["kid"],
        )
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + lifetime))
        self.stderr.write(f"client_id={options['client_id']} token_id={made} expires={expires}", str)
        self.warn_where_it_does_not_count(token)
        self.stdout.write(token)

    def warn_where_it_does_not_count(self, token: str) -> None:
        if kitt_settings().auth == "open":
            self.stderr.write("note: KITT_AUTH=open, no token is looked at here")
            return
        try:
            identify(token)
        except ProtocolError as refusal:
            self.stderr.write(f"warning: this server would refuse it: {refusal.message}")


def signing_key(path: Path | None) -> SigningKey:
    if path is None:
        if not (secret := kitt_settings().token_secret):
            raise CommandError("set KITT_TOKEN_SECRET, or name a --private-key")
        return SigningKey("HS256", secret.encode())
    try:
        return parse_private_pem(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}") from None


def client_id(text: str) -> str:
    return fitting(text, ClientId, "a client_id has 1 to 64 of A-Z a-z 0-9 . _ : -")


def token_id(text: str) -> str:
    return fitting(text, Identifier, "a token id has 1 to 128 characters, and no control characters")


def fitting(text: str, wanted: Any, rule: str) -> str:
    try:
        msgspec.convert(text, wanted)
    except msgspec.ValidationError:
        raise argparse.ArgumentTypeError(rule) from None
    return text
