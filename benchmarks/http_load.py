"""Send requests from many clients as fast as the server answers.

Runs in a separate process that reads a JSON specification from standard input and prints the figures as JSON.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter
from typing import cast

import uvloop  # takes less of the processors from the servers than asyncio's own loop


@dataclass
class Load:
    """The responses that the clients have received so far."""

    requests: Iterator[bytes]
    deadline: float
    counting: float
    statuses: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)


class Client(asyncio.Protocol):
    """A keep-alive connection with one request at a time."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._received = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is not a subclass of it
        self._send_next_request()

    def data_received(self, data: bytes) -> None:
        """Count a complete response and send the next request."""
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator or len(body) < _length(head):
            return
        now, self._waiting = perf_counter(), False
        status = head[9:12].decode()
        self._load.statuses[status] += 1
        if status == "200" and self._load.counting <= now < self._load.deadline:
            self._load.latencies.append(now - self._sent_at)
        if status == "200" and now < self._load.deadline:
            self._send_next_request()
        else:  # a server closes the connection after an internal error
            self._transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        """Finish, and count a connection that was closed without a response."""
        if self._waiting:
            self._load.statuses["closed"] += 1
        self.done.set_result(None)

    def _send_next_request(self) -> None:
        self._received, self._waiting = b"", True
        self._sent_at = perf_counter()
        self._transport.write(next(self._load.requests))


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


def _requests(spec: dict[str, str], ids: Iterator[int]) -> Iterator[bytes]:
    """Yield the requests, with `{id}` in the body replaced by the next ID."""
    for number in ids:
        body = spec["body"].replace("{id}", str(number)).encode()
        head = f"{spec['method']} {spec['path']} HTTP/1.1\r\n{spec['headers']}Content-Length: {len(body)}\r\n\r\n"
        yield head.encode() + body


async def _run(port: int, clients: int, load: Load) -> None:
    async def keep_busy() -> None:
        while perf_counter() < load.deadline:
            _, client = await loop.create_connection(lambda: Client(load), "127.0.0.1", port)
            await client.done

    loop = asyncio.get_running_loop()
    await asyncio.gather(*(keep_busy() for _ in range(clients)))


def main() -> None:
    """Send the requests specified on standard input and print the figures."""
    spec = json.load(sys.stdin)
    start = perf_counter() + spec["warm_up"]
    ids = count(spec["first_id"])
    load = Load(_requests(spec, ids), start + spec["seconds"], start)
    uvloop.run(_run(spec["port"], spec["clients"], load))
    slowest = sorted(load.latencies)[len(load.latencies) * 99 // 100]
    rate = len(load.latencies) / spec["seconds"]
    print(json.dumps({"statuses": load.statuses, "rate": rate, "p99": slowest, "next_id": next(ids)}))


if __name__ == "__main__":
    main()
