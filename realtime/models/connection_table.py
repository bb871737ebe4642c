"""The connection table: which sockets are open, and which server process holds them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from realtime.conf import kitt_settings
from realtime.protocol.endpoints import ENDPOINTS


class NodeQuerySet(models.QuerySet["Node"]):
    def alive(self, now: datetime | None = None) -> NodeQuerySet:
        """Nodes that renewed their lease within KITT_LEASE_TIMEOUT."""
        return self.filter(lease_holds(now), stopped_at=None)


class Node(models.Model):
    """A server process. It is alive as long as it renews its lease; a process id says nothing across machines."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField("process id")
    started_at = models.DateTimeField()
    lease_renewed_at = models.DateTimeField(db_index=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    # Empty of a process whose version does not write them.
    numbers: models.JSONField[Any, Any] = models.JSONField(null=True, editable=False)

    objects: ClassVar[models.Manager[Node]] = NodeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def open(self) -> ConnectionQuerySet:
        """Rows that nobody has closed yet, those of dead nodes included."""
        return self.filter(closed_at=None)

    def live(self, now: datetime | Now | None = None) -> ConnectionQuerySet:
        """The sockets that are open now: the one definition that everything uses."""
        return self.open().filter(lease_holds(now, "node__"))


class Connection(models.Model):
    """A WebSocket, from its welcome to its close; `last_heartbeat` is flushed every KITT_FLUSH_INTERVAL."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="connections")
    endpoint = models.CharField(max_length=32, choices=[(name, name) for name in ENDPOINTS])
    client_id = models.CharField(max_length=64)
    remote_address = models.CharField(max_length=64, blank=True)
    user_agent = models.CharField(max_length=256, blank=True)
    connected_at = models.DateTimeField()
    last_heartbeat = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    close_code = models.PositiveIntegerField(null=True, blank=True)
    close_requested_code = models.PositiveIntegerField(null=True, blank=True)

    objects: ClassVar[models.Manager[Connection]] = ConnectionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-connected_at"]
        permissions: ClassVar = [("disconnect_connection", "Can disconnect a live connection")]
        indexes: ClassVar = [
            models.Index(fields=["node"], condition=Q(closed_at=None), name="connection_open_by_node"),
            models.Index(
                fields=["endpoint", "client_id"], condition=Q(closed_at=None), name="connection_open_by_client"
            ),
            models.Index(
                fields=["node"],
                condition=Q(closed_at=None, close_requested_code__isnull=False),
                name="connection_close_requested",
            ),
            models.Index(fields=["closed_at"], name="connection_closed_at"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} on {self.endpoint}"


def lease_holds(now: datetime | Now | None, path: str = "") -> Q:
    """Whether a lease is younger than KITT_LEASE_TIMEOUT, by the database's clock: those of the nodes may differ.

    One that is as far in the future was renewed before that clock was set back; its node renews it soon, if it lives.
    """
    now, timeout = now or Now(), timedelta(seconds=kitt_settings().lease_timeout)
    return Q(**{f"{path}lease_renewed_at__gt": now - timeout, f"{path}lease_renewed_at__lt": now + timeout})
