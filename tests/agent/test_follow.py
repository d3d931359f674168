"""Following a file: appended, truncated, rotated, gone; slow clients; another helper."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing, nullcontext
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tui.engine.agent import AgentConnection
from tui.engine.errors import FileFailed
from tui.engine.following import Followed, FollowKind, follow, keep_following

Following = Generator[Followed, None, None]


@pytest.fixture
def agent(start: Start, volume: Path) -> AgentConnection:
    (volume / "log").write_bytes(b"one\n")
    return start(volume).connect()


@pytest.fixture
def following(agent: AgentConnection) -> Iterator[Following]:
    """Whoever asks for what is next waits for it."""
    with closing(follow(agent, "/log", 0)) as parts:
        yield parts


def append(file: Path, data: bytes) -> None:
    with file.open("ab") as appended:
        appended.write(data)


def read(parts: Following, size: int) -> bytes:
    """The next `size` bytes, in however many parts."""
    data = b""
    while len(data) < size:
        part = next(parts)
        assert part.kind is FollowKind.DATA, part
        assert part.left_out == 0
        data += part.data
    return data


def test_what_is_appended(following: Following, volume: Path) -> None:
    begun = next(following)
    assert (begun.kind, begun.offset, begun.size) == (FollowKind.FOLLOWING, 0, 4)
    assert begun.identity
    assert read(following, 4) == b"one\n"
    for line in (b"two\n", b"three\n", b"\xff\x00"):
        append(volume / "log", line)
        assert read(following, len(line)) == line


def test_truncation(following: Following, volume: Path) -> None:
    next(following)
    read(following, 4)
    os.truncate(volume / "log", 0)
    cut = next(following)
    assert (cut.kind, cut.offset, cut.size) == (FollowKind.TRUNCATED, 0, 0)
    append(volume / "log", b"new\n")
    assert read(following, 4) == b"new\n"


def test_rotation_loses_nothing_of_the_old_file(following: Following, volume: Path) -> None:
    first = next(following)
    read(following, 4)
    append(volume / "log", b"last words\n")
    os.rename(volume / "log", volume / "log.1")
    (volume / "log").write_bytes(b"new\n")
    assert read(following, 11) == b"last words\n"
    replaced = next(following)
    assert (replaced.kind, replaced.offset) == (FollowKind.REPLACED, 0)
    assert replaced.identity != first.identity
    assert read(following, 4) == b"new\n"


def test_gone_and_back(following: Following, volume: Path) -> None:
    first = next(following)
    read(following, 4)
    os.rename(volume / "log", volume / "other")
    gone = next(following)
    assert (gone.kind, gone.reason) == (FollowKind.GONE, "ENOENT")
    append(volume / "other", b"still\n")
    assert read(following, 6) == b"still\n"
    os.rename(volume / "other", volume / "log")
    back = next(following)
    assert (back.kind, back.identity, back.offset) == (FollowKind.FOLLOWING, first.identity, 10)
    (volume / "log").unlink()
    assert next(following).kind is FollowKind.GONE
    os.mkfifo(volume / "log")
    (volume / "new").write_bytes(b"another\n")
    os.replace(volume / "new", volume / "log")
    assert next(following).kind is FollowKind.REPLACED
    assert read(following, 8) == b"another\n"


def test_a_slow_client_is_told_how_much_it_missed(following: Following, volume: Path) -> None:
    next(following)
    read(following, 4)
    append(volume / "log", b"a")
    assert next(following).data == b"a"
    # The next part is sent only after this one was taken: meanwhile 8 MiB come.
    data = os.urandom(8 << 20)
    append(volume / "log", data)
    seen = 5
    while seen < 5 + len(data):
        part = next(following)
        assert part.offset == seen + part.left_out
        assert part.data == data[part.offset - 5 :][: len(part.data)]
        seen = part.next
        assert len(part.data) <= 256 << 10
    append(volume / "log", b"z")
    assert next(following).data == b"z"


def test_another_helper_goes_on_where_the_first_was(start: Start, volume: Path) -> None:
    (volume / "log").write_bytes(b"one\n")
    with ExitStack() as stack:
        processes = [start(volume), start(volume), start(volume)]
        agents = iter([nullcontext(process.connect()) for process in processes])
        parts = stack.enter_context(closing(keep_following(lambda: next(agents), "/log", 0)))
        first = next(parts)
        assert read(parts, 4) == b"one\n"
        processes[0].popen.kill()
        lost = next(parts)
        assert (lost.kind, lost.offset) == (FollowKind.LOST, 4)
        append(volume / "log", b"two\n")
        again = next(parts)
        assert (again.kind, again.offset, again.identity) == (
            FollowKind.FOLLOWING,
            4,
            first.identity,
        )
        assert read(parts, 4) == b"two\n"
        processes[1].popen.kill()
        assert next(parts).kind is FollowKind.LOST
        (volume / "new").write_bytes(b"three\n")
        os.replace(volume / "new", volume / "log")
        assert next(parts).kind is FollowKind.REPLACED
        assert read(parts, 6) == b"three\n"


def test_what_cannot_be_followed_is_said_at_once(agent: AgentConnection, volume: Path) -> None:
    os.mkfifo(volume / "fifo")
    (volume / "link").symlink_to("log")
    for path, sentence in (
        ("/none", "does not exist"),
        ("/fifo", "not a regular file"),
        ("/", "is a folder"),
        ("/link", "symbolic link"),
    ):
        with pytest.raises(FileFailed, match=sentence):
            next(follow(agent, path, 0))


def test_following_takes_no_place_on_the_storage(agent: AgentConnection) -> None:
    with ExitStack() as stack:
        for _ in range(40):
            parts = stack.enter_context(closing(follow(agent, "/log", 0)))
            assert next(parts).kind is FollowKind.FOLLOWING
        assert agent.read("/log", 0, 100).data == b"one\n"
