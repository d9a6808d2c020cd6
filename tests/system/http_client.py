"""A lightweight HTTP client: one connection, one request at a time."""

import asyncio
import json
import re
from typing import Any, Self

import httpx


class Refused(AssertionError):
    """Raised if a response has another status than 200."""

    def __init__(self, status: int, response: bytes) -> None:
        super().__init__(status, response)
        self.status = status


class Client:
    """A connection to a server, for requests that must succeed."""

    def __init__(self, url: str, token: str) -> None:
        parts = httpx.URL(url)
        self._address = parts.host, parts.port
        self._head = f"Host: {parts.host}\r\nAuthorization: Bearer {token}"

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(*self._address)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def post(self, path: str, body: dict[str, object]) -> Any:
        """Send a POST request and return its response."""
        return await self.request("POST", path, json.dumps(body))

    async def request(self, method: str, path: str, content: str = "", content_type: str = "application/json") -> Any:
        """Send a request and return its response."""
        head = f"{method} {path} HTTP/1.1\r\n{self._head}\r\nContent-Type: {content_type}"
        self._writer.write(f"{head}\r\nContent-Length: {len(content)}\r\n\r\n{content}".encode())
        answer = await self._reader.readuntil(b"\r\n\r\n")
        (length,) = re.findall(rb"(?i)content-length: ([0-9]+)", answer)
        body = await self._reader.readexactly(int(length))
        if (status := int(answer[9:12])) != 200:
            raise Refused(status, body)
        return json.loads(body)
