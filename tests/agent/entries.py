"""Sections of the fixture: owners, modes, times, names of one inode, and what is no file."""

from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

YEAR_1901, YEAR_2446 = -(2**31), 15032385535


class Filling:
    """A volume that gets one section after another, each a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.refused: list[str] = []

    def folder(self, name: str) -> Path:
        folder = self.root / name
        folder.mkdir()
        return folder

    def file(self, path: Path, data: bytes = b"x") -> Path:
        path.write_bytes(data)
        return path

    def may(self, what: str, call: Callable[[], object]) -> None:
        """Do what not every file system can."""
        try:
            call()
        except OSError as error:
            if error.errno not in {errno.EOPNOTSUPP, errno.EINVAL, errno.ENOTTY, errno.ENOSPC}:
                raise
            self.refused.append(f"{what}: {error.strerror}")


def owners(volume: Filling) -> None:
    folder = volume.folder("owners")
    for uid, gid in [
        (0, 0),
        (1, 0),
        (0, 1),
        (1000, 1000),
        (65534, 65534),
        (4294967294, 4294967294),
    ]:
        os.chown(volume.file(folder / f"{uid}-{gid}"), uid, gid)
        os.mkdir(folder / f"folder-{uid}-{gid}")
        os.chown(folder / f"folder-{uid}-{gid}", uid, gid)


def modes(volume: Filling) -> None:
    folder = volume.folder("modes")
    for mode in (
        0,
        0o1,
        0o111,
        0o222,
        0o444,
        0o644,
        0o777,
        0o1644,
        0o2755,
        0o4755,
        0o6711,
        0o7777,
        0o2644,
    ):
        for owner in (0, 1000):
            file = volume.file(folder / f"{mode:o}-{owner}")
            below = folder / f"folder-{mode:o}-{owner}"
            below.mkdir()
            volume.file(below / "inside")
            for path in (file, below):
                os.chown(path, owner, owner)
                os.chmod(path, mode)


def times(volume: Filling) -> None:
    folder = volume.folder("times")
    moments = {
        "epoch": 0,
        "nanosecond": 10**18 + 1,
        "last-nanosecond": 1_999_999_999,
        "before-1970": -1_500_000_000,
        "just-before-1970": -1,
        "1901": YEAR_1901 * 10**9,
        "2446": YEAR_2446 * 10**9 + 123_456_789,
    }
    for name, moment in moments.items():
        os.symlink("target", folder / f"link-{name}")
        os.mkfifo(folder / f"fifo-{name}")
        (folder / f"folder-{name}").mkdir()
        volume.file(folder / f"folder-{name}" / "inside")
        volume.file(folder / name)
        for kind in ("link-", "fifo-", "folder-", ""):
            os.utime(folder / (kind + name), ns=(moment, moment), follow_symlinks=False)


def links(volume: Filling) -> None:
    folder = volume.folder("links")
    other = volume.folder("links-elsewhere")
    volume.file(folder / "file", b"many names")
    os.mkfifo(folder / "fifo")
    os.symlink("nowhere", folder / "symlink")
    os.mknod(folder / "device", 0o640 | stat.S_IFCHR, os.makedev(1, 3))
    os.mknod(folder / "socket", 0o600 | stat.S_IFSOCK)
    for name in ("file", "fifo", "symlink", "device", "socket"):
        for again in (folder / f"{name}-2", folder / f"a-{name}", other / name):
            os.link(folder / name, again, follow_symlinks=False)
    os.lchown(folder / "symlink", 12, 34)
    for number in range(200):
        os.link(folder / "file", other / f"many-{number}")
    volume.file(folder / "suid", b"#!")
    os.link(folder / "suid", other / "suid")
    os.chown(folder / "suid", 5, 6)
    os.chmod(folder / "suid", 0o6755)


def symlinks(volume: Filling) -> None:
    folder = volume.folder("symlinks")
    for name, target in {
        "dangling": b"nowhere",
        "out": b"/etc/passwd",
        "up": b"../../../../etc",
        "root": b"/",
        "self": b"self",
        "folder": b"../owners",
        "long": b"x/" * 511 + b"y",  # as long as XFS takes
        "bytes": bytes(range(1, 256)),
        "newline": b"a\nb",
    }.items():
        os.symlink(target, os.fsencode(folder / name))
        os.chown(folder / name, 1000, 33, follow_symlinks=False)


def specials(volume: Filling) -> None:
    folder = volume.folder("specials")
    kinds = {"char": stat.S_IFCHR, "block": stat.S_IFBLK}
    for name, kind in kinds.items():
        for major, minor in [(0, 0), (1, 3), (7, 99), (8, 256), (4095, 1048575)]:
            path = folder / f"{name}-{major}-{minor}"
            os.mknod(path, 0o640 | kind, os.makedev(major, minor))
            os.chown(path, 0, 6)
    for mode in (0o600, 0o4622, 0o0):
        os.mkfifo(folder / f"fifo-{mode:o}")
        os.chown(folder / f"fifo-{mode:o}", 3, 4)
        os.chmod(folder / f"fifo-{mode:o}", mode)
    os.mknod(folder / "socket", 0o755 | stat.S_IFSOCK)
    here = os.open(folder, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(f"/proc/self/fd/{here}/bound")
    os.close(here)
