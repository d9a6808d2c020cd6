"""A client that requests a large response and does not read it."""

import socket
from pathlib import Path
from typing import Any, ClassVar

from tests.conftest import wait_until
from tests.server.conftest import Api, Serve

from tasktimer.server.protocol import HeaderLimitProtocol

TEXT = "\U0001f600" * 10_000  # 40,000 bytes
LARGE = 200  # tasks, whose response is larger than the buffers of both sockets


class ImpatientProtocol(HeaderLimitProtocol):
    write_timeout = 0.2
    lost: ClassVar[set[Any]] = set()  # the addresses of clients whose connections have ended

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.lost.add(self.client)


def fill(api: Api) -> None:
    task = {"user_id": 42, "description": TEXT, "start_time": "2023-07-16T09:00:00Z"}
    for _ in range(LARGE // 20):
        tasks = [{**task, "end_time": f"2023-07-16T09:00:{second:02}Z"} for second in range(20)]
        assert api.post("/tasks", {"tasks": tasks}).status_code == 200


def request(api: Api) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(60)
    connection.connect((api.client.base_url.host, api.client.base_url.port or 80))
    token = f"Authorization: Bearer {api.tokens['admin']}"
    lines = ("GET /times?user_id=42&date=2023-07-16 HTTP/1.1", "Host: localhost", "Connection: close", token, "", "")
    connection.sendall("\r\n".join(lines).encode())
    return connection


def test_connection_of_client_that_does_not_read_is_closed(serve: Serve, tmp_path: Path) -> None:
    api = serve(str(tmp_path / "tasks.db"), protocol=ImpatientProtocol)
    fill(api)
    with request(api) as connection:
        assert connection.recv(9) == b"HTTP/1.1 "
        wait_until(lambda: connection.getsockname() in ImpatientProtocol.lost)


def test_client_that_reads_slowly_receives_everything(serve: Serve, tmp_path: Path) -> None:
    api = serve(str(tmp_path / "tasks.db"), protocol=HeaderLimitProtocol)
    fill(api)
    size = 0
    with request(api) as connection:
        while piece := connection.recv(10_000):
            size += len(piece)
    assert size > LARGE * 40_000
