"""A person at a browser: cookies, and the forms of the admin."""

from __future__ import annotations

import re
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from tests.servers import Server

PASSWORD = "correct horse battery staple"

CREATE_USER = """
from django.contrib.auth.models import Permission, User
user = User.objects.create_user({name!r}, password={password!r}, is_staff={is_staff}, is_superuser={is_superuser})
user.user_permissions.set(Permission.objects.filter(codename__in={permissions!r}))
"""


def create_user(
    server: Server, name: str, *permissions: str, is_staff: bool = True, is_superuser: bool = False
) -> None:
    values = {"is_staff": is_staff, "is_superuser": is_superuser, "permissions": permissions}
    server.manage("shell", "--no-imports", "-c", CREATE_USER.format(name=name, password=PASSWORD, **values))


class Browser:
    """Keeps cookies, and sends the form token that Django asks for."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    @property
    def cookies(self) -> str:
        """As in a Cookie header."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def get(self, path: str) -> str:
        with self.opener.open(self.server.url + path, timeout=10) as response:
            page: str = response.read().decode()
            return page

    def post(self, path: str, fields: dict[str, str], *, form_at: str | None = None) -> str:
        """Send the form of the page at `form_at`, the same path unless given."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(form_at or path))
        assert token is not None
        body = urlencode({**fields, "csrfmiddlewaretoken": token[1]}).encode()
        with self.opener.open(self.server.url + path, body, timeout=10) as response:
            page: str = response.read().decode()
            return page

    def log_in(self, name: str) -> None:
        self.post("/admin/login/?next=/admin/", {"username": name, "password": PASSWORD})

    def log_out(self) -> None:
        self.post("/admin/logout/", {}, form_at="/admin/")
