"""What the REST endpoints take and give."""

from __future__ import annotations

from rest_framework import serializers

from realtime.models import Connection
from realtime.protocol.endpoints import ENDPOINTS

DEFAULT_DETAILS = 1000
MAX_DETAILS = 10_000


class StatsQuery(serializers.Serializer[dict[str, object]]):
    """Which connections `connection_details` lists; the counts are always of all of them."""

    limit = serializers.IntegerField(min_value=0, max_value=MAX_DETAILS, default=DEFAULT_DETAILS)
    endpoint = serializers.ChoiceField(choices=list(ENDPOINTS), required=False)
    client_id = serializers.CharField(max_length=64, required=False)


class ConnectionDetail(serializers.ModelSerializer[Connection]):
    class Meta:
        model = Connection
        fields = ("endpoint", "client_id", "connected_at", "last_heartbeat")
