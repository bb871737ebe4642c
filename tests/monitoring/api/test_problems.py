"""Errors of REST are problems (RFC 9457)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from rest_framework import exceptions

from monitoring.api.problems import KINDS, problem_response
from realtime.protocol.errors import ERRORS, ProtocolError

HTTP_ONLY = {"method_not_allowed", "not_acceptable", "unsupported_media_type"}


def problem(error: Exception) -> Any:
    response = problem_response(error, {})
    assert response is not None
    return response


def test_every_error_code_has_a_status() -> None:
    assert set(KINDS) == {*ERRORS, *HTTP_ONLY}


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_every_error_code_is_a_problem(code: str) -> None:
    response = problem(ProtocolError(code, "What happened."))
    assert response.data == {
        "type": f"urn:kitt:problem:{code}",
        "title": KINDS[code].title,
        "status": response.status_code,
        "detail": "What happened.",
        "code": code,
        "retryable": ERRORS[code].retryable,
        "errors": [],
    }
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (exceptions.NotFound(), 404, "not_found"),
        (exceptions.ParseError(), 400, "invalid_json"),
        (exceptions.NotAuthenticated(), 401, "unauthorized"),
        (exceptions.AuthenticationFailed(), 401, "unauthorized"),
        (exceptions.PermissionDenied(), 403, "forbidden"),
        (PermissionDenied(), 403, "forbidden"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        (exceptions.Throttled(), 429, "rate_limited"),
        (exceptions.APIException(), 500, "internal"),
    ],
)
def test_what_the_frameworks_raise_is_a_problem(error: Exception, status: int, code: str) -> None:
    response = problem(error)
    assert (response.status_code, response.data["status"], response.data["code"]) == (status, status, code)


def test_a_throttled_client_is_told_when_to_come_back() -> None:
    assert problem(exceptions.Throttled(wait=7.2)).headers["Retry-After"] == "8"


def test_a_client_without_a_token_is_told_how_to_bring_one() -> None:
    error = exceptions.NotAuthenticated()
    error.auth_header = "Bearer"  # type: ignore[attr-defined]
    assert problem(error).headers["WWW-Authenticate"] == "Bearer"


def test_a_fault_of_ours_is_left_to_django() -> None:
    assert problem_response(ZeroDivisionError(), {}) is None


def test_the_wrong_method_is_a_problem_and_names_the_right_ones(client: Client) -> None:
    response = client.delete("/api/messages")
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_another_media_type_is_415(client: Client) -> None:
    response = client.post("/api/messages", "a,b", content_type="text/csv")
    assert (response.status_code, response.headers["Content-Type"]) == (415, "application/problem+json")


def test_a_representation_that_nobody_has_is_406(client: Client) -> None:
    response = client.get("/api/messages", headers={"accept": "image/png"})
    assert (response.status_code, response.headers["Content-Type"]) == (406, "application/problem+json")


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/messages/", "/api/messages/freight"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_path_below_the_api_is_a_problem(client: Client, path: str, method: str) -> None:
    response = getattr(client, method)(path)
    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")


def test_a_browser_sees_a_problem_as_a_page(client: Client) -> None:
    response = client.get("/api/messages", headers={"accept": "text/html"})
    assert (response.status_code, response.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert "urn:kitt:problem:validation_failed" in response.content.decode()
