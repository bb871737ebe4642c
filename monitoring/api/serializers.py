"""The query of a search."""

from __future__ import annotations

from rest_framework import serializers

from realtime.protocol.endpoints import ENDPOINTS

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000
MAX_OFFSET = 2**63 - 1
STORED_TYPES = [name for endpoint in ENDPOINTS.values() for name in endpoint.stored_types]


class MessageQuery(serializers.Serializer[dict[str, object]]):
    """Parameters that are not named here are ignored."""

    endpoint = serializers.ChoiceField(choices=list(ENDPOINTS))
    after = serializers.IntegerField(min_value=0, max_value=MAX_OFFSET, required=False)
    before = serializers.IntegerField(min_value=0, max_value=MAX_OFFSET, required=False)
    type = serializers.ChoiceField(choices=STORED_TYPES, required=False)
    sender = serializers.CharField(max_length=64, trim_whitespace=False, required=False)
    correlation_id = serializers.CharField(max_length=128, trim_whitespace=False, required=False)
    shipment_id = serializers.CharField(max_length=64, trim_whitespace=False, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=MAX_LIMIT, default=DEFAULT_LIMIT)
