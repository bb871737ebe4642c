"""Tokens and the keys that the settings name."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache

from realtime.auth.guessing import tokens
from realtime.auth.identity import Identity
from realtime.auth.key_file import KeyFile
from realtime.auth.keys import Keys, parse_jwks, parse_public_pem, secret_key
from realtime.auth.tokens import UnprovenError, claimed_name, verify
from realtime.conf import KittSettings, kitt_settings
from realtime.protocol.errors import ProtocolError

logger = logging.getLogger(__name__)

# A file is read once for the whole process.
key_file = lru_cache(KeyFile)


def keys_of(settings: KittSettings) -> Keys:
    """The keys in force now. Raises OSError or ValueError where there are none. It may wait for a disk."""
    for path, parse in key_files(settings):
        return key_file(path, parse).current()
    if not settings.token_secret:
        raise ValueError("no key is set")
    return secret_key(settings.token_secret)


def key_files(settings: KittSettings) -> list[tuple[str, Callable[[bytes], Keys]]]:
    """The files that are set, each with how it is read."""
    known = [(settings.token_jwks_file, parse_jwks), (settings.token_public_key_file, parse_public_pem)]
    return [(path, parse) for path, parse in known if path]


def identify(token: str) -> Identity:
    """Who brings this token. It may wait for a disk.

    Raises ProtocolError: `unauthorized`, or `internal` where the keys cannot be read, which is no fault of the token.
    """
    settings = kitt_settings()
    try:
        keys = keys_of(settings)
    except (OSError, ValueError) as error:
        logger.error("no token can be verified: %s", error)
        raise ProtocolError("internal", "No token can be verified here at the moment.") from None
    return verify(token, keys, audience=settings.token_audience)


def identify_from(address: str, token: str) -> Identity:
    """The same for a token that came from an address. Raises GuessingError (`rate_limited`) besides."""
    name = claimed_name(token)
    tokens.refuse_guessing(address, name)
    try:
        return identify(token)
    except UnprovenError:
        tokens.count(address, name)
        raise
