"""Everything that is counted. docs/metrics.md explains it to operators."""

from __future__ import annotations

from realtime.metrics.numbers import Counter, Gauge, HighWater, Histogram, Metric
from realtime.protocol.close_codes import ABNORMAL, REASONS
from realtime.protocol.endpoints import ENDPOINTS, HEARTBEAT
from realtime.protocol.errors import ERRORS
from realtime.version import VERSION

ENDPOINT = [(name,) for name in ENDPOINTS]
TYPES = [(endpoint.name, each) for endpoint in ENDPOINTS.values() for each in endpoint.types]
STORED_TYPES = [(endpoint, each) for endpoint, each in TYPES if each != HEARTBEAT]
CLOSES = [(name, str(code)) for name in ENDPOINTS for code in (*REASONS, ABNORMAL)]
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
BATCHES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1000.0)

HERE, ELSEWHERE = "here", "elsewhere"

PROCESSES = Gauge("kitt_processes", "Server processes that work.", "version", known=[(VERSION,)])
PROCESSES.add((VERSION,))
CONNECTIONS = Gauge("kitt_connections", "Sockets that are open.", "endpoint", known=ENDPOINT)
MESSAGES_IN = Counter(
    "kitt_messages_in", "Frames that sockets sent and that were accepted.", "endpoint", "type", known=TYPES
)
MESSAGES_STORED = Counter(
    "kitt_messages_stored", "New messages in the log, from any sender.", "endpoint", "type", known=STORED_TYPES
)
MESSAGES_OUT = Counter("kitt_messages_out", "Frames handed to sockets.", "endpoint", "type", known=TYPES)
BYTES_IN = Counter("kitt_bytes_in", "Text that sockets sent.", "endpoint", known=ENDPOINT)
BYTES_OUT = Counter("kitt_bytes_out", "Text handed to sockets.", "endpoint", known=ENDPOINT)
COMMIT_MESSAGES = Histogram("kitt_commit_messages", "Messages in one transaction of the log.", bounds=BATCHES)
COMMIT_SECONDS = Histogram("kitt_commit_seconds", "Duration of one transaction of the log.", bounds=SECONDS)
COMMIT_FAILURES = Counter("kitt_commit_failures", "Transactions that the database did not take.", known=[()])
DELIVERY_SECONDS = Histogram(
    "kitt_delivery_seconds",
    "From the commit of a message until it was handed to the sockets of a process.",
    "endpoint",
    "origin",
    bounds=SECONDS,
    known=[(name, HERE) for name in ENDPOINTS],
)
WRITE_BUFFER_BYTES = HighWater("kitt_write_buffer_max_bytes", "The fullest write buffer of a socket lately.")
GAP_REPAIRS = Counter("kitt_gap_repairs", "Gaps in a stream that were read from the log.", "endpoint", known=ENDPOINT)
RECOVERIES = Counter(
    "kitt_recoveries",
    "Clients that came back with the last offset they saw.",
    "endpoint",
    "recovered",
    known=[(name, outcome) for name in ENDPOINTS for outcome in ("true", "false")],
)
DISCONNECTS = Counter(
    "kitt_disconnects", "Sockets that ended after they had been let in.", "endpoint", "code", known=CLOSES
)
REFUSED_CONNECTIONS = Counter(
    "kitt_refused_connections", "Sockets that were not let in.", "endpoint", "code", known=CLOSES
)
REFUSED_MESSAGES = Counter(
    "kitt_refused_messages",
    "Frames that were answered with an error.",
    "endpoint",
    "code",
    known=[(name, code) for name in ENDPOINTS for code in ERRORS],
)
SWEEPS = Counter("kitt_sweeps", "Sweeps of the connection table.", known=[()])
SWEPT_CONNECTIONS = Counter(
    "kitt_swept_connections", "Connections that a sweep dealt with.", "action", known=[("reaped",), ("asked",)]
)

METRICS: dict[str, Metric] = {
    metric.name: metric for metric in list(globals().values()) if isinstance(metric, Counter | Histogram)
}


def code_label(code: int) -> str:
    """A client may close with any code from 1000 to 4999: those that mean nothing here share one label."""
    return str(code) if code in REASONS or 1000 <= code <= 1015 else "other"
