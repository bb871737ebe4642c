"""POST /api/messages with bodies and headers as an adversary makes them: 2xx or 4xx, never a fault of the server."""

from __future__ import annotations

import http.client
import json
import socket

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.mutations import texts
from tests.servers import Server

ROUNDS = 150
CONTENT_TYPES = [
    *["application/json", "application/json; charset=latin1", "application/json;charset=\xff", "text/plain", "*/*", ""],
    *["application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "application/"],
]
HEADERS = [
    *[{}, {"Content-Encoding": "gzip"}, {"Accept": "image/png"}, {"Accept": "text/html"}, {"Accept": "\xff;q=x"}],
    *[{"X-HTTP-Method-Override": "DELETE"}, {"Authorization": "Bearer \xff"}, {"Authorization": "Basic x"}],
    *[{"Host": "\xff"}, {"Cookie": "sessionid=\x01"}, {"X-Forwarded-For": "'"}, {"Content-Length": "-1"}],
    *[{"Content-Length": "9" * 30}, {"Content-Length": "x"}],
]
AROUND = [
    "%s",
    '{"endpoint":"freight","sender":"tms","messages":[%s]}',
    '{"endpoint":"freight","sender":"tms","messages":[%s,%s]}',
    '{"endpoint":%s,"sender":"tms"}',
    '{"endpoint":"freight","sender":%s,"type":"route_update","payload":{"shipment_id":"SH-1"}}',
    '{"endpoint":"freight","sender":"tms","type":"route_update","payload":%s}',
]
MESSAGE = json.dumps({"type": "route_update", "payload": {"shipment_id": "SH-1"}})

bodies = st.one_of(
    st.builds(
        lambda around, text: around.replace("%s", text).encode(), st.sampled_from(AROUND), texts | st.just(MESSAGE)
    ),
    st.binary(max_size=200),
)
methods = st.sampled_from(["POST"] * 6 + ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FUZZ"])


def test_it_is_stored_or_refused(server: Server) -> None:
    before = len(server.log.read_text())

    @settings(max_examples=ROUNDS, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
    @given(
        methods,
        bodies,
        st.sampled_from(["application/json"] * 5 + CONTENT_TYPES),
        st.sampled_from(HEADERS),
        st.booleans(),
    )
    # What Django would log with a traceback.
    @example("POST", b"{}", "application/json", {"Host": "\xff"}, False)
    @example("POST", b"x", "multipart/form-data", {"Host": "\xff"}, False)
    def send(method: str, body: bytes, content_type: str, headers: dict[str, str], chunked: bool) -> None:
        assert 200 <= status(server, method, body, {"Content-Type": content_type, **headers}, chunked=chunked) < 500

    send()
    log = server.log.read_text()[before:]
    assert "Traceback" not in log
    assert "Internal Server Error" not in log


def status(server: Server, method: str, body: bytes, headers: dict[str, str], *, chunked: bool) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
    whole = "Content-Length" not in headers
    try:
        connection.putrequest(method, "/api/messages", skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value.encode("latin1"))
        if whole and chunked:
            connection.putheader("Transfer-Encoding", "chunked")
            body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
        elif whole:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        connection.send(body)
        if not whole:
            # What is announced never comes.
            connection.sock.shutdown(socket.SHUT_WR)
        return connection.getresponse().status
    except (http.client.RemoteDisconnected, OSError):
        assert not whole, "no answer"
        return 400
    finally:
        connection.close()
