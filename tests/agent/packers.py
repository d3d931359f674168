"""Programs that write tar archives, and a tree that all of their formats can hold."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import tarfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.engines.packages import TOOLS, Programs, unpacked

Packer = Callable[[Path], bytes]

MOMENT = 1_700_000_000


def gnu(*options: str) -> Packer:
    """GNU tar."""
    return partial(_run, "tar", (*options, "--numeric-owner"))


def bsd(*options: str) -> Packer:
    """bsdtar, of a Debian package."""
    return partial(_run, "bsdtar", (*options, "--numeric-owner"))


def busybox(*options: str) -> Packer:
    """The tar of busybox."""
    return partial(_run, "busybox", ("tar", *options))


def python(kind: int) -> Packer:
    """Python's tarfile."""

    def pack(folder: Path) -> bytes:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=kind) as archive:
            archive.add(folder, ".")
        return out.getvalue()

    return pack


def _run(program: str, options: tuple[str, ...], folder: Path) -> bytes:
    programs = Programs((unpacked("bsdtar", ("libarchive-tools",)), unpacked("tools", TOOLS)))
    found = Programs().find(program) if program == "tar" else programs.find(program)
    assert found
    done = subprocess.run(
        [str(found), *options, "-cf", "-", "-C", str(folder), "."],
        env=None if program == "tar" else programs.environment(),
        capture_output=True,
        check=True,
    )
    return done.stdout


def make_tree(root: Path, *, v7: bool = False) -> None:
    """What every format holds, whole seconds after 1970; with `v7` only what Unix 7 knew."""
    folder = root / "folder"
    folder.mkdir()
    (folder / "empty").mkdir()
    (folder / "nothing").touch()
    for size in (1, 511, 512, 513, 65536, 65537, 3_000_000):
        (folder / f"file-{size}").write_bytes(os.urandom(size))
    os.link(folder / "file-513", root / "again")
    (root / "link").symlink_to("../out")
    os.chown(root / "link", 3, 4, follow_symlinks=False)
    os.chown(folder / "file-1", 1000, 2000)
    (folder / "file-1").chmod(0o6751)
    (folder / "file-512").chmod(0)
    with (root / "sparse").open("wb") as file:
        for at in range(0, 3_000_000, 100_000):
            os.pwrite(file.fileno(), os.urandom(4096), at - at % 4096)
        file.truncate(5_000_001)
    if not v7:
        _add_later_kinds(root, folder)
    _same_moment(root)


def _add_later_kinds(root: Path, folder: Path) -> None:
    os.mkfifo(root / "fifo")
    os.mknod(root / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    os.mknod(root / "disk", stat.S_IFBLK | 0o660, os.makedev(8, 17))
    long = folder / ("l" * 90) / ("m" * 90)
    long.mkdir(parents=True)
    (long / ("n" * 50)).write_text("long")


def _same_moment(root: Path) -> None:
    for path, folders, files in os.walk(root, topdown=False):
        for name in (*folders, *files, "."):
            os.utime(Path(path) / name, (MOMENT, MOMENT), follow_symlinks=False)
