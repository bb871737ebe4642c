"""Daphne's HTTP, with an end for clients that do not send their request."""

from __future__ import annotations

from typing import Any, ClassVar

from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

from realtime.server.unfinished import RequestWait, Unfinished


class Channel(HTTPChannel):
    """Twisted's own time limit begins anew with every byte."""

    unfinished: ClassVar = Unfinished()

    def connectionMade(self) -> None:
        super().connectionMade()  # type: ignore[no-untyped-call]
        self.request_wait = RequestWait(self.unfinished, self.timeoutConnection)
        self.request_wait.begin()

    def rawDataReceived(self, data: bytes) -> None:
        self.request_wait.go_on()
        super().rawDataReceived(data)

    def allContentReceived(self) -> None:
        self.request_wait.end()
        super().allContentReceived()  # type: ignore[no-untyped-call]

    def requestDone(self, request: Any) -> None:
        self.request_wait.begin()
        super().requestDone(request)  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.request_wait.end()
        super().connectionLost(reason)  # type: ignore[no-untyped-call]
