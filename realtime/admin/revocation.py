"""Revocations: the one table that operators write. To undo one is to delete it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from realtime.models import Revocation


@admin.register(Revocation)
class RevocationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("value", "kind", "revoked_at", "expires_at", "in_force")
    list_filter = ("kind",)
    search_fields = ("value",)
    fields = ("kind", "value", "expires_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(boolean=True)
    def in_force(self, revocation: Revocation) -> bool:
        return revocation.expires_at is None or revocation.expires_at > timezone.now()
