"""What was unpacked is read again: each byte, mode, attribute and name that differs is named."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.agent.asking import ask, refused
from tests.agent.conftest import Start
from tests.agent.hostile_archives import END, folder, hard, link, member
from tests.agent.unpacking import unpack
from tui.engine.protocol import FrameType, encode_frame

XATTR = {"pax_headers": {"SCHILY.xattr.user.a": "1"}}
ARCHIVE = (
    folder("a") + member("a/small", b"x" * 5000) + member("large", b"y" * 3_000_000)
    + member("plain", b"1") + hard("again", "large") + link("link", "target") + END
)  # fmt: skip


def flip(path: Path, at: int) -> None:
    """Change one byte, and nothing that stat tells."""
    told = path.stat()
    with path.open("r+b") as file:
        byte = os.pread(file.fileno(), 1, at)[0]
        os.pwrite(file.fileno(), bytes([byte ^ 1]), at)
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))


def quietly(change: Callable[[Path], object]) -> Callable[[Path], None]:
    """Keep the time of the root's folder below out of it."""

    def changed(volume: Path) -> None:
        told = (volume / "a").stat()
        change(volume)
        os.utime(volume / "a", ns=(told.st_atime_ns, told.st_mtime_ns))

    return changed


def relink(volume: Path) -> None:
    told = (volume / "again").stat()
    (volume / "again").unlink()
    (volume / "again").write_bytes((volume / "large").read_bytes())
    os.utime(volume / "again", ns=(told.st_atime_ns, told.st_mtime_ns))


def retarget(volume: Path) -> None:
    told = (volume / "link").lstat()
    (volume / "link").unlink()
    (volume / "link").symlink_to("tarjet")
    os.utime(volume / "link", ns=(told.st_atime_ns, told.st_mtime_ns), follow_symlinks=False)


def refill(volume: Path) -> None:
    (volume / "plain").unlink()
    os.mkfifo(volume / "plain")


CHANGES: dict[str, tuple[Callable[[Path], object], set[tuple[str, str]]]] = {
    "a byte": (lambda v: flip(v / "a/small", 4999), {("/a/small", "contents")}),
    "the first byte": (lambda v: flip(v / "a/small", 0), {("/a/small", "contents")}),
    "a byte of a large file": (lambda v: flip(v / "large", 2_500_001), {("/large", "contents")}),
    "a mode": (lambda v: (v / "plain").chmod(0o754), {("/plain", "mode")}),
    "suid": (lambda v: (v / "plain").chmod(0o4755), {("/plain", "mode")}),
    "an attribute": (
        lambda v: os.setxattr(v / "a", "user.a", b"2"), {("/a", "xattr")},
    ),
    "an owner": (lambda v: os.chown(v / "link", 5, 5, follow_symlinks=False), {("/link", "owner")}),
    "a group": (lambda v: os.chown(v / "plain", -1, 5), {("/plain", "owner")}),
    "a nanosecond": (lambda v: os.utime(v / "plain", ns=(0, 1)), {("/plain", "time")}),
    "a target": (retarget, {("/link", "target")}),
    "a missing file": (quietly(lambda v: (v / "a/small").unlink()), {("/a/small", "missing")}),
    "a further file": (quietly(lambda v: (v / "a/new").touch()), {("/a/new", "extra")}),
    "a further name": (
        quietly(lambda v: os.link(v / "plain", v / "a/new")),
        {("/plain", "link"), ("/a/new", "extra")},
    ),
    "a name of another file": (relink, {("/again", "link"), ("/large", "link")}),
    "another kind": (refill, {("/plain", "type")}),
}  # fmt: skip


def differences(answer: dict[str, object]) -> set[tuple[str, str]]:
    told = answer["differences"]
    assert isinstance(told, list)
    assert answer["count"] == len(told)
    return {(base64.b64decode(each["path"]).decode(), each["kind"]) for each in told}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_named(start: Start, volume: Path, name: str) -> None:
    change, expected = CHANGES[name]
    agent = start(volume).connect()
    ask(agent, "mark", text=b"job")
    unpack(agent, folder("a", **XATTR) + ARCHIVE[len(folder("a")) :])
    ask(agent, "sync")
    assert differences(ask(agent, "verify")) == set()
    change(volume)
    assert differences(ask(agent, "verify")) == expected


def test_only_what_was_unpacked_on_the_connection_is_known(start: Start, volume: Path) -> None:
    unpack(start(volume).connect(), ARCHIVE)
    assert refused(start(volume).connect(), "verify") == "EINVAL"


@pytest.mark.parametrize("size", [8 << 30, 0])
def test_a_cancel_ends_it_at_once(start: Start, volume: Path, size: int) -> None:
    process = start(volume)
    process.greet()
    process.ask(7, "unpack", "/", devices=False, max_entries=0, max_size=0)
    header = member("file", b"", size=size) if size else ARCHIVE[:512]
    process.sendall(encode_frame(7, FrameType.FEED, header))
    for _ in range(20 if size else 0):
        process.sendall(encode_frame(7, FrameType.FEED, bytes(1 << 20)))
    began = time.monotonic()
    process.cancel(7)
    assert process.error(7).code == "ECANCELED"
    assert time.monotonic() - began < 2  # 0.2 where nothing else runs
