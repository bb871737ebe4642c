"""What the REST views take and give, for their OpenAPI document: keyword arguments of `extend_schema`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from monitoring.api.serializers import MessageQuery
from monitoring.contract import security  # noqa: F401  registers itself
from monitoring.serializers import ConnectionDetail, StatsQuery
from realtime.protocol import frame_schema
from realtime.protocol.connect_query import ClientId
from realtime.protocol.endpoints import ENDPOINTS
from realtime.protocol.errors import FIELD_ERROR_CODES
from realtime.protocol.payloads.registry import PAYLOADS
from realtime.publishing.publication import MAX_BATCH

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    return {"$ref": frame_schema.REFS.format(name=name)}


def obj(**properties: Schema) -> Schema:
    """An object that has all of these."""
    return {"type": "object", "required": [*properties], "properties": properties}


def array(items: Schema, **more: int) -> Schema:
    return {"type": "array", "items": items, **more}


STRING: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
ENDPOINT: Schema = {"type": "string", "enum": [*ENDPOINTS]}
TO_AND_FROM: Schema = {"endpoint": ENDPOINT, "sender": frame_schema.simple(ClientId)}

PROBLEM = obj(
    type=STRING,
    title=STRING,
    status={"type": "integer"},
    detail=STRING,
    code=STRING,
    retryable=BOOLEAN,
    errors=array(obj(path=STRING, code={"type": "string", "enum": [*FIELD_ERROR_CODES]}, message=STRING)),
)
PROBE = obj(status={"type": "string", "enum": ["healthy", "unhealthy"]}, duration_ms={"type": "number"}, error=STRING)
SHAPES: dict[str, Schema] = {
    "Problem": PROBLEM | {"description": "RFC 9457. `code` is one of the protocol's error codes."},
    "Probe": PROBE,
    "Envelope": {"oneOf": [frame_schema.published_frame(name) for name in PAYLOADS]},
    "StoredMessage": {"oneOf": [frame_schema.stored_frame(name) for name in PAYLOADS]},
    "Publication": {
        "oneOf": [
            {"allOf": [obj(**TO_AND_FROM), ref("Envelope")]},
            obj(**TO_AND_FROM, messages=array(ref("Envelope"), minItems=1, maxItems=MAX_BATCH)),
        ]
    },
}
"""Beside those of the sockets' frames."""

PAGE = obj(
    endpoint=ENDPOINT,
    epoch=STRING,
    head=COUNT,
    messages=array(ref("StoredMessage")),
    next={"type": ["string", "null"], "format": "uri"},
)
PROBLEMS: dict[Any, Schema] = {
    (status, "application/problem+json"): ref("Problem") for status in (400, 401, 403, 404, 429, 503)
}
STORED = obj(endpoint=ENDPOINT, messages=array(ref("StoredMessage")))

SEARCH: Schema = {
    "operation_id": "searchMessages",
    "summary": "Stored messages of an endpoint, in the order of their offsets",
    "tags": ["messages"],
    "parameters": [MessageQuery],
    "responses": {200: PAGE, **PROBLEMS},
}
PUBLISH: Schema = {
    "operation_id": "publishMessages",
    "summary": "Publish one message, or up to 500 together",
    "description": "All are stored, or none. The same `id` again is safe: it is answered with the stored copy.",
    "tags": ["messages"],
    "request": {"application/json": ref("Publication")},
    "responses": {
        201: STORED,
        200: STORED,
        **PROBLEMS,
        **{(status, "application/problem+json"): ref("Problem") for status in (409, 413, 415, 422, 504)},
    },
}
MESSAGE: Schema = {
    "operation_id": "getMessage",
    "summary": "One stored message, as every subscriber got it",
    "tags": ["messages"],
    "parameters": [
        OpenApiParameter("endpoint", STRING | {"enum": [*ENDPOINTS]}, OpenApiParameter.PATH),
        OpenApiParameter("offset", OpenApiTypes.INT64, OpenApiParameter.PATH),
    ],
    "responses": {200: ref("StoredMessage"), **PROBLEMS},
}
ROOT: Schema = {
    "operation_id": "getRoot",
    "summary": "What KITT is, and where everything is",
    "tags": ["server"],
    "responses": {
        200: obj(
            name=STRING,
            version=STRING,
            endpoints=array(obj(path=STRING, types=array(STRING), messages=STRING)),
            links={"type": "object", "additionalProperties": {"type": "string", "format": "uri"}},
        )
    },
}
PROBES: Schema = {"database": ref("Probe"), "layer": ref("Probe")}
HEALTH_BODY = obj(
    status=STRING,
    **PROBES,
    live_connections={"type": ["integer", "null"]},
    node={"type": ["string", "null"]},
    version=STRING,
)
READY_BODY = obj(status=STRING, **PROBES, stopping=BOOLEAN)


def probe(operation_id: str, summary: str, body: Schema) -> Schema:
    return {
        "operation_id": operation_id,
        "summary": summary,
        "tags": ["server"],
        "responses": {200: body, 503: body},
        "auth": [],
    }


HEALTH = probe("getHealth", "Whether this process and all that it depends on work", HEALTH_BODY)
LIVE = probe("getHealthLive", "Whether this process answers at all", obj(status=STRING))
READY = probe("getHealthReady", "Whether to send clients here", READY_BODY)
STATS: Schema = {
    "operation_id": "getStats",
    "summary": "The live connections of every process: counts, and details of the newest",
    "tags": ["server"],
    "parameters": [StatsQuery],
    "responses": {
        200: obj(
            total_connections=COUNT,
            connections_by_endpoint={"type": "object", "additionalProperties": COUNT},
            connection_details=array(obj(**{name: STRING for name in ConnectionDetail.Meta.fields})),
        ),
        **{key: value for key, value in PROBLEMS.items() if key[0] in (400, 401, 403)},
    },
}

METRICS: Schema = {
    "operation_id": "getMetrics",
    "summary": "What this process counted, and the workers that it shares its port with, for Prometheus",
    "tags": ["server"],
    "responses": {
        (200, "text/plain"): STRING,
        (200, "application/openmetrics-text"): STRING,
        **{key: value for key, value in PROBLEMS.items() if key[0] in (401, 403)},
    },
}


def add_shapes(result: Schema, generator: object, request: object, public: bool) -> Schema:
    """drf-spectacular's hook: the schemas that the views refer to by name."""
    result.setdefault("components", {}).setdefault("schemas", {}).update(frame_schema.components() | SHAPES)
    return result
