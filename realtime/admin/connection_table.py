"""Live connections and nodes, to look at; the one thing that can be done is to disconnect a client."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from realtime import connections
from realtime.admin.read_only import ReadOnlyAdmin
from realtime.models import Connection, Node
from realtime.protocol import close_codes


class StateFilter(admin.SimpleListFilter):
    """Live connections unless something else is asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(None, "Live"), ("closed", "Closed"), ("lost", "Lost with their node"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        for value, title in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(
                    {self.parameter_name: value} if value else {}, [self.parameter_name]
                ),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all":
            return queryset
        if self.value() == "closed":
            return queryset.exclude(closed_at=None)
        if self.value() == "lost":
            return queryset.open().exclude(pk__in=queryset.live())
        return queryset.live()


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    list_display = ("endpoint", "client_id", "node", "remote_address", "connected_for", "silent_for", "ended")
    list_display_links = ("client_id",)
    list_filter = (StateFilter, "endpoint", "node")
    list_select_related = ("node",)
    search_fields = ("client_id", "remote_address", "user_agent", "id")
    ordering = ("-connected_at",)
    actions = ("disconnect",)

    @admin.display(ordering="-connected_at")
    def connected_for(self, row: Connection) -> str:
        return duration((row.closed_at or timezone.now()) - row.connected_at)

    @admin.display(ordering="-last_heartbeat")
    def silent_for(self, row: Connection) -> str:
        return "" if row.closed_at else duration(timezone.now() - row.last_heartbeat)

    @admin.display(description="close code")
    def ended(self, row: Connection) -> str:
        return f"{row.close_code} {close_codes.REASONS.get(row.close_code or 0, '')}" if row.closed_at else ""

    def has_disconnect_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("realtime.disconnect_connection")

    @admin.action(permissions=["disconnect"], description="Disconnect the selected clients")
    def disconnect(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        """The owning process sees the request in the table within a second, wherever it runs."""
        asked = connections.request_close(queryset.values_list("pk", flat=True), close_codes.REVOKED)
        messages.success(request, f"{asked} asked to close with code {close_codes.REVOKED}; this takes about a second.")


@admin.register(Node)
class NodeAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "started_at", "lease", "live_connections", "stopped_at")
    list_filter = ("host",)
    search_fields = ("host", "id")

    @admin.display(ordering="lease_renewed_at")
    def lease(self, node: Node) -> str:
        if node.stopped_at:
            return "ended"
        age = duration(timezone.now() - node.lease_renewed_at)
        return f"renewed {age} ago" if Node.objects.alive().filter(pk=node.pk).exists() else f"ran out, {age} old"

    @admin.display
    def live_connections(self, node: Node) -> int:
        return Connection.objects.live().filter(node=node).count()


def duration(span: timedelta) -> str:
    """Whole seconds as h:mm:ss."""
    return str(timedelta(seconds=max(0, int(span.total_seconds()))))
