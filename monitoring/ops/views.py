"""The page, and the figures that it asks for every two seconds."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import View
from django.views.decorators.cache import never_cache
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from monitoring.ops.figures import figures
from monitoring.pages import HEADERS


class OpsPageView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(render_to_string("ops/ops.html", request=request), headers=HEADERS)


ops_page = never_cache(staff_member_required(OpsPageView.as_view()))


class StaffSession(SessionAuthentication):
    """The session of a staff user, also where KITT_AUTH is open; tokens are for clients."""

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser | AnonymousUser, None] | None:
        found = super().authenticate(request)
        return found if found and getattr(found[0], "is_staff", False) else None

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="kitt"'


class IsStaff(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        if request.user is None:
            raise NotAuthenticated("Log in to the admin as a member of the staff.")
        return True


class FiguresView(APIView):
    """What the operators' page shows. It follows the page, and is no part of the REST that is described to others."""

    schema = None
    authentication_classes = (StaffSession,)
    permission_classes = (IsStaff,)

    def get(self, request: Request) -> Response:
        return Response(figures(), headers={"Cache-Control": "no-store"})
