"""Settings of the door that are unsafe or contradict each other.

Those of `check_door` stop every start; those of `check_deployment` are for `manage.py check --deploy`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured

from realtime.auth.configured import keys_of
from realtime.auth.keys import MIN_SECRET_BYTES
from realtime.conf import KittSettings, kitt_settings, variable_of

KEYS = ("token_secret", "token_public_key_file", "token_jwks_file")

# As Django judges it (security.W009).
MIN_KEY_LENGTH, MIN_KEY_VARIETY = 50, 5
INSECURE_PREFIXES = ("insecure-", "django-insecure-")


def check_door(*_: Any, **__: Any) -> list[CheckMessage]:
    kitt = kitt_settings()
    return [*(check_open(kitt) if kitt.auth == "open" else check_keys(kitt))]


def check_open(kitt: KittSettings) -> Iterator[CheckMessage]:
    if not settings.DEBUG and not kitt.allow_open:
        yield Error(
            "KITT_AUTH=open lets anybody read and publish everything, and DEBUG is off.",
            hint="Set KITT_AUTH=token and a key. Where no stranger reaches the port, say KITT_ALLOW_OPEN=true as well.",
            id="realtime.E101",
        )
    for name in keys_set(kitt):
        yield Warning(
            f"{variable_of(name)} is set, and KITT_AUTH=open looks at no token.",
            hint="Set KITT_AUTH=token, or take the key away.",
            id="realtime.W102",
        )


def check_keys(kitt: KittSettings) -> Iterator[CheckMessage]:
    found = keys_set(kitt)
    if not found:
        hint = f"Set one of {', '.join(map(variable_of, KEYS))}."
        yield Error("KITT_AUTH=token has no key to verify tokens with.", hint=hint, id="realtime.E103")
    elif len(found) > 1:
        hint = "Keep one. Several public keys fit into one JWKS file."
        yield Error(f"{' and '.join(map(variable_of, found))} are both set.", hint=hint, id="realtime.E104")
    else:
        yield from check_key(kitt, found[0])


def check_key(kitt: KittSettings, name: str) -> Iterator[CheckMessage]:
    if name == "token_secret" and len(kitt.token_secret.encode()) < MIN_SECRET_BYTES:
        yield Error(
            f"KITT_TOKEN_SECRET has less than {MIN_SECRET_BYTES} bytes, and can be guessed from any token.",
            hint='python -c "import secrets; print(secrets.token_urlsafe(48))"',
            id="realtime.E105",
        )
    try:
        keys_of(kitt)
    except (OSError, ValueError) as error:
        hint = "It must be readable for the user of this process, and hold public keys."
        yield Error(f"{variable_of(name)} cannot be read: {error}", hint=hint, id="realtime.E106")


def keys_set(kitt: KittSettings) -> list[str]:
    return [name for name in KEYS if getattr(kitt, name)]


def check_deployment(*_: Any, **__: Any) -> list[CheckMessage]:
    return [*check_secret_key(), *([] if settings.DEBUG else check_wildcards())]


def check_secret_key() -> Iterator[CheckMessage]:
    key = str(settings.SECRET_KEY)
    if key.startswith(INSECURE_PREFIXES) or len(key) < MIN_KEY_LENGTH or len(set(key)) < MIN_KEY_VARIETY:
        yield Error(
            "SECRET_KEY is known or weak: who has it can sign a session of any user.",
            hint='python -c "import secrets; print(secrets.token_urlsafe(48))"',
            id="realtime.E111",
        )


def check_wildcards() -> Iterator[CheckMessage]:
    if "*" in settings.ALLOWED_HOSTS:
        hint = "Name the hosts that clients use."
        yield Error("ALLOWED_HOSTS=* answers to any name.", hint=hint, id="realtime.E112")
    if "*" in kitt_settings().allowed_origins:
        yield Error(
            "KITT_ALLOWED_ORIGINS=* lets every web page open sockets and call REST from its visitors' browsers.",
            hint="Name the origins of your pages, such as https://dispatch.example.",
            id="realtime.E113",
        )
    if not kitt_settings().https:
        yield Warning(
            "KITT_HTTPS is off: cookies of the admin are also sent over plain http, where they can be read.",
            hint="Set KITT_HTTPS=true where browsers come by https alone.",
            id="realtime.W115",
        )
    if kitt_settings().auth == "open":
        hint = "Right only where no stranger reaches the port."
        yield Warning("KITT_AUTH=open lets anybody do everything.", hint=hint, id="realtime.W114")


def refuse_unsafe_door() -> None:
    """For servers that run no checks of Django's, such as plain daphne. Raises ImproperlyConfigured."""
    errors = [message for message in check_door() if message.is_serious()]
    if errors:
        raise ImproperlyConfigured(" ".join(f"{error.id}: {error.msg} {error.hint}" for error in errors))
