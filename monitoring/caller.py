"""Who calls REST, and whether it may do what it asks for: the same tokens and the same rights as on a socket."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser
from django.db import InterfaceError, OperationalError
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from realtime.auth.configured import identify_from
from realtime.auth.credentials import bearer_token
from realtime.auth.guessing import GuessingError
from realtime.auth.identity import ANYBODY, Identity
from realtime.auth.revocations import is_revoked
from realtime.auth.sessions import identity_of
from realtime.conf import kitt_settings
from realtime.log.append import Append
from realtime.protocol.errors import FieldError, ProtocolError


class DatabaseAway(APIException):
    status_code = 503
    default_code = "upstream_unavailable"
    default_detail = "The database does not answer."


class GuessingRefused(Throttled):
    """In its words, and with its `Retry-After`."""

    def __init__(self, refusal: GuessingError) -> None:
        APIException.__init__(self, refusal.message, self.default_code)
        self.wait = refusal.wait


Caller = tuple[AbstractBaseUser | None, Identity]


class CallerAuthentication(SessionAuthentication):
    """A bearer token (RFC 6750); else the session of a staff user, which then needs Django's CSRF token to write.

    A token in the query is not taken: links are copied, logged and sent on.
    """

    def authenticate(self, request: Request) -> Caller | None:
        if kitt_settings().auth == "open":
            return None, ANYBODY
        try:
            caller = self.proven(request)
            if caller is not None and is_revoked(caller[1]):
                raise AuthenticationFailed("This client, or its token, was revoked.")
        except (OperationalError, InterfaceError):
            raise DatabaseAway from None
        return caller

    def proven(self, request: Request) -> Caller | None:
        token = bearer_token(request.headers.get("Authorization", ""))
        return self.from_session(request) if token is None else (None, identity_from(request, token))

    def from_session(self, request: Request) -> Caller | None:
        found = super().authenticate(request)
        identity = identity_of(found[0]) if found else None
        return (found[0], identity) if found and identity else None

    def authenticate_header(self, request: Request) -> str:
        brought = bearer_token(request.headers.get("Authorization", "")) is not None
        return 'Bearer realm="kitt"' + (', error="invalid_token"' if brought else "")


def identity_from(request: Request, token: str) -> Identity:
    try:
        return identify_from(request.META.get("REMOTE_ADDR") or "", token)
    except GuessingError as refusal:
        raise GuessingRefused(refusal) from None
    except ProtocolError as refusal:
        kind = AuthenticationFailed if refusal.code == "unauthorized" else APIException
        raise kind(refusal.message) from None


class IsKnown(BasePermission):
    """Every view asks for this unless it says otherwise."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.auth is not None


def identity_of_caller(request: Request) -> Identity:
    return cast(Identity, request.auth)


def require_subscribe(request: Request, endpoint: str) -> None:
    """Raises ProtocolError (`forbidden`)."""
    identity_of_caller(request).require("subscribe", endpoint)


def require_publish(request: Request, appends: list[Append]) -> None:
    """All of them are for one endpoint and from one sender. Raises ProtocolError (`forbidden`)."""
    identity, first = identity_of_caller(request), appends[0]
    identity.require("publish", first.endpoint)
    if first.sender != identity.named(first.sender).client_id:
        errors = [FieldError("/sender", "inconsistent", f"must be {identity.client_id}, that of the token")]
        raise ProtocolError("forbidden", errors=errors)
    if identity.client_id is None and is_revoked(identity.named(first.sender)):
        raise ProtocolError("forbidden", "This sender was revoked.")
