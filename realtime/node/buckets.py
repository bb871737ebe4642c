"""The token buckets of clients that have left: who comes back at once has not got a new burst."""

from __future__ import annotations

import asyncio

from realtime.conf import kitt_settings
from realtime.limits import TokenBucket

Sender = tuple[str, str]
"""Endpoint and client_id."""


class Buckets:
    """Each is kept until it would be full again; then a new one is as good."""

    def __init__(self) -> None:
        self.left: dict[Sender, TokenBucket] = {}

    def take(self, sender: Sender) -> TokenBucket:
        settings = kitt_settings()
        return self.left.pop(sender, None) or TokenBucket(settings.rate_limit, settings.rate_burst)

    def keep(self, sender: Sender, bucket: TokenBucket) -> None:
        if bucket.rate and bucket.tokens < bucket.burst:
            self.left[sender] = bucket
            asyncio.get_running_loop().call_later(bucket.burst / bucket.rate, self.forget, sender, bucket)

    def forget(self, sender: Sender, bucket: TokenBucket) -> None:
        if self.left.get(sender) is bucket:
            del self.left[sender]
