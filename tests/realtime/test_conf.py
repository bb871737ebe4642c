"""KITT_* variables become typed settings."""

from __future__ import annotations

import msgspec
import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from realtime.conf import KittSettings, from_environment, kitt_settings, variable_of

TEXTS = ["token_secret", "token_public_key_file", "token_jwks_file", "token_audience"]
NO_NUMBERS = {"allowed_origins", "trusted_proxies", "auth", "allow_open", "https", *TEXTS}
NUMBERS = [name for name in KittSettings.__struct_fields__ if name not in NO_NUMBERS]
MAY_BE_OFF = {"rate_limit", "max_connections_per_client", "max_connections_per_address"}
POSITIVE = [name for name in NUMBERS if name not in MAY_BE_OFF]


def test_without_variables_the_defaults_hold() -> None:
    assert from_environment({}) == KittSettings()


@pytest.mark.parametrize("field", NUMBERS)
def test_each_number_is_read_from_its_variable(field: str) -> None:
    assert from_environment({variable_of(field): "7"}) == msgspec.structs.replace(KittSettings(), **{field: 7})


def test_origins_are_separated_by_commas() -> None:
    settings = from_environment({"KITT_ALLOWED_ORIGINS": "https://a.example, http://localhost:3000"})
    assert settings.allowed_origins == ("https://a.example", "http://localhost:3000")


def test_origins_may_be_written_with_capitals() -> None:
    """Browsers send them in small letters."""
    assert from_environment({"KITT_ALLOWED_ORIGINS": "https://A.Example"}).allowed_origins == ("https://a.example",)


@pytest.mark.parametrize("field", KittSettings.__struct_fields__)
def test_an_empty_variable_means_the_default(field: str) -> None:
    assert from_environment({variable_of(field): "  "}) == KittSettings()


@pytest.mark.parametrize("text", ["x", "0", "-1", "nan", "1 s"])
@pytest.mark.parametrize("field", POSITIVE)
def test_a_bad_number_is_refused_with_the_variables_name(field: str, text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{variable_of(field)}='{text}'"):
        from_environment({variable_of(field): text})


def test_seconds_may_have_a_fraction() -> None:
    assert from_environment({"KITT_FLUSH_INTERVAL": "0.5"}).flush_interval == 0.5


def test_seconds_must_be_finite() -> None:
    with pytest.raises(ImproperlyConfigured, match="KITT_LEASE_TIMEOUT"):
        from_environment({"KITT_LEASE_TIMEOUT": "inf"})


def test_counts_are_whole() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"KITT_MAX_CONNECTIONS='1\.5'"):
        from_environment({"KITT_MAX_CONNECTIONS": "1.5"})


@pytest.mark.parametrize("field", sorted(MAY_BE_OFF))
def test_some_limits_may_be_off(field: str) -> None:
    assert getattr(from_environment({variable_of(field): "0"}), field) == 0


@pytest.mark.parametrize("field", MAY_BE_OFF)
def test_a_limit_that_may_be_off_is_not_negative(field: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{variable_of(field)}='-1'"):
        from_environment({variable_of(field): "-1"})


def test_proxies_are_separated_by_commas() -> None:
    settings = from_environment({"KITT_TRUSTED_PROXIES": "10.0.0.0/8, ::1"})
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1")


@pytest.mark.parametrize("text", ["*", "none"])
def test_everybody_or_nobody_may_be_trusted(text: str) -> None:
    assert from_environment({"KITT_TRUSTED_PROXIES": text}).trusted_proxies == (text,)


@pytest.mark.parametrize("text", ["10.0.0.256", "10.0.0.1/8", "nginx", "::1, nginx", "*, ::1", "::1, none"])
def test_what_is_no_address_of_a_proxy_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="KITT_TRUSTED_PROXIES="):
        from_environment({"KITT_TRUSTED_PROXIES": text})


def test_other_variables_are_not_looked_at() -> None:
    assert from_environment({"STALE_AFTER": "x", "KITT_SOMETHING": "x"}) == KittSettings()


@pytest.mark.parametrize("field", TEXTS)
def test_each_text_is_read_from_its_variable(field: str) -> None:
    assert getattr(from_environment({variable_of(field): " a text "}), field) == "a text"


@pytest.mark.parametrize(("debug", "auth"), [(True, "open"), (False, "token")])
def test_the_door_is_open_by_default_only_while_debug_is_on(debug: bool, auth: str) -> None:
    assert from_environment({}, debug=debug).auth == auth
    assert from_environment({"KITT_AUTH": "open"}, debug=debug).auth == "open"
    assert from_environment({"KITT_AUTH": "token"}, debug=debug).auth == "token"


def test_there_is_no_third_way_to_open_the_door() -> None:
    with pytest.raises(ImproperlyConfigured, match="KITT_AUTH='off'"):
        from_environment({"KITT_AUTH": "off"})


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("False", False), ("0", False)])
def test_a_switch_takes_the_usual_words(text: str, value: bool) -> None:
    assert from_environment({"KITT_ALLOW_OPEN": text}).allow_open is value


def test_the_secret_is_not_shown_with_the_settings() -> None:
    settings = from_environment({"KITT_TOKEN_SECRET": "hunter2"})
    assert "hunter2" not in repr(settings)
    assert "rate_limit=20" in repr(settings)


def test_packing_results_have_a_limit_of_their_own_in_both_directions() -> None:
    settings = KittSettings(max_message_bytes=1, max_broadcast_bytes=2, max_packing_result_bytes=3)
    assert (settings.inbound_limits.of("notification"), settings.inbound_limits.of("packing_result")) == (1, 3)
    assert (settings.outbound_limits.of("notification"), settings.outbound_limits.of("packing_result")) == (2, 3)


def test_the_settings_in_force_are_djangos(settings: Settings) -> None:
    changed = KittSettings(stale_after=1)
    settings.KITT = changed
    assert kitt_settings() is changed
