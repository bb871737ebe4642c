from __future__ import annotations

from kitt_client.endings import Ended, end_of
from kitt_client.errors import FieldError, Refused
from kitt_client.frames import Goodbye, Refusal


def test_a_broken_line_is_1006() -> None:
    end = end_of(None, None, None, None)
    assert isinstance(end, Ended)
    assert end.code == 1006


def test_the_disconnect_frame_counts_more_than_the_close() -> None:
    end = end_of(1006, "", Goodbye(4200, "server restarting", True, 834), None)
    assert isinstance(end, Ended)
    assert (end.code, end.retry_after_ms) == (4200, 834)


def test_a_code_that_must_not_return_is_a_refusal() -> None:
    end = end_of(4008, "revoked", None, None)
    assert isinstance(end, Refused)
    assert str(end) == "4008 revoked"


def test_the_disconnect_frame_may_forbid_to_return() -> None:
    assert isinstance(end_of(1000, "", Goodbye(4300, "new", False, None), None), Refused)


def test_a_refusal_names_the_parameter_that_was_wrong() -> None:
    complaint = Refusal(
        "c", "validation_failed", "No.", False, (FieldError("/since", "wrong_type", "must be a number"),)
    )
    end = end_of(4006, "bad client_id or query", None, complaint)
    assert isinstance(end, Refused)
    assert end.reason == "bad client_id or query; /since must be a number"
