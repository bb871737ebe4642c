"""Every error of REST as a problem (RFC 9457), with the error codes of the sockets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from realtime.protocol.errors import ERRORS, FieldError, ProtocolError
from realtime.protocol.explain import name_fields
from realtime.protocol.field_errors import pointer

RETRY_AFTER_S = 1


class Kind(NamedTuple):
    status: int
    title: str


KINDS = {
    "invalid_json": Kind(400, "Not valid JSON"),
    "unsupported_version": Kind(400, "Unsupported version"),
    "unauthorized": Kind(401, "A token is needed"),
    "forbidden": Kind(403, "Not allowed"),
    "not_found": Kind(404, "Not found"),
    "conflict": Kind(409, "The id belongs to another message"),
    "duplicate": Kind(409, "Already known"),
    "stale_sequence": Kind(409, "Newer data was accepted before"),
    "too_large": Kind(413, "Too large"),
    "invalid_envelope": Kind(422, "Not a valid envelope"),
    "unknown_type": Kind(422, "Unknown message type"),
    "wrong_endpoint": Kind(422, "Wrong endpoint for this type"),
    "validation_failed": Kind(422, "Values that do not fit"),
    "rate_limited": Kind(429, "Too many requests"),
    "internal": Kind(500, "A fault inside KITT"),
    "upstream_unavailable": Kind(503, "The database does not answer"),
    "storage_full": Kind(507, "No room to store it"),
    "timeout": Kind(504, "Not stored in time"),
    # What only HTTP has.
    "method_not_allowed": Kind(405, "Method not allowed"),
    "not_acceptable": Kind(406, "No such representation"),
    "unsupported_media_type": Kind(415, "Unsupported media type"),
}

# Django REST framework's codes for a value in a query, as the socket's.
FIELD_CODES = {
    "required": "missing",
    "null": "wrong_type",
    "invalid_choice": "not_in_enum",
    **dict.fromkeys(("blank", "min_value", "max_value", "min_length", "max_length"), "out_of_bounds"),
}


class Problem(NamedTuple):
    code: str
    detail: str
    errors: Sequence[FieldError] = ()
    status: int | None = None
    """Where it is not the usual one of the code."""


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler. None for a fault of ours, which Django logs and answers with 500."""
    problem = problem_of(error)
    if problem is None:
        return None
    set_rollback()
    return Response(
        body(problem),
        status=problem.status or KINDS[problem.code].status,
        headers=headers(error, problem),
        content_type=content_type(context),
    )


def problem_of(error: Exception) -> Problem | None:
    match error:
        case ProtocolError():
            default = error.errors and error.message == ERRORS[error.code].message
            return Problem(error.code, name_fields(error.errors) if default else error.message, error.errors)
        case RequestDataTooBig():
            return Problem("too_large", "The body is larger than this server takes.")
        case OperationalError() | InterfaceError():
            return Problem("upstream_unavailable", "The database does not answer.")
        case Http404() | exceptions.NotFound():
            return Problem("not_found", str(error) or ERRORS["not_found"].message)
        case PermissionDenied():
            return Problem("forbidden", ERRORS["forbidden"].message)
        case exceptions.ValidationError():
            errors = [*query_errors(error.get_full_details())]
            return Problem("validation_failed", name_fields(errors), errors, error.status_code)
        case exceptions.APIException():
            return Problem(code_of(error), str(error.detail), status=error.status_code)
    return None


def code_of(error: exceptions.APIException) -> str:
    """405, 406 and 415 keep REST framework's own codes: a socket has nothing like them."""
    match error:
        case exceptions.ParseError():
            return "invalid_json"
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return "unauthorized"
        case exceptions.PermissionDenied():
            return "forbidden"
        case exceptions.Throttled():
            return "rate_limited"
    return error.default_code if error.default_code in KINDS else "internal"


def query_errors(details: Any) -> Iterator[FieldError]:
    for name, faults in details.items():
        for fault in faults:
            yield FieldError(pointer("", name), FIELD_CODES.get(fault["code"], "bad_format"), str(fault["message"]))


def body(problem: Problem) -> dict[str, Any]:
    kind = KINDS[problem.code]
    return {
        "type": f"urn:kitt:problem:{problem.code}",
        "title": kind.title,
        "status": problem.status or kind.status,
        "detail": problem.detail,
        "code": problem.code,
        "retryable": problem.code in ERRORS and ERRORS[problem.code].retryable,
        "errors": [msgspec.to_builtins(error) for error in problem.errors],
    }


def headers(error: Exception, problem: Problem) -> dict[str, str]:
    found = {"Cache-Control": "no-store"}
    if challenge := getattr(error, "auth_header", None):
        found["WWW-Authenticate"] = challenge
    wait = getattr(error, "wait", None)
    if wait or problem.code in ("upstream_unavailable", "storage_full"):
        found["Retry-After"] = str(int(wait or RETRY_AFTER_S))
    return found


def content_type(context: dict[str, Any]) -> str | None:
    """In a browser the problem is shown on a page. Without a renderer, negotiation failed, and the answer is JSON."""
    renderer = getattr(context.get("request"), "accepted_renderer", None)
    return None if renderer is not None and renderer.format != "json" else "application/problem+json"
