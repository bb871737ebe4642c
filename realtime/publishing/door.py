"""The only door by which a message gets into a stream, and so to its subscribers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

from realtime.log.append import Append, Stored
from realtime.log.writer import log_writer


def publish(batch: Sequence[Append]) -> Future[list[Stored]]:
    """Hand messages over to the log, to be stored all or none, and then sent to every subscriber.

    Returns at once, from any thread. The future has the stored copies, in the order of the batch; or it raises
    ProtocolError: `conflict` for an id that was used for another message, `too_large`, or a retryable code when
    nothing could be stored.
    """
    return log_writer.submit(batch)
