"""REST for messages: search the log, read one, publish."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from monitoring.api.formats import StoredJSONRenderer, StrictJSONParser
from monitoring.api.serializers import MessageQuery
from monitoring.caller import require_publish, require_subscribe
from monitoring.contract import rest
from realtime.log import read
from realtime.log.search import Page, Search, find, search
from realtime.protocol.endpoints import ENDPOINTS
from realtime.publishing.publication import read_publication
from realtime.publishing.waiting import publish_and_wait


class MessageAPIView(APIView):
    parser_classes = (StrictJSONParser,)
    renderer_classes = (StoredJSONRenderer, BrowsableAPIRenderer)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        # REST framework takes a body that comes in chunks, without its length, for none.
        request.META.setdefault("CONTENT_LENGTH", str(len(request.body)))


class MessagesView(MessageAPIView):
    """
    Stored messages of an endpoint, in the order of their offsets; POST publishes.

    Query: endpoint, after, before, type, sender, correlation_id, shipment_id, limit.
    Body: {"endpoint": "freight", "sender": "tms", "type": "route_update", "payload": {"shipment_id": "SH-1"}},
    or endpoint, sender and a list of envelopes: messages.
    """

    @extend_schema(**rest.SEARCH)
    def get(self, request: Request) -> Response:
        parameters = MessageQuery(data=request.query_params)
        parameters.is_valid(raise_exception=True)
        query = Search(**parameters.validated_data)
        require_subscribe(request, query.endpoint)
        page = search(query)
        # After the messages, so that the head is never below one of them.
        head = read.heads()[query.endpoint]
        return Response(
            {
                "endpoint": query.endpoint,
                "epoch": head.epoch,
                "head": head.offset,
                "messages": raw(entry.text for entry in page.entries),
                "next": next_url(request.build_absolute_uri(), query, page),
            }
        )

    @extend_schema(**rest.PUBLISH)
    def post(self, request: Request) -> Response:
        appends = read_publication(request.data, timezone.now())
        require_publish(request, appends)
        stored = publish_and_wait(appends)
        endpoint = stored[0].endpoint
        url = reverse("message", args=[endpoint, stored[0].offset], request=request)
        return Response(
            {"endpoint": endpoint, "messages": raw(each.text for each in stored)},
            status=200 if all(each.repeated for each in stored) else 201,
            headers={"Location": url} if len(stored) == 1 else {},
        )


class MessageView(MessageAPIView):
    """One stored message, as every subscriber got it."""

    @extend_schema(**rest.MESSAGE)
    def get(self, request: Request, endpoint: str, offset: int) -> Response:
        if endpoint not in ENDPOINTS:
            raise NotFound(f"No endpoint is called {endpoint!r}.")
        require_subscribe(request, endpoint)
        entry = find(endpoint, offset)
        if entry is None:
            raise NotFound(f"{endpoint} has no message {offset}: it is not there yet, or was pruned.")
        return Response(msgspec.Raw(entry.text))


class UnknownView(MessageAPIView):
    """Whatever else is asked for below /api/ is a problem as well, and not a page."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponseBase:
    """A function: the breadcrumbs of the browsable pages would link to a class, as if there were something."""
    return UnknownView.as_view()(request)


def raw(texts: Iterable[str]) -> list[msgspec.Raw]:
    return [msgspec.Raw(text) for text in texts]


def next_url(url: str, query: Search, page: Page) -> str | None:
    """The page that follows in the same direction; None at the end."""
    if not page.more:
        return None
    name, entry = ("before", page.entries[0]) if query.backwards else ("after", page.entries[-1])
    return replace_query_param(url, name, entry.offset)
