"""Removing entries: all that was meant goes, nothing else, and what stays is told."""

from __future__ import annotations

import errno
import os
import stat
import struct
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tests.agent.test_trees import WITHOUT_OPENAT2
from tests.agent.trees import HOSTILE_NAMES, Chain
from tests.engines.waiting import wait_for
from tui.engine.agent import AgentConnection
from tui.engine.cancel import Cancel
from tui.engine.emptying import Emptied, Failure, remove_below
from tui.engine.errors import FileFailed
from tui.engine.protocol import FrameType, answer_object, integer

ACL = struct.pack(
    "<I" + "HHI" * 5,
    2,
    *(0x01, 7, 0xFFFFFFFF),  # user::rwx
    *(0x02, 7, 77),  # user:77:rwx
    *(0x04, 5, 0xFFFFFFFF),  # group::r-x
    *(0x10, 7, 0xFFFFFFFF),  # mask::rwx
    *(0x20, 1, 0xFFFFFFFF),  # other::--x
)
"""As `system.posix_acl_access` holds it: linux/posix_acl_xattr.h."""


def emptied(agent: AgentConnection, path: str = "/") -> Emptied:
    *_, last = remove_below(agent, path, Cancel())
    return last


def remove(agent: AgentConnection, path: str) -> tuple[int, int]:
    """Remove an entry with all that is below it; how many files and folders went."""
    with agent.request("remove", path) as answers:
        answer = answer_object(answers.only())
    assert integer(answer, "errors") == 0
    return integer(answer, "files"), integer(answer, "directories")


def held(root: Path) -> tuple[int, int, int]:
    """Files, folders and bytes of files below a folder that have no name elsewhere."""
    files = directories = size = 0
    names: Counter[int] = Counter()
    folders = [os.fsencode(root)]
    while folders:
        for entry in os.scandir(folders.pop()):
            if entry.is_dir(follow_symlinks=False):
                directories += 1
                folders.append(entry.path)
                continue
            files += 1
            names[entry.inode()] += 1
            told = entry.stat(follow_symlinks=False)
            size += told.st_size * (names[entry.inode()] == told.st_nlink)
    return files, directories, size


@contextmanager
def immutable(path: Path) -> Iterator[None]:
    subprocess.run(["chattr", "+i", path], check=True)
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", path], check=True)


def mounted(*commands: str) -> tuple[str, ...]:
    """Start a program in a mount namespace of its own, in which the commands were run."""
    script = " && ".join((*commands, 'exec "$@"'))
    return ("unshare", "--mount", "sh", "-c", script, "sh")


def hostile_tree(root: Path) -> None:
    for name in HOSTILE_NAMES:
        below = os.path.join(os.fsencode(root), b"d" + name[:254])
        os.mkdir(below)
        for inner in (*HOSTILE_NAMES[:3], name):
            with open(os.path.join(below, inner), "wb") as file:
                file.write(name)
    (root / "closed" / "inner").mkdir(parents=True)
    (root / "closed" / "inner" / "file").write_text("x")
    (root / "closed" / "inner").chmod(0)
    (root / "closed").chmod(0o1000)
    os.mkfifo(root / "fifo")
    os.mknod(root / "socket", stat.S_IFSOCK | 0o600)
    os.mknod(root / "null", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    os.mknod(root / "disk", stat.S_IFBLK | 0o600, os.makedev(4095, 1048575))
    for link, target in {"self": ".", "up": "..", "host": "/etc", "loop": "loop"}.items():
        (root / link).symlink_to(target)
    (root / "sparse").touch()
    os.truncate(root / "sparse", 1 << 40)
    (root / "one").write_bytes(b"x" * 1000)
    for again in ("two", "closed/three", "closed/inner/four"):
        os.link(root / "one", root / again)


@pytest.mark.parametrize("prefix", WITHOUT_OPENAT2)
def test_all_goes_and_is_counted_and_the_root_stays_as_it_was(
    start: Start, volume: Path, tmp_path: Path, prefix: tuple[str, ...]
) -> None:
    hostile_tree(volume)
    outside = tmp_path / "outside"
    outside.write_bytes(b"y" * 5000)
    os.link(outside, volume / "linked")
    os.chown(volume, 1234, 4321)
    volume.chmod(0o2751)
    os.setxattr(volume, "user.kept", b"yes")
    for kind in ("access", "default"):
        os.setxattr(volume, f"system.posix_acl_{kind}", ACL)
    before, attributes = os.stat(volume), {x: os.getxattr(volume, x) for x in os.listxattr(volume)}
    files, directories, size = held(volume)

    last = emptied(start(volume, prefix=prefix).connect())

    assert (last.files, last.directories, last.size) == (files, directories, size)
    assert (last.errors, last.failed) == (0, ())
    assert os.listdir(volume) == []
    after = os.stat(volume)
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode, before.st_uid, before.st_gid,
    )  # fmt: skip
    assert {x: os.getxattr(volume, x) for x in os.listxattr(volume)} == attributes
    assert outside.read_bytes() == b"y" * 5000
    assert outside.stat().st_nlink == 1


def test_one_entry_is_removed_whatever_it_is(start: Start, volume: Path) -> None:
    (volume / "folder" / "below").mkdir(parents=True)
    (volume / "folder" / "below" / "file").touch()
    (volume / "folder" / "link").symlink_to("below")
    (volume / "file").touch()
    (volume / "link").symlink_to("kept")
    (volume / "kept").mkdir()
    (volume / "kept" / "file").touch()
    agent = start(volume).connect()

    assert remove(agent, "/folder") == (2, 2)
    assert remove(agent, "/file") == (1, 0)
    assert remove(agent, "/link") == (1, 0)

    assert [path.name for path in volume.iterdir()] == ["kept"]
    assert remove(agent, "/kept/file") == (1, 0)
    assert remove(agent, "/kept") == (0, 1)


@pytest.mark.parametrize(
    ("path", "contents", "number"),
    [
        ("/", False, errno.EBUSY),
        ("/missing", False, errno.ENOENT),
        ("/missing", True, errno.ENOENT),
        ("/file", True, errno.ENOTDIR),
        ("/link", True, errno.ELOOP),
        ("/link/file", False, errno.ELOOP),
        ("/file/x", False, errno.ENOTDIR),
    ],
)
def test_what_cannot_be_meant_is_refused(
    start: Start, volume: Path, path: str, contents: bool, number: int
) -> None:
    (volume / "kept").mkdir()
    (volume / "kept" / "file").touch()
    (volume / "file").touch()
    (volume / "link").symlink_to("kept")
    agent = start(volume).connect()
    with (
        pytest.raises(FileFailed) as failed,
        agent.request("remove", path, contents=contents) as answers,
    ):
        answers.only()
    assert failed.value.errno == number
    assert len(list(volume.rglob("*"))) == 4


def test_what_stays_is_told_and_does_not_stop_the_rest(start: Start, volume: Path) -> None:
    (volume / "a" / "b").mkdir(parents=True)
    (volume / "a" / "b" / "kept").touch()
    (volume / "a" / "gone").touch()
    (volume / "gone").mkdir()
    with immutable(volume / "a" / "b" / "kept"):
        last = emptied(start(volume).connect())
    assert (last.files, last.directories, last.errors) == (1, 1, 1)
    assert last.failed == (Failure("/a/b/kept", errno.EPERM),)
    assert {path.name for path in volume.rglob("*")} == {"a", "b", "kept"}


def test_the_first_hundred_that_stay_are_named(start: Start, volume: Path) -> None:
    folder = volume / "folder"
    folder.mkdir()
    names = {f"{number:03}" + "\udcff" * 200 for number in range(150)}
    for name in names:
        (folder / name).touch()
    (volume / "gone").touch()
    with immutable(folder):
        last = emptied(start(volume).connect())
    assert (last.files, last.errors, len(last.failed)) == (1, 150, 100)
    assert {path.rpartition("/")[2] for path, _ in last.failed} < names
    assert len(os.listdir(folder)) == 150


@pytest.mark.parametrize("prefix", WITHOUT_OPENAT2)
def test_nothing_mounted_below_is_entered(
    start: Start, volume: Path, tmp_path: Path, prefix: tuple[str, ...]
) -> None:
    outside = tmp_path / "outside"
    (outside / "inner").mkdir(parents=True)
    (outside / "file").touch()
    for name in ("same", "other", "deep/same"):
        (volume / name).mkdir(parents=True)
    (volume / "file").touch()
    (volume / "gone").touch()
    mount = mounted(
        f"mount --bind {outside} {volume}/same",
        f"mount --bind {outside} {volume}/deep/same",
        f"mount --bind {outside}/file {volume}/file",
        f"mount -t tmpfs none {volume}/other",
        f"touch {volume}/other/kept",
    )
    agent = start(volume, prefix=(*mount, *prefix)).connect()

    last = emptied(agent)

    assert (last.files, last.directories, last.errors) == (1, 0, 4)
    assert set(last.failed) == {
        Failure("/same", errno.EXDEV),
        Failure("/deep/same", errno.EXDEV),
        Failure("/other", errno.EXDEV),
        Failure("/file", errno.EBUSY),
    }
    assert {path.name for path in outside.rglob("*")} == {"inner", "file"}
    assert agent.stat("/other/kept").entry.name == "kept"


@pytest.mark.parametrize("prefix", WITHOUT_OPENAT2)
def test_past_path_max_and_beside(start: Start, volume: Path, prefix: tuple[str, ...]) -> None:
    with Chain(volume, "n" * 250, 0) as chain:
        for _ in range(100):
            for name in ("a", "z"):
                os.mkdir(name, dir_fd=chain.fd)
            os.mkdir("n" * 250, dir_fd=chain.fd)
            chain.write("file", b"deep")
            chain._move("n" * 250)
        agent = start(volume, prefix=("prlimit", "--nofile=64:64", *prefix)).connect()
        last = emptied(agent)
        assert (last.files, last.directories, last.errors) == (100, 300, 0)
        assert os.listdir(volume) == []


def test_twenty_thousand_levels(start: Start, volume: Path) -> None:
    chain = Chain(volume, "d", 20_000)
    chain.write("file", b"x" * 10)
    os.close(chain.fd)
    last = emptied(start(volume, prefix=("prlimit", "--nofile=64:64")).connect())
    assert (last.files, last.directories, last.size, last.errors) == (1, 20_000, 10, 0)
    assert os.listdir(volume) == []


def test_a_failure_deep_down_loses_nothing_else(start: Start, volume: Path) -> None:
    """Folders above it were closed and are read on where that stopped, not from their begin."""
    deep = volume
    for _ in range(15):
        for number in range(400):
            (deep / f"{number:0200}").mkdir()
        deep = deep / f"{200:0200}"
    (deep / "kept").touch()
    with immutable(deep / "kept"):
        last = emptied(start(volume, prefix=("prlimit", "--nofile=64:64")).connect())
    assert (last.directories, last.files) == (15 * 399, 0)
    (failure,) = last.failed
    assert failure.path.endswith("/kept")
    assert last.errors == 1


def test_a_folder_swapped_for_a_link_leads_nowhere(
    start: Start, volume: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    (outside / "below").mkdir(parents=True)
    kept = {outside / "below" / f"kept-{number}" for number in range(50)}
    for path in kept:
        path.touch()
    stop = threading.Event()
    swaps = [0]

    def swap() -> None:
        """Let `victim` be a folder with contents and a link to the outside by turns."""
        while not stop.is_set():
            with suppress(FileExistsError, FileNotFoundError, NotADirectoryError):
                (volume / "victim").symlink_to(outside)
                swaps[0] += 1
            with suppress(OSError):
                (volume / "victim").rename(volume / "away")
            with suppress(OSError):
                (volume / "victim" / "below").mkdir(parents=True)
                (volume / "victim" / "below" / "file").touch()
                swaps[0] += 1

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        agent = start(volume).connect()
        wait_for(lambda: emptied(agent) and swaps[0] > 300, "300 swaps", 60)
    finally:
        stop.set()
        thread.join()
    assert set((outside / "below").iterdir()) == kept
    assert os.listdir(outside) == ["below"]


def test_cancelling_stops_between_entries_and_tells_what_went(start: Start, volume: Path) -> None:
    (volume / "first").touch()
    for number in range(60_000):
        os.link(volume / "first", volume / f"{number}")
    first = os.listdir(volume)[0]
    agent = start(volume).connect()
    cancel = Cancel()

    def stop() -> None:
        wait_for(lambda: not os.path.lexists(volume / first), "the first entry's end")
        cancel.cancel()

    stopping = threading.Thread(target=stop)
    stopping.start()
    *_, last = remove_below(agent, "/", cancel)
    stopping.join()
    left = len(os.listdir(volume))
    agent.stat("/")
    assert not last.complete
    assert 0 < last.files < 60_001
    assert last.files + left == 60_001
    assert len(os.listdir(volume)) == left


def test_progress_comes_while_it_works(start: Start, volume: Path) -> None:
    for folder in range(10):
        (volume / f"{folder}").mkdir()
        (volume / f"{folder}" / "first").touch()
        for number in range(20_000):
            os.link(volume / f"{folder}" / "first", volume / f"{folder}" / f"{number}")
    process = start(volume)
    process.greet()
    process.ask(2, "remove", "/", contents=True)
    before, final = process.final(2)
    assert final.type is FrameType.DONE
    counts = [integer(answer_object(frame.payload), "files") for frame in before]
    assert counts
    assert counts == sorted(counts)
    assert all("failed" not in answer_object(frame.payload) for frame in before)
    assert integer(answer_object(final.payload), "files") == 200_010


def test_a_client_that_goes_away_ends_the_work(start: Start, volume: Path) -> None:
    (volume / "first").touch()
    for number in range(60_000):
        os.link(volume / "first", volume / f"{number}")
    first = os.listdir(volume)[0]
    process = start(volume)
    process.greet()
    process.ask(2, "remove", "/", contents=True)
    wait_for(lambda: not os.path.lexists(volume / first), "the first entry's end")
    process.close()
    assert process.wait() == 0
    assert 0 < len(os.listdir(volume)) < 60_000
