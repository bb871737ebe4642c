"""The documents themselves, and pages that show them."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views import View
from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularJSONAPIView

from monitoring.contract.asyncapi import CLOSE_CODES, asyncapi
from monitoring.contract.prose import paragraphs
from monitoring.contract.reading import channels


class OpenApiView(SpectacularJSONAPIView):
    """The OpenAPI 3.1 document of REST. Open: a contract is no secret."""

    authentication_classes = ()
    permission_classes = ()


class RestView(TemplateView):
    """Swagger UI over it, from files of this server."""

    template_name = "contract/rest.html"


class AsyncApiView(View):
    """The AsyncAPI 3.0 document of the sockets."""

    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse(asyncapi(request.get_host(), secure=request.is_secure()))


class SocketsView(View):
    """The same for people."""

    def get(self, request: HttpRequest) -> HttpResponse:
        document = asyncapi(request.get_host(), secure=request.is_secure())
        context = {
            "document": document,
            "introduction": paragraphs(document["info"]["description"]),
            "close_codes": CLOSE_CODES,
            "channels": channels(document),
        }
        return render(request, "contract/sockets.html", context)
