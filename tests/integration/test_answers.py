"""Whatever answers in an engine's place: one clear error, never a traceback, never a lie."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tui.engine import Engine, EngineError, resolve
from tui.engine.errors import (
    EngineFailed,
    EngineTimeout,
    EngineUnreachable,
    ProtocolError,
    VolumeNotFound,
)
from tui.engine.model import Volume

VERSION = {"ApiVersion": "1.44", "Version": "25.0", "Os": "linux", "Arch": "amd64"}
VOLUME = {"Name": "data", "Driver": "local"}
CONTAINER = {"Id": "abc", "Names": ["/web"], "State": "running"}
POINT = {"Type": "volume", "Name": "data", "Destination": "/d", "RW": True}
DEEP = b"[" * 200_000 + b"]" * 200_000
DEADLINE = 0.4


class Answers:
    """Something on a unix socket that answers each path as it was told, byte by byte."""

    def __init__(self, path: Path) -> None:
        self.url = f"unix://{path}"
        self.raw: dict[str, list[bytes]] = {}
        """Pieces of the whole answer; the last one is repeated until the client is gone."""
        self.asked: list[str] = []
        self._drips = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        self.says("/version", VERSION)
        self.says("/info", {"ID": "1", "Name": "host"})
        self.says("/volumes", {"Volumes": [VOLUME]})
        self.says("/containers/json", [])

    def says(self, path: str, answer: object, status: str = "200 OK") -> None:
        """Answer with JSON, or with bytes as they are."""
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.raw[path] = [head.encode() + body]

    def close(self) -> None:
        """Stop, and wait for every thread."""
        self._drips.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            target = client.recv(65536).decode().split(" ")[1]
            self.asked.append(target)
            path = target.partition("?")[0]
            path = "/" + path.split("/", 2)[2] if path.startswith("/v1.") else path
            *pieces, last = self.raw[path]
            for piece in pieces:
                client.sendall(piece)
            client.sendall(last)
            while pieces and not self._drips.wait(DEADLINE / 8):
                client.sendall(last)
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[Answers]:
    with closing(Answers(tmp_path / "answers.sock")) as opened:
        yield opened


@pytest.fixture
def asked(answers: Answers) -> Iterator[Engine]:
    with closing(Engine(resolve(answers.url), deadline=DEADLINE)) as opened:
        yield opened


def container(**fields: object) -> list[object]:
    return [{**CONTAINER, "Mounts": [POINT], **fields}]


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        3,
        {},
        {"Volumes": {"data": VOLUME}},
        {"Volumes": [None]},
        {"Volumes": [{}]},
        {"Volumes": [{"Name": None}]},
        {"Volumes": [{"Name": ["data"]}]},
        {"Volumes": [{**VOLUME, "Labels": ["a"]}]},
        {"Volumes": [{**VOLUME, "Labels": {"a": None}}]},
        {"Volumes": [{**VOLUME, "Options": ["a"]}]},
        {"Volumes": [{**VOLUME, "Mountpoint": 3}]},
    ],
)
def test_strange_volumes_are_no_list_of_volumes(
    answers: Answers, asked: Engine, body: object
) -> None:
    answers.says("/volumes", body)
    with pytest.raises(ProtocolError, match=r"^GET /volumes answered in a shape"):
        asked.volumes()


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        "none",
        [None],
        [{**CONTAINER, "Mounts": [None]}],
        [{**CONTAINER, "Mounts": {}}],
        [{"Mounts": [POINT]}],
        container(Labels={"a": None}),
        container(Labels=["a"]),
        container(Names=[None]),
        container(Mounts=[{**POINT, "RW": "yes"}]),
    ],
)
def test_strange_containers_are_not_no_containers(
    answers: Answers, asked: Engine, body: object
) -> None:
    answers.says("/containers/json", body)
    with pytest.raises(ProtocolError, match=r"^GET /containers/json answered in a shape"):
        asked.volumes()


@pytest.mark.parametrize("when", [1e30, 1e25, -1, [], "9999-12-31T23:59:59Z", "junk"])
def test_a_time_that_cannot_be_is_unknown(answers: Answers, asked: Engine, when: object) -> None:
    answers.says("/volumes", {"Volumes": [{**VOLUME, "CreatedAt": when}]})
    labels = {"voltui.helper": "1"}
    answers.says("/containers/json", container(Created=when, Labels=labels))
    assert asked.volumes()[0].created is None
    assert asked.helpers()[0].created is None


def test_what_may_be_missing_may_be_null(answers: Answers, asked: Engine) -> None:
    null = dict.fromkeys(("Labels", "Options", "Mountpoint", "Driver", "Scope", "CreatedAt"))
    answers.says("/volumes", {"Volumes": [{**VOLUME, **null}]})
    answers.says("/containers/json", container(Names=None, Labels=None, Image=None))
    answers.says("/version", {**VERSION, "Components": None})
    answers.says("/info", {"Labels": None})
    (volume,) = asked.volumes()
    assert [mount.container for mount in volume.mounts] == ["abc"]
    answers.says("/volumes", {"Volumes": None})
    answers.says("/containers/json", [])
    assert asked.volumes() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/info", None),
        ("/info", {"Labels": {"a": "b"}}),
        ("/version", None),
        ("/version", {**VERSION, "Components": [{"Name": 3}]}),
        ("/version", {**VERSION, "Components": [None]}),
        ("/version", {**VERSION, "ApiVersion": 1.41}),
        ("/version", {**VERSION, "ApiVersion": "new"}),
        ("/version", {**VERSION, "MinAPIVersion": "junk"}),
        ("/version", {**VERSION, "MinAPIVersion": 3}),
        ("/info", DEEP),
        ("/version", DEEP),
        ("/volumes", DEEP),
    ],
)
def test_an_engine_that_cannot_say_who_it_is(
    answers: Answers, asked: Engine, path: str, body: object
) -> None:
    answers.says(path, body)
    with pytest.raises(ProtocolError):
        asked.volumes()


@pytest.mark.parametrize(
    "attrs",
    [
        None,
        [],
        {},
        {"Name": "other"},
        {"Name": "data", "Status": json.loads(DEEP[:60] + DEEP[-60:])},
    ],
)
def test_an_inspected_volume_is_the_one_that_was_meant(
    answers: Answers, asked: Engine, attrs: object
) -> None:
    answers.says("/volumes/data", attrs)
    with pytest.raises(ProtocolError, match=r"^GET /volumes/data answered in a shape"):
        asked.inspect("data")


def test_inspect_masks_what_a_driver_tells(answers: Answers, asked: Engine) -> None:
    status = {"pool": "a", "auth": {"user": "joe"}, "mounts": [{"password": "hush"}, "token=hush"]}
    answers.says("/volumes/data", {**VOLUME, "Options": {"o": "pw=hush"}, "Status": status})
    attrs = asked.inspect("data")
    assert "hush" not in repr(attrs)
    assert "joe" not in repr(attrs)
    assert attrs["Status"]["pool"] == "a"


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_names_that_are_paths_mean_no_volume(answers: Answers, asked: Engine, name: str) -> None:
    with pytest.raises(VolumeNotFound):
        asked.inspect(name)
    assert not answers.asked


def test_a_name_is_one_component_of_the_path(answers: Answers, asked: Engine) -> None:
    answers.says("/volumes/..%2Finfo%3F%ED%B3%BF", {"message": "no"}, "404 Not Found")
    with pytest.raises(VolumeNotFound):
        asked.inspect("../info?\udcff")


@pytest.mark.parametrize("status", ["301 Moved Permanently", "304 Not Modified", "302 Found"])
def test_what_is_no_success_is_no_answer(answers: Answers, asked: Engine, status: str) -> None:
    answers.says("/volumes", {"Volumes": []}, status)
    with pytest.raises(ProtocolError, match="is no Docker engine"):
        asked.volumes()


@pytest.mark.parametrize(
    "body",
    [b"", [], {"message": {"a": 1}}, {"message": None}, DEEP, b"\xff", {"message": "x" * 9999}],
)
def test_an_error_of_any_shape_is_one_sentence(
    answers: Answers, asked: Engine, body: object
) -> None:
    answers.says("/volumes", body, "500 Internal Server Error")
    with pytest.raises(EngineFailed) as failed:
        asked.volumes()
    assert 0 < len(str(failed.value)) <= 1000


@pytest.mark.parametrize("body", [[], {}, {"message": {"a": 1}}, None])
def test_an_error_to_a_change_is_one_sentence_too(
    answers: Answers, asked: Engine, body: object
) -> None:
    answers.says("/volumes/create", body, "500 Internal Server Error")
    with pytest.raises(EngineFailed):
        asked.connection.call(lambda client: client.create_volume("data"))


PIECES: list[tuple[Callable[[], list[bytes]], str]] = [
    (lambda: [b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b" "], "body"),
    (lambda: [b"HTTP/1.1 200 OK\r\n", b"X"], "head"),
    (lambda: [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"], "chunks"),
]


@pytest.mark.parametrize("pieces", [p for p, _ in PIECES], ids=[name for _, name in PIECES])
def test_an_answer_without_an_end_ends(
    answers: Answers, asked: Engine, pieces: Callable[[], list[bytes]]
) -> None:
    answers.raw["/volumes"] = pieces()
    with pytest.raises(
        EngineTimeout, match=r"did not finish its answer to GET /volumes within 1.2"
    ):
        asked.volumes()


def test_an_answer_that_is_cut_is_told(answers: Answers, asked: Engine) -> None:
    answers.raw["/volumes"] = [b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{}"]
    with pytest.raises(EngineUnreachable, match="in the middle of an answer"):
        asked.volumes()


def test_an_answer_without_bounds_is_told(
    answers: Answers, asked: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.engine.transport._LARGEST", 1 << 20)
    answers.says("/volumes", b" " * ((1 << 20) + 1))
    with pytest.raises(ProtocolError, match="GET /volumes is larger than 1 MiB"):
        asked.volumes()


def test_every_question_is_logged_without_its_query(
    answers: Answers, asked: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "tui.engine.transport")
    assert [volume.name for volume in asked.volumes()] == ["data"]
    lines = [record.getMessage() for record in caplog.records if "transport" in record.name]
    assert [line.partition(":")[0] for line in lines] == [
        "GET /version",
        "GET /v1.44/volumes",
        "GET /v1.44/containers/json",
        "GET /v1.44/info",
    ]
    assert all(": 200 in " in line for line in lines)


def test_a_slow_engine_holds_up_nothing_that_asks_nothing(answers: Answers, asked: Engine) -> None:
    answers.raw["/info"] = [b"HTTP/1.1 200 OK\r\n", b"X"]
    failures: list[EngineError] = []

    def ask() -> None:
        try:
            asked.info()
        except EngineError as error:
            failures.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    asked.open(Volume("data", "local", "", "", None))
    assert asking.is_alive()
    asking.join(10)
    assert failures
