"""Who was cut off although its token is good."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from realtime.protocol.connect_query import ClientId


class RevocationQuerySet(models.QuerySet["Revocation"]):
    def in_force(self, now: datetime | None = None) -> RevocationQuerySet:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now or timezone.now()))


class Revocation(models.Model):
    """A client, under whatever token, or a single token. Deleting the row undoes it."""

    class Kind(models.TextChoices):
        CLIENT_ID = "client_id", "client_id"
        TOKEN_ID = "token_id", "token id (jti)"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    value = models.CharField(max_length=128)
    revoked_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="When it ends by itself; empty: never.")

    objects: ClassVar[models.Manager[Revocation]] = RevocationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-revoked_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "value"], name="revocation_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"

    def clean(self) -> None:
        """A client_id that nobody can have is a slip of the pen."""
        if self.kind == self.Kind.CLIENT_ID:
            try:
                msgspec.convert(self.value, ClientId)
            except msgspec.ValidationError:
                raise ValidationError({"value": "A client_id has 1 to 64 of A-Z a-z 0-9 . _ : -"}) from None
