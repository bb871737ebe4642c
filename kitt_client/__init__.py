"""The Python client of KITT: publish to its streams and follow them, across restarts and broken lines."""

from kitt_client.advice import Backoff
from kitt_client.errors import Closed, FieldError, KittError, PublishRefused, PublishTimeout, Refused
from kitt_client.frames import Message
from kitt_client.kitt import Kitt
from kitt_client.mailbox import Gap
from kitt_client.subscription import Subscription

__all__ = [
    "Backoff",
    "Closed",
    "FieldError",
    "Gap",
    "Kitt",
    "KittError",
    "Message",
    "PublishRefused",
    "PublishTimeout",
    "Refused",
    "Subscription",
]
