"""Links, depths, special files and folders nobody may read."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tests.agent.opened import watch_opens
from tests.agent.trees import Chain
from tui.engine.agent import AgentConnection
from tui.engine.errors import FileFailed
from tui.engine.model import Entry, EntryKind

WITHOUT_OPENAT2 = [
    pytest.param((), id="openat2"),
    *(
        pytest.param((sys.executable, "-m", "tests.agent.without_openat2", str(number)), id=name)
        for number, name in ((errno.ENOSYS, "kernel before 5.6"), (errno.EPERM, "old seccomp"))
    ),
]
NO_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")


def listed(agent: AgentConnection, path: str) -> dict[str, Entry]:
    return {entry.name: entry for batch in agent.entries(path) for entry in batch}


def error_of(agent: AgentConnection, op: str, path: str) -> int:
    """The errno of an operation that fails."""
    calls: dict[str, Callable[[], object]] = {
        "list": lambda: list(agent.entries(path)),
        "stat": lambda: agent.stat(path),
        "read": lambda: agent.read(path, 0, 10),
        "readlink": lambda: agent.readlink(path),
        "usage": lambda: list(agent.usage(path)),
    }
    with pytest.raises(FileFailed) as failure:
        calls[op]()
    assert failure.value.path == path
    return failure.value.errno


@pytest.mark.parametrize("prefix", WITHOUT_OPENAT2)
def test_links_are_shown_and_never_followed(
    start: Start, volume: Path, prefix: tuple[str, ...]
) -> None:
    outside = volume / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    root = volume / "root"
    (root / "real").mkdir(parents=True)
    (root / "real" / "file").write_text("x")
    links = {
        "inside": "real",
        "absolute": str(outside),
        "leaving": "../outside",
        "to-file": "../outside/secret",
        "loop": "loop",
        "ping": "pong",
        "pong": "ping",
        "self": ".",
        "parent": "..",
        "magic": "/proc/self/root",
        "dangling": "nowhere",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    agent = start(root, prefix=prefix).connect()
    entries = listed(agent, "/")
    for name, target in links.items():
        assert entries[name].kind is EntryKind.SYMLINK
        assert entries[name].target == target
        assert agent.readlink(f"/{name}") == target
        assert stat.S_ISLNK(agent.stat(f"/{name}").entry.mode)
        for op in ("list", "read", "usage"):
            assert error_of(agent, op, f"/{name}") == errno.ELOOP
        for op in ("list", "stat", "read", "readlink", "usage"):
            assert error_of(agent, op, f"/{name}/secret") == errno.ELOOP
    *_, usage = agent.usage("/")
    assert (usage.files, usage.directories) == (len(links) + 1, 1)
    assert agent.read("/real/file", 0, 10).data == b"x"
    assert error_of(agent, "stat", "/real/file/x") == errno.ENOTDIR


@pytest.mark.parametrize("prefix", WITHOUT_OPENAT2)
def test_past_path_max(start: Start, volume: Path, prefix: tuple[str, ...]) -> None:
    name, levels = "n" * 250, 100
    with Chain(volume, name, levels) as chain:
        chain.write("file", b"deep down")
        os.symlink("elsewhere", "link", dir_fd=chain.fd)
        agent = start(volume, prefix=prefix).connect()
        deep = f"/{name}" * levels
        assert set(listed(agent, deep)) == {"file", "link"}
        assert agent.read(f"{deep}/file", 5, 4).data == b"down"
        assert agent.readlink(f"{deep}/link") == "elsewhere"
        assert agent.stat(f"{deep}/file").entry.size == 9
        assert error_of(agent, "stat", f"{deep}/none") == errno.ENOENT
        *_, usage = agent.usage(deep)
        assert (usage.files, usage.directories, usage.errors) == (2, 0, 0)


def test_names_too_long_are_refused(start: Start, volume: Path) -> None:
    agent = start(volume).connect()
    for size in (256, 5000, 300_000):
        assert error_of(agent, "stat", "/" + "x" * size) == errno.ENAMETOOLONG


def test_special_files_are_told_and_never_opened(start: Start, volume: Path) -> None:
    os.mkfifo(volume / "fifo")
    os.mknod(volume / "socket", stat.S_IFSOCK | 0o600)
    os.mknod(volume / "null", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    os.mknod(volume / "disk", stat.S_IFBLK | 0o600, os.makedev(4095, 1048575))
    (volume / "file").write_text("x")
    kinds = {
        "fifo": EntryKind.FIFO,
        "socket": EntryKind.SOCKET,
        "null": EntryKind.CHAR,
        "disk": EntryKind.BLOCK,
        "file": EntryKind.FILE,
    }
    agent = start(volume).connect()
    with watch_opens(volume) as opened:
        entries = listed(agent, "/")
        assert {name: entry.kind for name, entry in entries.items()} == kinds
        assert entries["null"].rdev == 1 << 32 | 3
        assert agent.stat("/disk").entry.rdev == 4095 << 32 | 1048575
        for name in ("fifo", "socket", "null", "disk"):
            assert error_of(agent, "read", f"/{name}") == errno.EINVAL
            assert error_of(agent, "list", f"/{name}") == errno.ENOTDIR
            assert error_of(agent, "readlink", f"/{name}") == errno.EINVAL
        *_, usage = agent.usage("/")
        assert usage.files == len(kinds)
        agent.read("/file", 0, 1)
    assert opened & set(kinds) == {"file"}


def test_folders_without_permission_bits(start: Start, volume: Path) -> None:
    (volume / "closed" / "inner").mkdir(parents=True)
    (volume / "closed" / "file").write_text("x")
    (volume / "secret").write_text("x")
    (volume / "secret").chmod(0)
    (volume / "names-only").mkdir()
    (volume / "names-only" / "file").write_text("x")
    (volume / "names-only" / "inner").mkdir()
    (volume / "names-only").chmod(0o444)
    (volume / "closed").chmod(0)
    powerful = start(volume).connect()
    assert set(listed(powerful, "/closed")) == {"inner", "file"}
    assert powerful.read("/secret", 0, 1).data == b"x"
    agent = start(volume, prefix=NO_RIGHTS).connect()
    for op in ("list", "usage"):
        assert error_of(agent, op, "/closed") == errno.EACCES
    assert error_of(agent, "read", "/secret") == errno.EACCES
    assert error_of(agent, "stat", "/closed/file") == errno.EACCES
    names = listed(agent, "/names-only").values()
    assert {(entry.name, entry.kind, entry.errno) for entry in names} == {
        ("file", EntryKind.FILE, errno.EACCES),
        ("inner", EntryKind.DIRECTORY, errno.EACCES),
    }
    *_, usage = agent.usage("/")
    assert (usage.files, usage.directories, usage.errors) == (2, 3, 3)


def test_a_root_without_permission_bits(start: Start, volume: Path) -> None:
    root = volume / "root"
    root.mkdir(mode=0)
    agent = start(root, prefix=NO_RIGHTS).connect()
    assert stat.S_ISDIR(agent.stat("/").entry.mode)
    assert error_of(agent, "list", "/") == errno.EACCES


def test_extreme_times_and_owners(start: Start, volume: Path) -> None:
    file = volume / "file"
    file.write_text("x")
    os.chown(file, 4294967294, 4294967294)
    os.chmod(file, 0o7777)
    os.utime(file, ns=(-1, -1_500_000_001))
    agent = start(volume).connect()
    entry = listed(agent, "/")["file"]
    found = agent.stat("/file")
    assert entry == found.entry
    assert (entry.uid, entry.gid) == (4294967294, 4294967294)
    assert stat.S_IMODE(entry.mode) == 0o7777
    assert entry.mtime_ns == found.version.mtime_ns == -1_500_000_001
    assert found.atime_ns == -1
    assert found.blocks == os.stat(file).st_blocks
    assert found.version.ctime_ns == os.stat(file).st_ctime_ns


def test_a_folder_that_is_emptied_while_it_is_listed(start: Start, volume: Path) -> None:
    for number in range(3000):
        (volume / f"file-{number:0200}").touch()
    process = start(volume)
    process.greet()
    process.ask(2, "list", "/")
    process.next()
    for path in volume.iterdir():
        path.unlink()
    _, final = process.final(2)
    assert final.type.name == "DONE"
