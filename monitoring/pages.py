"""Pages for people: the live page, and where to log in for it; and the icon of every page."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import View

from realtime.auth.identity import ANYBODY, Identity
from realtime.auth.revocations import is_revoked
from realtime.auth.sessions import identity_of
from realtime.conf import kitt_settings

# Nothing from elsewhere, nothing inline. 'self' does not cover ws: in every browser.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; connect-src 'self' ws: wss:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
ICON = (Path(__file__).parent / "static/kitt/live/icon.svg").read_bytes()
HEADERS = {"Content-Security-Policy": CONTENT_SECURITY_POLICY, "Cache-Control": "no-store"}


class LivePageView(View):
    """The live page for who may subscribe: anybody behind an open door, else a staff user who is logged in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        identity = visitor(request)
        is_welcome = identity is not None and bool(identity.subscribe)
        page = "live" if is_welcome else "login_needed"
        context = {
            "is_open": kitt_settings().auth == "open",
            "may_publish": identity is not None and bool(identity.publish),
        }
        status = 200 if is_welcome else 403
        html = render_to_string(f"monitoring/{page}.html", context, request)
        return HttpResponse(html, status=status, headers=HEADERS)


def visitor(request: HttpRequest) -> Identity | None:
    """Who looks at a page; None for who has to log in."""
    if kitt_settings().auth == "open":
        return ANYBODY
    identity = identity_of(request.user)
    return None if identity is None or is_revoked(identity) else identity


class IconView(View):
    """Browsers ask for it where a page names none, such as those of the admin."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(ICON, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})
