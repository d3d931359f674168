"""Requests in a client's byte stream, as far as a proxy must know them (RFC 9112)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

_CHUNK = 1 << 16
_HIJACKING = re.compile(r"/(containers/[^/]+/attach|exec/[^/]+/start|session|grpc)(\?|$)")


@dataclass(frozen=True, slots=True)
class Request:
    """The head of one request."""

    method: str
    target: str
    head: bytes

    @property
    def hijacks(self) -> bool:
        """Whether the connection is a raw stream after the head."""
        asks = self._header("upgrade") and self.method in {"GET", "POST"}
        return bool(asks or (self.method == "POST" and _HIJACKING.search(self.target)))

    def body(self, reader: BufferedReader) -> Iterator[bytes]:
        """Pieces of the body as they come; of a hijacked connection everything that follows."""
        if self.hijacks:
            yield from _pieces(reader)
        elif self._header("transfer-encoding").lower() == "chunked":
            yield from _chunked(reader)
        else:
            yield from _pieces(reader, int(self._header("content-length") or 0))

    def _header(self, name: str) -> str:
        pattern = rb"\r\n" + name.encode() + rb":[ \t]*([^\r\n]*)"
        found = re.search(pattern, self.head, re.IGNORECASE)
        return found[1].decode("latin-1").strip() if found else ""


def read_request(reader: BufferedReader) -> Request | None:
    """The next request; None at the end of the stream. `ValueError` when it is no HTTP."""
    head = bytearray()
    while not head.endswith(b"\r\n\r\n"):
        line = reader.readline(_CHUNK)
        if not line:
            return None
        head += line
    method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    return Request(method, target, bytes(head))


def refusal(request: Request) -> bytes:
    """The answer of a proxy that does not allow the request."""
    said = json.dumps({"message": f"{request.method} {request.target} is forbidden by the proxy"})
    return (
        "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nConnection: close\r\n"
        f"Content-Length: {len(said)}\r\n\r\n{said}"
    ).encode()


def _pieces(reader: BufferedReader, length: int | None = None) -> Iterator[bytes]:
    left = length
    while left is None or left > 0:
        # `makefile("rb")` gives a BufferedReader; read1 returns what is there, at least one byte.
        size = _CHUNK if left is None else min(left, _CHUNK)
        piece = reader.read1(size)
        if not piece:
            return
        yield piece
        left = None if left is None else left - len(piece)


def _chunked(reader: BufferedReader) -> Iterator[bytes]:
    while line := reader.readline(_CHUNK):
        yield line
        size = int(line.split(b";")[0], 16)
        if size == 0:
            while (trailer := reader.readline(_CHUNK)) not in {b"\r\n", b""}:
                yield trailer
            yield b"\r\n"
            return
        yield from _pieces(reader, size + 2)
