"""The last steps of filling a folder: its own attributes, and a wrapping folder that goes."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from tests.agent.asking import ask, refused
from tests.agent.conftest import Start
from tests.agent.test_preparing import MARKER
from tests.agent.test_remove import ACL, immutable, mounted
from tests.agent.trees import HOSTILE_NAMES


class Attributes(NamedTuple):
    """What settle gives to a folder."""

    mode: int
    uid: int
    gid: int
    mtime: int
    xattrs: dict[str, bytes]


def attributes(path: Path) -> Attributes:
    told = path.stat()
    xattrs = {name: os.getxattr(path, name) for name in os.listxattr(path)}
    return Attributes(told.st_mode, told.st_uid, told.st_gid, told.st_mtime_ns, xattrs)


def decorate(folder: Path) -> None:
    """Give a folder attributes of all kinds."""
    os.chown(folder, 1234, 4321)
    folder.chmod(0o3751)
    os.setxattr(folder, "user.kept", b"\0yes\xff")
    for kind in ("access", "default"):
        os.setxattr(folder, f"system.posix_acl_{kind}", ACL)
    os.utime(folder, ns=(1_000_000_001, -1_500_000_001))


def two(volume: Path) -> tuple[Path, Path]:
    source, target = volume / "source", volume / "target"
    for folder in (source, target):
        folder.mkdir()
    return source, target


def test_a_folder_gets_what_another_one_has_and_loses_its_marker(
    start: Start, volume: Path
) -> None:
    source, target = two(volume)
    decorate(source)
    os.setxattr(target, "user.other", b"x")
    agent = start(volume).connect()
    ask(agent, "mark", "/target", text=b"job")
    (target / "file").touch()
    answer = ask(agent, "settle", "/target", source=b"/source")
    assert answer == {"losses": []}
    assert attributes(target) == attributes(source)
    assert os.listdir(target) == ["file"]


def test_without_a_source_only_the_marker_goes(start: Start, volume: Path) -> None:
    _, target = two(volume)
    os.chown(target, 5, 6)
    target.chmod(0o2711)
    agent = start(volume).connect()
    ask(agent, "mark", "/target", text=b"job")
    assert ask(agent, "settle", "/target", source=b"") == {"losses": []}
    assert attributes(target)[:3] == (stat.S_IFDIR | 0o2711, 5, 6)
    assert os.listdir(target) == []
    assert ask(agent, "settle", "/target", source=b"") == {"losses": []}


def test_what_the_file_system_does_not_keep_is_told(start: Start, volume: Path) -> None:
    source, target = two(volume)
    source.chmod(0o711)
    os.setxattr(source, "user.kept", b"x")
    prefix = mounted(f"mount -t ramfs none {target}")
    agent = start(volume, prefix=prefix).connect()
    answer = ask(agent, "settle", "/target", source=b"/source")
    assert [loss["kind"] for loss in answer["losses"]] == ["xattr"]


def test_a_marker_that_cannot_go_is_an_error(start: Start, volume: Path) -> None:
    _, target = two(volume)
    agent = start(volume).connect()
    ask(agent, "mark", "/target", text=b"job")
    with immutable(target / MARKER):
        assert refused(agent, "settle", "/target", source=b"/source") == "EPERM"
    assert (target / MARKER).exists()
    assert refused(agent, "settle", "/target", source=b"/none") == "ENOENT"
    (volume / "link").symlink_to("source")
    assert refused(agent, "settle", "/target", source=b"/link") == "ELOOP"
    assert refused(agent, "settle", "/target", source=b"source") == "EINVAL"
    assert (target / MARKER).exists()


def test_a_wrapping_folder_takes_the_place_of_the_one_above(start: Start, volume: Path) -> None:
    wrapping = os.fsencode(volume / "backup")
    os.mkdir(wrapping)
    for name in (*HOSTILE_NAMES, b"backup", b".voltui"):
        with open(os.path.join(wrapping, name), "wb") as file:
            file.write(name)
    (volume / "backup" / "closed" / "inner").mkdir(parents=True)
    (volume / "backup" / "closed").chmod(0)
    (volume / "backup" / "link").symlink_to("/etc")
    decorate(volume / "backup")
    expected = attributes(volume / "backup")
    agent = start(volume).connect()
    ask(agent, "mark", text=b"job")
    assert ask(agent, "lift", folder=b"backup") == {}
    assert (volume / MARKER).exists()
    assert ask(agent, "settle", source=b"") == {"losses": []}
    assert attributes(volume) == expected
    names = {*HOSTILE_NAMES, b"backup", b".voltui", b"closed", b"link"}
    assert set(os.listdir(os.fsencode(volume))) == names
    assert all(
        Path(os.fsdecode(os.path.join(os.fsencode(volume), name))).read_bytes() == name
        for name in HOSTILE_NAMES
    )
    assert (volume / "closed" / "inner").is_dir()


def test_only_an_only_folder_is_lifted(start: Start, volume: Path) -> None:
    (volume / "folder").mkdir()
    (volume / "folder" / ".voltui-incomplete").touch()
    (volume / "link").symlink_to("folder")
    agent = start(volume).connect()
    assert refused(agent, "lift", folder=b"folder") == "ENOTEMPTY"
    (volume / "link").unlink()
    assert refused(agent, "lift", folder=b"folder") == "EINVAL"
    (volume / "folder" / ".voltui-incomplete").unlink()
    for name in (b"", b"..", b".", b"folder/", b"a/b", b"a\0b"):
        assert refused(agent, "lift", folder=name) == "EINVAL"
    assert refused(agent, "lift", folder=b"none") == "ENOTEMPTY"
    (volume / "folder").rmdir()
    (volume / "file").touch()
    assert refused(agent, "lift", folder=b"file") == "ENOTDIR"
    (volume / "file").unlink()
    (volume / "link").symlink_to("/etc")
    assert refused(agent, "lift", folder=b"link") in {"ELOOP", "ENOTDIR"}
    assert os.listdir(volume) == ["link"]


def test_nothing_is_lifted_out_of_a_mount(start: Start, volume: Path) -> None:
    (volume / "folder").mkdir()
    prefix = mounted(f"mount -t tmpfs none {volume}/folder", f"touch {volume}/folder/file")
    agent = start(volume, prefix=prefix).connect()
    assert refused(agent, "lift", folder=b"folder") == "EXDEV"
    assert agent.stat("/folder/file").entry.name == "file"
