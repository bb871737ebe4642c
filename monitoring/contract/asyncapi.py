"""The AsyncAPI 3.0 document of the sockets, made from the endpoint table and the types of the protocol."""

from __future__ import annotations

from typing import Any

from realtime.protocol import close_codes, frame_schema
from realtime.protocol.connect_query import ConnectQuery
from realtime.protocol.endpoints import ENDPOINTS, HEARTBEAT, Endpoint
from realtime.protocol.payloads.registry import PAYLOADS
from realtime.protocol.system_payloads import SYSTEM_PAYLOADS
from realtime.version import VERSION

DESCRIPTION = """\
One JSON object in each text frame, in both directions. Each endpoint is one stream: every message in it has an
`offset`, 1, 2, 3 and so on, and every subscriber gets all of them in that order. The sender's own copy, coming back
with its `offset`, is the acknowledgement. A client that comes back with the last `offset` it saw (`since`) and the
stream's `epoch` gets what it missed, or is told `recovered: false`.

A client that offers the subprotocol `cloudevents.json` speaks the same in CloudEvents 1.0.
"""
Document = dict[str, Any]


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
            "schemas": frame_schema.components(),
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
    names = [*sent_by_clients(endpoint), *sent_by_server(endpoint)]
    return {
        "address": endpoint.path,
        "title": endpoint.name,
        "description": f"The stream of {', '.join(endpoint.stored_types)}.\n\n{close_code_table()}",
        "servers": [{"$ref": "#/servers/this"}],
        "messages": {name: ref(f"messages/{name}") for name in names},
        "bindings": {"ws": {"method": "GET", "query": query_schema(), "bindingVersion": "0.1.0"}},
    }


def operations(endpoint: Endpoint) -> dict[str, Document]:
    """As AsyncAPI 3 has it, from the server's side: it receives what clients publish."""
    return {
        f"publish_{endpoint.name}": operation("receive", endpoint, sent_by_clients(endpoint)),
        f"subscribe_{endpoint.name}": operation("send", endpoint, sent_by_server(endpoint)),
    }


def operation(action: str, endpoint: Endpoint, names: list[str]) -> Document:
    place = f"#/channels/{endpoint.name}"
    return {
        "action": action,
        "channel": {"$ref": place},
        "messages": [{"$ref": f"{place}/messages/{name}"} for name in names],
    }


def sent_by_clients(endpoint: Endpoint) -> list[str]:
    return [f"publish.{name}" for name in endpoint.types]


def sent_by_server(endpoint: Endpoint) -> list[str]:
    return [*(f"stored.{name}" for name in endpoint.stored_types), *(f"system.{name}" for name in SYSTEM_PAYLOADS)]


def messages() -> dict[str, Document]:
    published = {f"publish.{name}": message(name, frame_schema.published_frame(name)) for name in PAYLOADS}
    heartbeat = {f"publish.{HEARTBEAT}": message(HEARTBEAT, frame_schema.heartbeat_frame())}
    stored = {f"stored.{name}": message(name, frame_schema.stored_frame(name)) for name in PAYLOADS}
    system = {f"system.{name}": message(name, frame_schema.system_frame(name)) for name in SYSTEM_PAYLOADS}
    return published | heartbeat | stored | system


def message(name: str, schema: Document) -> Document:
    """AsyncAPI calls the whole frame its payload."""
    kind = PAYLOADS.get(name) or SYSTEM_PAYLOADS[name]
    return {"name": name, "title": name, "summary": summary(kind), "payload": schema}


def summary(kind: type) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]


def query_schema() -> Document:
    properties = frame_schema.simple_properties(ConnectQuery)
    token = {"type": "string", "description": "a token, for tools that can send it in no other way"}
    return {"type": "object", "properties": properties | {"token": token}, "required": ["client_id"]}


def close_code_table() -> str:
    rows = "\n".join(f"- {code}: {reason}" for code, reason in close_codes.REASONS.items())
    advice = "up to 4099 do not reconnect unchanged, from 4100 after a second or more, from 4200 at once"
    return f"Close codes; {advice}:\n\n{rows}"


def ref(place: str) -> Document:
    return {"$ref": f"#/components/{place}"}
