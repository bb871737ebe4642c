from __future__ import annotations

import pytest

from realtime.protocol.errors import ERRORS, ProtocolError


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_without_words_of_its_own_says_what_the_table_says(code: str) -> None:
    assert ProtocolError(code).message == ERRORS[code].message


@pytest.mark.parametrize("code", ["rate_limited", "upstream_unavailable", "storage_full", "timeout", "internal"])
def test_what_may_go_away_by_itself_is_retryable(code: str) -> None:
    assert ProtocolError(code).retryable


def test_a_mistake_of_the_senders_is_not_retryable() -> None:
    assert not ProtocolError("validation_failed").retryable
