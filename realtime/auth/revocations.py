"""Cutting off a client, or a single token, before its time."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from realtime.auth.identity import Identity
from realtime.models import Revocation

CLIENT_ID, TOKEN_ID = Revocation.Kind.CLIENT_ID, Revocation.Kind.TOKEN_ID


class Revoked(NamedTuple):
    """What is revoked, as it was read last: to ask for every socket once a second."""

    client_ids: frozenset[str]
    token_ids: frozenset[str]

    def covers(self, identity: Identity) -> bool:
        return identity.client_id in self.client_ids or identity.token_id in self.token_ids


def all_in_force(now: datetime | None = None) -> Revoked:
    rows = list(Revocation.objects.in_force(now).values_list("kind", "value"))
    return Revoked(
        frozenset(value for kind, value in rows if kind == CLIENT_ID),
        frozenset(value for kind, value in rows if kind == TOKEN_ID),
    )


def is_revoked(identity: Identity) -> bool:
    """The same for one identity, as the table is now."""
    its_own = Q(kind=CLIENT_ID, value=identity.client_id) | Q(kind=TOKEN_ID, value=identity.token_id)
    return Revocation.objects.in_force().filter(its_own).exists()


def revoke(kind: str, value: str, expires_at: datetime | None = None) -> None:
    """Until `expires_at`, or for good; again, it counts from anew. Raises Django's ValidationError.

    What has ended by itself is deleted here: nothing else makes the table grow.
    """
    Revocation.objects.filter(expires_at__lte=timezone.now()).delete()
    row = Revocation(kind=kind, value=value, expires_at=expires_at)
    row.full_clean(validate_constraints=False)
    Revocation.objects.update_or_create(
        kind=kind, value=value, defaults={"revoked_at": row.revoked_at, "expires_at": expires_at}
    )


def restore(kind: str, value: str) -> bool:
    """Undo it. Returns whether there was anything to undo."""
    return Revocation.objects.in_force().filter(kind=kind, value=value).delete()[0] > 0
