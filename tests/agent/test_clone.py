"""Clones by the real agent: nothing is lost, and nothing entered that is not the volume's."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from pathlib import Path

from tests.agent.asking import ask, refused
from tests.agent.cloning import RIGHTS, Pair, clone, lost, paths, with_rights
from tests.agent.conftest import Start
from tests.agent.fidelity import difference, make_fixture, read_tree
from tests.agent.fixture import ACCESS, DEFAULT, WIDE_ACL, get_flags, set_flags
from tests.agent.test_remove import mounted
from tests.agent.trees import Chain

IMMUTABLE = 0x10


def test_nothing_but_flags_is_lost(start: Start, pair: Pair) -> None:
    source, target = pair
    assert make_fixture(source) == []
    answer = clone(start(source.parent, prefix=("prlimit", "--nofile=128")).connect())
    assert lost(answer) == {"flags": 1}
    assert answer["changed"] == {"count": 0, "paths": []}
    assert difference(source, target, {"flags", "root"}) == []
    kinds = Counter(entry.kind for entry in read_tree(source).values())
    assert answer["entries"] == kinds.total() - 1
    assert (answer["files"], answer["directories"]) == (kinds["file"], kinds["folder"] - 1)


def test_a_helpers_rights_lose_what_the_documents_say(start: Start, pair: Pair) -> None:
    source, target = pair
    make_fixture(source)
    answer = clone(start(source.parent, prefix=with_rights(RIGHTS)).connect())
    assert lost(answer) == {"flags": 1, "xattr": 2}
    assert difference(source, target, {"flags", "root", "security", "trusted"}) == []


def test_what_is_dropped_without_an_error_is_told(start: Start, pair: Pair) -> None:
    source, target = pair
    (source / "team").mkdir()
    os.chown(source / "team", 0, 1234)
    (source / "team").chmod(0o2775)
    prefix = with_rights(RIGHTS.replace("fsetid,", ""))
    answer = clone(start(source.parent, prefix=prefix).connect())
    assert lost(answer) == {"mode": 1}
    assert paths(answer["losses"][0]) == {b"/team"}
    assert (target / "team").stat().st_mode & 0o7777 == 0o775


def test_flags_are_kept_when_they_are_asked_for(start: Start, pair: Pair) -> None:
    source, target = pair
    (source / "folder").mkdir()
    (source / "folder" / "file").touch()
    os.link(source / "folder" / "file", source / "other")
    places = [Path("folder/file"), Path("folder")]
    try:
        for place in places:
            fd = os.open(source / place, os.O_RDONLY)
            set_flags(fd, get_flags(fd) | IMMUTABLE)
            os.close(fd)
        assert lost(clone(start(source.parent).connect(), flags=True)) == {}
        assert difference(source, target, {"root"}) == []
    finally:
        for root in pair:
            for place in places:
                if (root / place).exists():
                    fd = os.open(root / place, os.O_RDONLY)
                    set_flags(fd, get_flags(fd) & ~IMMUTABLE)
                    os.close(fd)


def test_a_used_target_leaves_nothing_of_its_own(start: Start, pair: Pair) -> None:
    source, target = pair
    (source / "folder").mkdir()
    (source / "folder" / "file").touch()
    os.setxattr(target, DEFAULT, WIDE_ACL)
    os.setxattr(target, ACCESS, WIDE_ACL)
    os.setxattr(target, "user.own", b"1")
    os.chown(target, 1000, 1000)
    target.chmod(0o2777)
    agent = start(source.parent).connect()
    ask(agent, "mark", "/1", text=b"job")
    assert lost(clone(agent)) == {}
    (target / ".voltui-incomplete").unlink()
    assert difference(source, target, {"root"}) == []


def test_what_is_no_place_for_a_clone_is_refused(start: Start, pair: Pair) -> None:
    source, target = pair
    agent = start(source.parent).connect()
    for inside in (b"/0", b"/0/below", b"/", b"relative"):
        assert refused(agent, "clone", "/0", target=inside) == "EINVAL"
    (target / "there").touch()
    assert refused(agent, "clone", "/0", target=b"/1") == "ENOTEMPTY"
    (target / "there").unlink()
    (source / ".voltui-swap-1").touch()
    assert refused(agent, "clone", "/0", target=b"/1") == "EINVAL"
    assert os.listdir(target) == []
    assert refused(agent, "clone", "/missing", target=b"/1") == "ENOENT"


def test_what_is_mounted_inside_is_not_entered(start: Start, pair: Pair) -> None:
    source, target = pair
    (source / "mount").mkdir()
    (source / "file").touch()
    prefix = mounted(
        f"mount -t tmpfs none {source}/mount",
        f"touch {source}/mount/foreign",
        f"mount --bind /etc/passwd {source}/file",
    )
    answer = clone(start(source.parent, prefix=prefix).connect())
    assert lost(answer) == {"unreadable": 2}
    assert paths(answer["losses"][0]) == {b"/mount", b"/file"}
    assert not list(target.glob("*/*"))
    assert not (target / "file").exists()


def test_a_full_target_ends_it(start: Start, pair: Pair) -> None:
    source, target = pair
    (source / "file").write_bytes(bytes(2 << 20))
    prefix = mounted(f"mount -t tmpfs -o size=1m none {target}")
    agent = start(source.parent, prefix=prefix).connect()
    assert refused(agent, "clone", "/0", target=b"/1") == "ENOSPC"


def test_a_source_that_is_written_to_is_told(start: Start, pair: Pair) -> None:
    source, target = pair
    (source / "grows").write_bytes(bytes(64 << 20))
    (source / "folder").mkdir()
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            with (source / "grows").open("ab") as file:
                file.write(b"more")
            for number in range(10):
                (source / "folder" / f"{number}").touch()
            for number in range(10):
                (source / "folder" / f"{number}").unlink()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        answer = clone(start(source.parent).connect())
    finally:
        ended.set()
        writer.join()
    assert lost(answer) == {}
    assert b"/grows" in paths(answer["changed"])
    assert (target / "grows").stat().st_size >= 64 << 20


def test_a_cancel_stops_inside_a_huge_file(start: Start, pair: Pair) -> None:
    source, target = pair
    with (source / "huge").open("wb") as file:
        for _ in range(400):
            file.write(bytes(1 << 20))
    agent = start(source.parent)
    agent.greet()
    agent.ask(2, "clone", "/0", target=b"/1")
    copied = target / "huge"
    while not copied.exists() or copied.stat().st_blocks == 0:
        pass
    begun = time.monotonic()
    agent.cancel(2)
    assert agent.error(2).code == "ECANCELED"
    assert time.monotonic() - begun < 0.2
    assert not copied.exists()


def test_any_depth(start: Start, pair: Pair) -> None:
    source, _ = pair
    with Chain(source, "d", 3000) as chain:
        chain.write("deepest", b"x")
        agent = start(source.parent, prefix=("prlimit", "--nofile=128")).connect()
        answer = clone(agent)
        assert (answer["directories"], answer["files"], answer["losses"]) == (3000, 1, [])
        assert ask(agent, "remove", "/1", contents=True)["directories"] == 3000


def test_holes_take_no_time(start: Start, pair: Pair) -> None:
    source, target = pair
    with (source / "holes").open("wb") as file:
        file.truncate(10 << 30)
        os.pwrite(file.fileno(), b"x" * (1 << 20), 7 << 30)
    begun = time.monotonic()
    answer = clone(start(source.parent).connect())
    assert time.monotonic() - begun < 2
    assert (answer["size"], answer["written"]) == (10 << 30, 1 << 20)
    assert difference(source, target, {"root"}) == []
