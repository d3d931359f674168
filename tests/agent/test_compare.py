"""A clone is read again: what differs is seen, what was told before is not told twice."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.agent.asking import ask
from tests.agent.cloning import RIGHTS, Pair, clone, with_rights
from tests.agent.conftest import Start
from tests.agent.fidelity import make_fixture
from tests.agent.fixture import ACCESS, WIDE_ACL
from tui.engine.agent import AgentConnection

Told = set[tuple[bytes, str, bool]]


def compare(agent: AgentConnection, **fields: Any) -> tuple[Told, dict[str, Any]]:
    answer = ask(agent, "compare", "/0", target=b"/1", **fields)
    told = {
        (base64.b64decode(each["path"]), each["kind"], each["changed"])
        for each in answer["differences"]
    }
    assert answer["count"] == len(answer["differences"])
    assert answer["changed_count"] == sum(changed for _, _, changed in told)
    return told, answer


def quietly(path: Path, change: Callable[[], object]) -> None:
    """Change something, and leave the time as it was."""
    st = path.stat()
    change()
    os.utime(path, ns=(st.st_atime_ns, st.st_mtime_ns))


def flipped(path: Path, at: int) -> None:
    """Change one bit of a file."""

    def flip() -> None:
        with path.open("r+b") as file:
            byte = os.pread(file.fileno(), 1, at)[0]
            os.pwrite(file.fileno(), bytes([byte ^ 1]), at)

    quietly(path, flip)


def swapped(folder: Path, remove: str, make: Callable[[Path], object]) -> None:
    def change() -> None:
        (folder / remove).unlink()
        make(folder / remove)

    quietly(folder, change)


CHANGES: dict[tuple[bytes, str], Callable[[Path], object]] = {
    (b"/contents/4097", "contents"): lambda b: flipped(b / "contents/4097", 4096),
    (b"/contents/3145733", "contents"): lambda b: flipped(b / "contents/3145733", 1 << 20),
    (b"/sparse/huge", "contents"): lambda b: flipped(b / "sparse/huge", (5 << 30) + 7),
    (b"/sparse/hole", "contents"): lambda b: flipped(b / "sparse/hole", 77_777),
    (b"/contents/1", "size"): lambda b: quietly(
        b / "contents/1", lambda: os.truncate(b / "contents/1", 0)
    ),
    (b"/contents/512", "mode"): lambda b: (b / "contents/512").chmod(0o645),
    (b"/modes/folder-7777-0", "mode"): lambda b: (b / "modes/folder-7777-0").chmod(0o5777),
    (b"/contents/511", "owner"): lambda b: os.chown(b / "contents/511", 0, 1),
    (b"/xattrs/file", "xattr"): lambda b: os.setxattr(b / "xattrs/file", "user.empty", b"x"),
    (b"/acls/folder", "xattr"): lambda b: os.setxattr(b / "acls/folder", ACCESS, WIDE_ACL),
    (b"/xattrs/program", "xattr"): lambda b: os.removexattr(
        b / "xattrs/program", "security.capability"
    ),
    (b"/contents/513", "time"): lambda b: os.utime(b / "contents/513", ns=(0, 1)),
    (b"/symlinks/out", "target"): lambda b: swapped(
        b / "symlinks", "out", lambda p: remade_link(p, b / "symlinks/up")
    ),
    (b"/contents/new", "extra"): lambda b: quietly(b / "contents", (b / "contents/new").touch),
    (b"/contents/4095", "missing"): lambda b: quietly(b / "contents", (b / "contents/4095").unlink),
    (b"/contents/empty-folder", "missing"): lambda b: quietly(
        b / "contents", (b / "contents/empty-folder").rmdir
    ),
}


def remade_link(path: Path, model: Path) -> None:
    """Another target, with the owner and time the first one had."""
    st = model.lstat()
    path.symlink_to("/etc/shadow")
    os.chown(path, st.st_uid, st.st_gid, follow_symlinks=False)
    time_ns = os.lstat(path.parents[2] / "0/symlinks/out").st_mtime_ns
    os.utime(path, ns=(time_ns, time_ns), follow_symlinks=False)


def test_the_same_and_then_every_change(start: Start, pair: Pair) -> None:
    source, target = pair
    make_fixture(source)
    agent = start(source.parent).connect()
    ask(agent, "mark", "/1", text=b"job")
    copied = clone(agent)
    told, answer = compare(agent)
    assert told == set()
    for sum_ in ("entries", "files", "directories", "size"):
        assert answer[sum_] == copied[sum_], sum_
    for change in CHANGES.values():
        change(target)
    mode = (b"/acls/folder", "mode", False)  # of which its list is a part
    assert compare(agent)[0] == {mode, *((path, kind, False) for path, kind in CHANGES)}


def test_a_hard_link_that_became_two_files(start: Start, pair: Pair) -> None:
    source, target = pair
    (source / "a").write_bytes(b"same")
    os.link(source / "a", source / "b")
    (source / "c").write_bytes(b"same")
    (source / "d").write_bytes(b"same")
    for name in "abcd":
        os.utime(source / name, ns=(0, 0))
    agent = start(source.parent).connect()
    clone(agent)
    for name, other in [("b", ""), ("d", "c")]:
        (target / name).unlink()
        if other:
            os.link(target / other, target / name)
        else:
            (target / name).write_bytes(b"same")
            os.utime(target / name, ns=(0, 0))
    told, _ = compare(agent)
    assert {kind for _, kind, _ in told} == {"link"}
    assert len(told) == 2


def test_what_the_clone_told_is_left_out(start: Start, pair: Pair) -> None:
    source, _ = pair
    make_fixture(source)
    agent = start(source.parent, prefix=with_rights(RIGHTS)).connect()
    assert clone(agent)["losses"]
    assert compare(agent)[0] == set()


def test_without_a_clone_before_it_a_loss_is_a_difference(start: Start, pair: Pair) -> None:
    source, _ = pair
    for folder in pair:
        (folder / "file").touch()
        os.utime(folder / "file", ns=(0, 0))
    os.setxattr(source / "file", "user.x", b"1")
    agent = start(source.parent).connect()
    told, _ = compare(agent, since_ns=time.time_ns() + 10**9)
    assert told == {(b"/file", "xattr", False)}


def test_what_changed_since_is_said_so(start: Start, pair: Pair) -> None:
    source, target = pair
    for name in ("grown", "gone", "old", "untouched"):
        (source / name).write_bytes(b"x")
    agent = start(source.parent).connect()
    while time.time_ns() < (source / "old").stat().st_ctime_ns + 50_000_000:
        pass  # the kernel's stamps are up to a tick late
    clone(agent)
    with (source / "grown").open("ab") as file:
        file.write(b"more")
    (source / "gone").unlink()
    (source / "new").touch()
    flipped(target / "old", 0)
    want = {
        (b"/grown", "size", True),
        (b"/grown", "time", True),
        (b"/gone", "extra", True),
        (b"/new", "missing", True),
        (b"/old", "contents", False),
    }
    assert compare(agent)[0] == want
    later = {(path, kind, False) for path, kind, _ in want}
    assert compare(agent, since_ns=time.time_ns() + 10**9)[0] == later
