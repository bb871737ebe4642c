"""The AsyncAPI 3.0 document of the sockets, made from the endpoint table and the types of the protocol."""

from __future__ import annotations

from typing import Any, NamedTuple

from monitoring.contract.messages import messages
from realtime.protocol import close_codes, frame_schema
from realtime.protocol.cloudevents import event_schema
from realtime.protocol.connect_query import ConnectQuery
from realtime.protocol.endpoints import ENDPOINTS, Endpoint
from realtime.protocol.formats import CLOUD_EVENTS, KITT
from realtime.protocol.system_payloads import SYSTEM_PAYLOADS
from realtime.version import VERSION

DESCRIPTION = """\
One JSON object in each text frame, in both directions. Each endpoint is one stream: every message in it has an
`offset`, 1, 2, 3 and so on, and every subscriber gets all of them in that order. The sender's own copy, coming back
with its `offset`, is the acknowledgement. A client that comes back with the last `offset` it saw (`since`) and the
stream's `epoch` gets what it missed, or is told `recovered: false`.

A client that offers the subprotocol `cloudevents.json`, and not `kitt.v1` before it, speaks the same in CloudEvents
1.0: one event in JSON, in structured mode, in each text frame.
"""
Document = dict[str, Any]


class CloseCode(NamedTuple):
    code: int
    reason: str
    advice: str


ADVICE = {
    40: "Do not reconnect unchanged",
    41: "Reconnect after a second or more, and longer each time",
    42: "Reconnect at once, after a random part of a second",
}
"""By the hundreds of the code."""
CLOSE_CODES = [CloseCode(code, reason, ADVICE[code // 100]) for code, reason in close_codes.REASONS.items()]

FORMATS = {"": f"Subprotocol {KITT.subprotocol}", "event.": f"Subprotocol {CLOUD_EVENTS.subprotocol}"}
"""By what the names of their messages begin with."""


def asyncapi(host: str, *, secure: bool) -> Document:
    """`host` is the name and port under which the reader knows this server."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "KITT",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "this": {"host": host, "protocol": "wss" if secure else "ws", "security": [ref("securitySchemes/token")]}
        },
        "channels": {endpoint.name: channel(endpoint) for endpoint in ENDPOINTS.values()},
        "operations": {name: each for endpoint in ENDPOINTS.values() for name, each in operations(endpoint).items()},
        "components": {
            "messages": messages(),
            "schemas": frame_schema.components() | event_schema.components(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "Also as the subprotocol kitt.token.<token> beside kitt.v1, or as ?token=.",
                }
            },
        },
    }


def channel(endpoint: Endpoint) -> Document:
    names = [
        name for prefix in FORMATS for name in (*sent_by_clients(endpoint, prefix), *sent_by_server(endpoint, prefix))
    ]
    stored_types = ", ".join(f"`{name}`" for name in endpoint.stored_types)
    return {
        "address": endpoint.path,
        "title": endpoint.name,
        "description": f"The stream of {stored_types}.\n\n{close_code_table()}",
        "servers": [{"$ref": "#/servers/this"}],
        "messages": {name: ref(f"messages/{name}") for name in names},
        "bindings": {"ws": {"method": "GET", "query": query_schema(), "bindingVersion": "0.1.0"}},
    }


def operations(endpoint: Endpoint) -> dict[str, Document]:
    """As AsyncAPI 3 has it, from the server's side: it receives what clients publish."""
    return {
        f"{action}_{prefix.replace('.', '_')}{endpoint.name}": operation(
            direction, endpoint, sent(endpoint, prefix), title
        )
        for prefix, title in FORMATS.items()
        for action, direction, sent in (("publish", "receive", sent_by_clients), ("subscribe", "send", sent_by_server))
    }


def operation(action: str, endpoint: Endpoint, names: list[str], title: str) -> Document:
    place = f"#/channels/{endpoint.name}"
    return {
        "action": action,
        "title": title,
        "channel": {"$ref": place},
        "messages": [{"$ref": f"{place}/messages/{name}"} for name in names],
    }


def sent_by_clients(endpoint: Endpoint, prefix: str) -> list[str]:
    return [f"{prefix}publish.{name}" for name in endpoint.types]


def sent_by_server(endpoint: Endpoint, prefix: str) -> list[str]:
    stored = [f"{prefix}stored.{name}" for name in endpoint.stored_types]
    return [*stored, *(f"{prefix}system.{name}" for name in SYSTEM_PAYLOADS)]


def query_schema() -> Document:
    properties = frame_schema.simple_properties(ConnectQuery)
    token = {"type": "string", "description": "a token, for tools that can send it in no other way"}
    return {"type": "object", "properties": properties | {"token": token}, "required": ["client_id"]}


def close_code_table() -> str:
    return "Close codes:\n\n" + "\n".join(f"- {row.code}: {row.reason}. {row.advice}." for row in CLOSE_CODES)


def ref(place: str) -> Document:
    return {"$ref": f"#/components/{place}"}
