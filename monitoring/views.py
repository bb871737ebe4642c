"""REST: what KITT is, whether it works, who is connected, and what was counted."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import Error as DatabaseError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer, StaticHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from monitoring.contract import rest
from monitoring.exposition import exposition
from monitoring.probes import HEALTHY, UNHEALTHY, run_probes
from monitoring.serializers import ConnectionDetail, StatsQuery
from realtime import selectors
from realtime.asgi import Scope
from realtime.metrics.sharing import sharing
from realtime.node.scope import node_of
from realtime.protocol.endpoints import ENDPOINTS
from realtime.version import VERSION

LINKS = (
    "live",
    "health",
    "health-live",
    "health-ready",
    "stats",
    "metrics",
    "openapi",
    "rest",
    "asyncapi",
    "sockets",
    "admin:index",
)


class OpenView(APIView):
    """Needs no token: probes and load balancers have none."""

    authentication_classes = ()
    permission_classes = ()


class RootView(OpenView):
    """What KITT is and where everything is; a browser is led to the live page."""

    renderer_classes = (JSONRenderer, StaticHTMLRenderer)

    @extend_schema(**rest.ROOT)
    def get(self, request: Request) -> HttpResponseBase:
        if request.accepted_renderer.format == "html":
            return redirect("live")
        messages = reverse("messages", request=request)
        return Response(
            {
                "name": "KITT",
                "version": VERSION,
                "endpoints": [
                    {
                        "path": endpoint.path,
                        "types": endpoint.types,
                        "messages": replace_query_param(messages, "endpoint", endpoint.name),
                    }
                    for endpoint in ENDPOINTS.values()
                ],
                "links": {name: reverse(name, request=request) for name in LINKS},
            }
        )


class HealthView(OpenView):
    """Whether this process and all that it depends on work: 200, else 503."""

    @extend_schema(**rest.HEALTH)
    def get(self, request: Request) -> Response:
        probes = run_probes()
        node = node_of(scope_of(request))
        if node and node.write_failure:
            probes["database"] |= {"status": UNHEALTHY, "error": node.write_failure}
        return health_response(
            {
                **probes,
                "live_connections": live_connections() if probes["database"]["status"] == HEALTHY else None,
                "node": str(node.id) if node else None,
                "version": VERSION,
            },
            healthy=all(probe["status"] == HEALTHY for probe in probes.values()),
        )


class LiveView(OpenView):
    """Whether this process answers at all. A broken dependency is no reason to restart it."""

    @extend_schema(**rest.LIVE)
    def get(self, request: Request) -> Response:
        return health_response({}, healthy=True)


class ReadyView(OpenView):
    """Whether to send clients here: 200, else 503, also while the process stops."""

    @extend_schema(**rest.READY)
    def get(self, request: Request) -> Response:
        probes = run_probes()
        node = node_of(scope_of(request))
        stopping = node is not None and node.stopping
        healthy = not stopping and all(probe["status"] == HEALTHY for probe in probes.values())
        return health_response({**probes, "stopping": stopping}, healthy=healthy)


class StatsView(APIView):
    """The live connections of every process: counts, and details of the newest."""

    @extend_schema(**rest.STATS)
    def get(self, request: Request) -> Response:
        query = StatsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        limit = query.validated_data.pop("limit")
        by_endpoint = selectors.live_by_endpoint()
        details = selectors.live_connections(**query.validated_data)[:limit]
        return Response(
            {
                "total_connections": sum(by_endpoint.values()),
                "connections_by_endpoint": by_endpoint,
                "connection_details": ConnectionDetail(details, many=True).data,
            }
        )


class WhateverIsAccepted(BaseContentNegotiation):
    """Nobody is refused for the `Accept` header: the formats of Prometheus are not REST framework's to choose from."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, str(first.media_type)


class MetricsView(APIView):
    """What this process counted, and the processes that it shares its port with, for Prometheus."""

    content_negotiation_class = WhateverIsAccepted

    @extend_schema(**rest.METRICS)
    def get(self, request: Request) -> HttpResponse:
        text, content_type = exposition(sharing.read(), request.headers.get("Accept", ""))
        return HttpResponse(text, content_type=content_type, headers={"Cache-Control": "no-store"})


def scope_of(request: Request) -> Scope:
    """The ASGI scope of the request; empty under Django's test client."""
    return getattr(request._request, "scope", {})


def health_response(body: dict[str, object], *, healthy: bool) -> Response:
    status = HEALTHY if healthy else UNHEALTHY
    return Response({"status": status, **body}, status=200 if healthy else 503, headers={"Cache-Control": "no-store"})


def live_connections() -> int | None:
    """None when the database fails between the probe and this."""
    try:
        return sum(selectors.live_by_endpoint().values())
    except DatabaseError:
        return None
