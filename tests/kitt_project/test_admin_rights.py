"""Every page of the admin, for strangers and for staff with and without the permission that it takes.

The pages come from the URL resolver. One that is not in the table fails: say there what it takes.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Model
from django.test import Client

from realtime.auth.revocations import revoke
from realtime.models import Message, Revocation, Stream
from tests.conftest import MakeConnection
from tests.routes import METHODS, all_routes
from tests.storing import store_many
from tests.tokens import token

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("tokens_only")]

ANY_STAFF, NOBODY = "any staff", "nobody, superusers included"

# What each page of a table takes, by the last word of its name.
READ_ONLY = {"changelist": "view", "change": "view", "history": "view", "add": NOBODY, "delete": NOBODY}
WRITTEN = {"changelist": "view", "change": "view", "history": "view", "add": "add", "delete": "delete"}
TABLES = {
    "realtime_connection": READ_ONLY,
    "realtime_node": READ_ONLY,
    "realtime_message": READ_ONLY,
    "realtime_stream": READ_ONLY,
    "realtime_revocation": WRITTEN,
    "auth_group": WRITTEN,
    "auth_user": WRITTEN | {"password_change": "change"},
}
PAGES = {
    "admin:index": ANY_STAFF,
    "admin:password_change": ANY_STAFF,
    "admin:password_change_done": ANY_STAFF,
    "admin:logout": ANY_STAFF,
    "admin:jsi18n": ANY_STAFF,
    # It asks for the permission to view what it completes; nothing here is completed.
    "admin:autocomplete": NOBODY,
    # A redirect to get_absolute_url(), which no model of ours has.
    "admin:view_on_site": ANY_STAFF,
    # An old form of the address, a redirect to `change`; and what is nowhere.
    "admin:": ANY_STAFF,
    "admin:app_list": ANY_STAFF,
    **{f"admin:{table}_{page}": needed for table, pages in TABLES.items() for page, needed in pages.items()},
}
LOGIN = "admin:login"

ROUTES = [route for route in all_routes() if route.pattern.startswith("/admin/")]
BEHIND_LOGIN = [route for route in ROUTES if route.name != LOGIN]
GUARDED = [route for route in BEHIND_LOGIN if PAGES.get(route.name) != ANY_STAFF]


@pytest.fixture
def rows(make_connection: MakeConnection) -> dict[str, Model]:
    """One of each table: a page about nothing is a redirect for everybody."""
    store_many(1)
    revoke("client_id", "somebody")
    connection = make_connection()
    return {
        "realtime_connection": connection,
        "realtime_node": connection.node,
        "realtime_message": Message.objects.get(),
        "realtime_stream": Stream.objects.get(pk="freight"),
        "realtime_revocation": Revocation.objects.get(),
        "auth_group": Group.objects.create(name="night shift"),
        "auth_user": User.objects.create_user("somebody"),
    }


def filled(pattern: str, name: str, rows: dict[str, Model]) -> str:
    table = next((each for each in TABLES if pattern.startswith(f"/admin/{each.replace('_', '/')}/")), "")
    key = str(rows[table].pk) if table else "1"
    for part in ("<path:object_id>", "<id>", "<path:content_type_id>"):
        pattern = pattern.replace(part, key)
    pattern = pattern.replace("^(?P<app_label>realtime|auth)/$", "realtime/").replace("(?P<url>.*)$", "nowhere/")
    assert not set(pattern) & set("<>^$"), f"{name}: say here how its path is filled"
    return pattern


def logged_in(name: str, *codenames: str, **kind: bool) -> Client:
    user = User.objects.create_user(name, password="x", **{"is_staff": True, **kind})
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def codename(route_name: str) -> str:
    """The permission of a page: `view_node`."""
    table = next(each for each in TABLES if route_name.startswith(f"admin:{each}_"))
    return f"{PAGES[route_name]}_{table.rpartition('_')[2]}"


def test_every_page_has_its_policy() -> None:
    assert {route.name for route in BEHIND_LOGIN} == set(PAGES), "say in PAGES what a new page takes"


def test_every_table_of_the_admin_has_its_policy() -> None:
    assert {model._meta.label_lower.replace(".", "_") for model in site._registry} == set(TABLES)


@pytest.mark.parametrize("route", BEHIND_LOGIN, ids=lambda route: route.pattern)
def test_a_stranger_is_sent_to_the_login(route: Any, rows: dict[str, Model]) -> None:
    bearer = Client(headers={"authorization": f"Bearer {token()}"})
    strangers = {
        "nobody": Client(),
        "a token for everything": bearer,
        "a user who is no staff": logged_in("plain", is_staff=False),
        "staff that has left": logged_in("gone", is_active=False),
    }
    path = filled(route.pattern, route.name, rows)
    wrong = []
    for name, stranger in strangers.items():
        for method in METHODS:
            response = stranger.generic(method, path)
            if response.status_code != 302 or not response.headers["Location"].startswith("/admin/"):
                wrong.append(f"{method} by {name}: {response.status_code}")
            elif route.name != "admin:logout" and "/login/?next=/admin/" not in response.headers["Location"]:
                wrong.append(f"{method} by {name}: to {response.headers['Location']}")
    assert wrong == []


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.pattern)
def test_a_page_takes_its_permission_and_no_other(route: Any, rows: dict[str, Model]) -> None:
    path = filled(route.pattern, route.name, rows)
    if PAGES[route.name] == NOBODY:
        refused, taken = [logged_in("boss", is_superuser=True), logged_in("none")], []
    else:
        needed = codename(route.name)
        also = [needed.replace("view", "change")] if PAGES[route.name] == "view" else []
        others = Permission.objects.exclude(codename__in=[needed, *also]).values_list("codename", flat=True)
        # To add a user takes the permission to change one as well: Django's own rule.
        with_it = [needed, "change_user"] if needed == "add_user" else [needed]
        refused, taken = [logged_in("none"), logged_in("others", *others)], [logged_in("one", *with_it)]
    for method in ("GET", "POST"):
        assert {client.generic(method, path).status_code for client in refused} <= {403, 405}
    assert {client.get(path).status_code for client in taken} <= {200}


def test_a_page_without_its_form_token_changes_nothing(rows: dict[str, Model]) -> None:
    boss = Client(enforce_csrf_checks=True)
    boss.force_login(User.objects.create_superuser("boss"))
    for route in BEHIND_LOGIN:
        response = boss.post(filled(route.pattern, route.name, rows), {"post": "yes"})
        assert (response.status_code, route.name) == (403, route.name)
    assert Revocation.objects.exists()
