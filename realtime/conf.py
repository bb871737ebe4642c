"""KITT's own settings: one typed table, read from the environment once, checked at start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from realtime.networks import require_networks
from realtime.protocol.sizes import SizeLimits

# Up to a year: timedelta and timers overflow far above it.
Seconds = Annotated[float, msgspec.Meta(gt=0, le=366 * 86_400)]
Count = Annotated[int, msgspec.Meta(ge=1)]
CountOrOff = Annotated[int, msgspec.Meta(ge=0)]


# Separated by commas.
LISTS = ("allowed_origins", "trusted_proxies")


class KittSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable KITT_<FIELD>, in capitals. docs/operations.md explains them."""

    allowed_origins: tuple[str, ...] = ("*",)
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    https: bool = False

    auth: Literal["open", "token"] = "open"
    allow_open: bool = False
    token_secret: str = ""
    token_public_key_file: str = ""
    token_jwks_file: str = ""
    token_audience: str = ""
    max_failed_logins: Count = 10
    failed_login_interval: Seconds = 60.0

    heartbeat_interval: Seconds = 25.0
    stale_after: Seconds = 60.0
    sweep_interval: Seconds = 30.0
    lease_interval: Seconds = 5.0
    lease_timeout: Seconds = 20.0
    flush_interval: Seconds = 5.0
    send_timeout: Seconds = 10.0
    connect_timeout: Seconds = 10.0
    probe_timeout: Seconds = 2.0
    drain_time: Seconds = 5.0
    poll_interval: Seconds = 0.25
    database_timeout: Seconds = 5.0

    max_message_bytes: Count = 64 * 1024
    max_packing_result_bytes: Count = 1024 * 1024
    max_broadcast_bytes: Count = 256 * 1024
    max_connections: Count = 10_000
    max_connections_per_client: CountOrOff = 100
    max_connections_per_address: CountOrOff = 2000
    max_unfinished_requests: Count = 1000
    max_bad_frames: Count = 10
    max_uncommitted: Count = 100
    max_replay: Count = 1000
    rate_limit: CountOrOff = 20
    rate_burst: Count = 40
    max_rate_limited: Count = 100

    @property
    def inbound_limits(self) -> SizeLimits:
        return SizeLimits(self.max_message_bytes, self.max_packing_result_bytes)

    @property
    def outbound_limits(self) -> SizeLimits:
        return SizeLimits(self.max_broadcast_bytes, self.max_packing_result_bytes)

    @property
    def flush_slack(self) -> float:
        """How much older than the truth a heartbeat in the table may be, in seconds: three flushes."""
        return 3 * self.flush_interval

    def __repr__(self) -> str:
        """Without the secret: Django's error pages show every setting."""
        shown = msgspec.structs.asdict(self) | {"token_secret": "***"}
        return f"KittSettings({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


def variable_of(field: str) -> str:
    return f"KITT_{field.upper()}"


def from_environment(environ: Mapping[str, str], *, debug: bool = True) -> KittSettings:
    """The defaults, changed by the variables that are set and not empty. Raises ImproperlyConfigured.

    Without `debug` the door is not open by default.
    """
    values: dict[str, Any] = {} if debug else {"auth": "token"}
    for field in msgspec.structs.fields(KittSettings):
        text = environ.get(variable_of(field.name), "").strip()
        if text:
            values[field.name] = read(text, field)
    return KittSettings(**values)


def read(text: str, field: msgspec.structs.FieldInfo) -> object:
    value = [part.strip().lower() for part in text.split(",") if part.strip()] if field.name in LISTS else text
    try:
        found = msgspec.convert(value, field.type, strict=False)
        if field.name == "trusted_proxies":
            # uvicorn takes what it cannot read for a name that no client ever has.
            require_networks(found)
        return found
    except (msgspec.ValidationError, ValueError) as error:
        raise ImproperlyConfigured(f"{variable_of(field.name)}={text!r}: {error}") from None


def kitt_settings() -> KittSettings:
    """The settings in force. Read where they are used, so that a test can change them."""
    found: KittSettings = settings.KITT
    return found
