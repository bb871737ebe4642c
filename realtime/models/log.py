"""The log: a stream an endpoint, and every message that was accepted, in its order."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models


def new_epoch() -> str:
    return secrets.token_hex(8)


class Stream(models.Model):
    """The order of one endpoint. `head` is the offset of its newest message, 0 where there is none.

    The epoch names one history: where it differs, offsets of the other say nothing.
    """

    endpoint = models.CharField(max_length=32, primary_key=True)
    epoch = models.CharField(max_length=64, default=new_epoch)
    head = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["endpoint"]

    def __str__(self) -> str:
        return f"{self.endpoint} at {self.head}"


class Message(models.Model):
    """A stored message. `envelope` is the frame that every subscriber got, to the letter."""

    # The constraints begin with it, which makes an index of its own a waste.
    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="messages", db_index=False)
    offset = models.PositiveBigIntegerField()
    message_id = models.CharField(max_length=128)
    type = models.CharField(max_length=64)
    sender = models.CharField(max_length=64)
    correlation_id = models.CharField(max_length=128)
    sent_at = models.DateTimeField()
    stored_at = models.DateTimeField()
    envelope = models.TextField()

    class Meta:
        ordering: ClassVar = ["stream", "offset"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "offset"], name="message_offset"),
            # The key of safe resends; with its first two columns, the index by sender as well.
            models.UniqueConstraint(fields=["stream", "sender", "message_id"], name="message_sender_id"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["stream", "correlation_id"], name="message_correlation"),
            models.Index(fields=["stored_at"], name="message_stored_at"),
        ]

    def __str__(self) -> str:
        return f"{self.stream_id} {self.offset} {self.type}"


class MessageShipment(models.Model):
    """A shipment that a message speaks of, for search."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="shipments", db_index=False)
    shipment_id = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "shipment_id"], name="message_shipment"),
        ]

    def __str__(self) -> str:
        return self.shipment_id
