"""The admin as a whole: its name, and a login that slows down who guesses.

Not in the package `realtime.admin`: Django asks for the site while it imports that, and would make two.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from realtime.auth.guessing import logins

FOUND = 302


class KittAdminSite(AdminSite):
    site_header = site_title = "KITT"

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Counted before the password is looked at: of many attempts at once no more are looked at than of a row."""
        if request.method != "POST":
            return super().login(request, extra_context)
        attempt = request.META.get("REMOTE_ADDR") or "", request.POST.get("username", "")
        if wait := logins.attempt(*attempt):
            return too_many(wait)
        response = super().login(request, extra_context)
        if response.status_code == FOUND:
            logins.take_back(*attempt)
        return response


def too_many(wait: int) -> HttpResponse:
    text = f"Too many failed logins. Try again in {wait} s.\n"
    headers = {"Retry-After": str(wait), "Cache-Control": "no-store"}
    return HttpResponse(text, status=429, headers=headers, content_type="text/plain; charset=utf-8")
