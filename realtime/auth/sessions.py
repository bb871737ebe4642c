"""Users who are logged in with a browser: the staff that may use the admin, with the rights that they have there."""

from __future__ import annotations

import re
import time
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AbstractBaseUser, AbstractUser, AnonymousUser
from django.http import HttpRequest, parse_cookie

from realtime.asgi import Scope
from realtime.auth.identity import EVERYWHERE, NOWHERE, Identity
from realtime.origins import header, is_own_origin

LIFETIME_S = 300
"""A socket of a session ends after this time with 4203, and its page comes back: so a logout counts on it, too."""

# As much of it as fits behind `user:` in a client_id; a colon is left for those that don't.
PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]{1,59}")


def session_identity(scope: Scope) -> Identity | None:
    """The user of a WebSocket's session cookie; None where there is none. It reads the database.

    Browsers send cookies along with whatever page opens the socket, so a cookie counts only with an Origin that is
    this host itself: KITT_ALLOWED_ORIGINS lets pages in, and does not lend them their visitors' rights.
    """
    key = session_key(scope)
    if key is None or not is_own_origin(scope):
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return identity_of(get_user(request))


def identity_of(user: AbstractBaseUser | AnonymousUser) -> Identity | None:
    """None for who may not use the admin."""
    if not isinstance(user, AbstractUser) or not (user.is_active and user.is_staff):
        return None
    return Identity(
        client_id=client_id_of(user),
        publish=EVERYWHERE if user.has_perm("realtime.add_message") else NOWHERE,
        subscribe=EVERYWHERE if user.has_perm("realtime.view_message") else NOWHERE,
        expires_at=time.time() + LIFETIME_S,
    )


def client_id_of(user: AbstractUser) -> str:
    name = user.get_username()
    return f"user:{name}" if PLAIN_NAME.fullmatch(name) else f"user::{user.pk}"


def session_key(scope: Scope) -> str | None:
    key: str | None = parse_cookie("; ".join(header(scope, b"cookie"))).get(settings.SESSION_COOKIE_NAME)
    # PostgreSQL refuses NUL in text.
    return key if key and key.isprintable() else None
