"""A proxy in front of an engine's socket that delays, stalls, cuts, refuses and talks nonsense."""

from __future__ import annotations

import contextlib
import io
import queue
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from tests.engines.proxy_http import Request, read_request, refusal

_CHUNK = 1 << 18


@dataclass(slots=True)
class Direction:
    """One direction of all connections; set the attributes while the proxy runs."""

    delay: float = 0.0
    """Seconds that every piece is under way; pieces overlap as on a real line."""
    cut_after: int | None = None
    """A connection is cut when it has carried that many bytes in this direction."""
    bytes: int = 0
    """Bytes carried so far, all connections together."""


class FaultProxy:
    """A unix socket at `path` in front of the engine at `engine`; faults are set by attributes."""

    def __init__(self, engine: Path, path: Path) -> None:
        self.url = f"unix://{path}"
        self.path = path
        self.engine = engine
        self.to_engine = Direction()
        self.to_client = Direction()
        self.stalled = False
        """Nothing moves any more in either direction; connections are accepted."""
        self.garbage: bytes | None = None
        """Answer to every request on a new connection, which is then closed."""
        self.refused_methods: frozenset[str] = frozenset()
        """HTTP methods that get 403, as from an authorising proxy."""
        self.lost_methods: frozenset[str] = frozenset()
        """HTTP methods whose answers are lost: the engine gets the call, and the client is cut."""
        self.before: Callable[[str], None] | None = None
        """Called with `METHOD /path?query` before a request is passed on."""
        self.requests: list[str] = []
        """`METHOD /path?query` of every request so far."""
        self.round_trips = 0
        """The longest chain of requests so far, each made after the answer to one before came."""
        self.connections = 0
        self.lock = threading.Lock()
        self._open: set[_Connection] = set()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(128)
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def reset_counts(self) -> None:
        """Begin to count anew."""
        with self.lock:
            self.requests.clear()
            self.round_trips = self.connections = 0
            self.to_engine.bytes = self.to_client.bytes = 0

    def cut(self) -> None:
        """Cut every open connection now."""
        with self.lock:
            connections = list(self._open)
        for connection in connections:
            connection.close()

    def close(self) -> None:
        """Accept nothing more and cut every connection."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        self.path.unlink(missing_ok=True)

    def answered(self, trips: int) -> None:
        """Called when the answer to a request came, the last one of a chain of so many."""
        with self.lock:
            self.round_trips = max(self.round_trips, trips)

    def forget(self, connection: _Connection) -> None:
        """Called by a connection that ended."""
        with self.lock:
            self._open.discard(connection)

    def _accept(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            connection = _Connection(self, client)
            with self.lock:
                self.connections += 1
                self._open.add(connection)
            connection.start()


class _Connection:
    """One client and its connection to the engine."""

    def __init__(self, proxy: FaultProxy, client: socket.socket) -> None:
        self.proxy = proxy
        self.closed = threading.Event()
        self._client = client
        self._engine = socket.socket(socket.AF_UNIX)
        self._to_engine = _Line(self, proxy.to_engine, self._engine)
        self._to_client = _Line(self, proxy.to_client, client)
        self._asked = 0
        """The longest chain that ends in a request which reached the engine here."""
        self._loses = False
        """Whether the next answer is lost."""

    def start(self) -> None:
        """Serve the client in threads of our own."""
        try:
            self._engine.connect(str(self.proxy.engine))
        except OSError:
            self.close()
            return
        lines = (self._to_engine.carry, self._to_client.carry)
        for work in (*lines, self._pump_requests, self._pump_answers):
            threading.Thread(target=work, daemon=True).start()

    def close(self) -> None:
        """Cut both ends."""
        self.closed.set()
        for end in (self._client, self._engine):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.proxy.forget(self)

    def _pump_requests(self) -> None:
        with contextlib.suppress(OSError, ValueError), self._client.makefile("rb") as reader:
            while (request := read_request(reader)) is not None:
                asked = f"{request.method} {request.target}"
                self.proxy.requests.append(asked)
                if self.proxy.before is not None:
                    self.proxy.before(asked)
                if not self._pass(request, reader):
                    return
            self._to_engine.end()

    def _pass(self, request: Request, reader: io.BufferedReader) -> bool:
        """Pass one request on; False when the connection ends with our own answer."""
        proxy = self.proxy
        if proxy.garbage is not None:
            self._to_client.send(proxy.garbage)
        elif request.method in proxy.refused_methods:
            if not request.hijacks:
                for _ in request.body(reader):
                    pass
            self._to_client.send(refusal(request))
        else:
            trip = proxy.round_trips + 1
            self._loses = request.method in proxy.lost_methods
            self._ask(request.head, trip)
            for piece in request.body(reader):
                self._ask(piece, proxy.round_trips + 1 if request.hijacks else trip)
            return True
        self._to_client.end(cut=True)
        return False

    def _ask(self, piece: bytes, trip: int) -> None:
        def asked() -> None:
            self._asked = max(self._asked, trip)

        self._to_engine.send(piece, asked)

    def _pump_answers(self) -> None:
        with contextlib.suppress(OSError):
            while piece := self._engine.recv(_CHUNK):
                if self._loses:
                    self.close()
                    return
                self._to_client.send(piece, partial(self.proxy.answered, self._asked))
        self._to_client.end()


class _Piece(NamedTuple):
    """Bytes under way."""

    due: float
    data: bytes
    """Empty at the end of a direction."""
    cut: bool = False
    """The other direction ends too."""
    arrives: Callable[[], None] | None = None
    """Called when they are due."""


@dataclass(slots=True)
class _Line:
    """Pieces under way to one end of a connection."""

    connection: _Connection
    direction: Direction
    end_point: socket.socket
    pieces: queue.Queue[_Piece] = field(default_factory=lambda: queue.Queue(64))
    carried: int = 0

    def send(self, data: bytes, arrives: Callable[[], None] | None = None) -> None:
        """Put a piece on its way."""
        self.pieces.put(_Piece(self._due(), data, arrives=arrives))

    def end(self, *, cut: bool = False) -> None:
        """Nothing more comes this way; `cut` ends the other direction too."""
        self.pieces.put(_Piece(self._due(), b"", cut))

    def _due(self) -> float:
        return time.monotonic() + self.direction.delay

    def carry(self) -> None:
        """Deliver the pieces, each when it is due."""
        closed = self.connection.closed
        with contextlib.suppress(OSError):
            while True:
                piece = self.pieces.get()
                closed.wait(max(0.0, piece.due - time.monotonic()))
                while self.connection.proxy.stalled and not closed.wait(0.01):
                    pass
                if closed.is_set() or piece.cut:
                    break
                if piece.arrives:
                    piece.arrives()
                if not piece.data:
                    self.end_point.shutdown(socket.SHUT_WR)
                elif not self._deliver(piece.data):
                    break
        self.connection.close()

    def _deliver(self, piece: bytes) -> bool:
        limit = self.direction.cut_after
        allowed = piece if limit is None else piece[: max(0, limit - self.carried)]
        self.end_point.sendall(allowed)
        self.carried += len(allowed)
        with self.connection.proxy.lock:
            self.direction.bytes += len(allowed)
        return len(allowed) == len(piece)
