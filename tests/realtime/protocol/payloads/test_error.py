"""What an error must hold and what is refused."""

from realtime.protocol.checks import check_payload
from realtime.protocol.errors import ERRORS
from realtime.protocol.payloads.error import ErrorReport
from tests.realtime.protocol.payloads.changes import NOW
from tests.realtime.protocol.payloads.examples import MINIMAL

TYPE = "error"
REQUIRED = ["/code", "/message"]
ACCEPTED = [
    ("/message", "x"),
    ("/message", "x" * 500),
    ("/retry_after_s", 0),
    ("/errors", []),
    ("/errors", [{"path": "/a"}] * 50),
    ("/errors/0/path", ""),
    ("/errors/0/path", "/a~1b/~0/"),
    ("/errors/0/limit", "1650 cm"),
]
REFUSED = [
    ("/message", "", "out_of_bounds"),
    ("/message", "x" * 501, "out_of_bounds"),
    ("/rejected_type", 5, "wrong_type"),
    ("/retryable", "no", "wrong_type"),
    ("/retry_after_s", -1, "out_of_bounds"),
    ("/errors", [{}] * 51, "out_of_bounds"),
    ("/errors/0/path", "items.0", "bad_format"),
    ("/errors/0/path", "/a~2", "bad_format"),
    ("/errors/0/limit", [], "wrong_type"),
    ("/code", 404, "wrong_type"),
]
ENUMS = {"/code": " ".join(ERRORS)}


def test_the_codes_are_those_of_the_one_table() -> None:
    (error,) = check_payload(MINIMAL[TYPE] | {"code": "oops"}, ErrorReport, now=NOW)
    assert error.message == f"must be one of {', '.join(sorted(ERRORS))}"
