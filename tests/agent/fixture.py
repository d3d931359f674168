"""A volume with everything an entry can be or have, for whoever has to keep all of it."""

from __future__ import annotations

import ctypes
import fcntl
import os
import random
import stat
import struct
from pathlib import Path

from tests.agent.entries import Filling, links, modes, owners, specials, symlinks, times
from tests.agent.trees import HOSTILE_NAMES

ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"
NODUMP = 0x40
FS_IOC_GETFLAGS, FS_IOC_SETFLAGS = 0x80086601, 0x40086602

MIB = 1 << 20
RANDOM = random.Random(5)
WHITEOUTS = [b".wh.file", b".wh..wh..opq", b".wh..wh..plnk", b".wh."]
NAMES = [
    *HOSTILE_NAMES,
    *WHITEOUTS,
    b".voltui-incomplete",
    b".voltui-swap-1",
    b"back\\slash",
    b"Twin",
    b"twin",
    "nfc-\u00e9".encode(),
    "nfd-e\u0301".encode(),
    b"\xff" * 255,
    b"@LongLink",
    b"100%s",
]
SIZES = [
    1,
    511,
    512,
    513,
    4095,
    4096,
    4097,
    65535,
    65536,
    65537,
    MIB - 1,
    MIB,
    MIB + 1,
    3 * MIB + 5,
]

CAPABILITY = struct.pack("<IIIII", 0x02000001, 1 << 13, 0, 0, 0)  # cap_net_raw+ep

ENTRIES = (owners, modes, times, links, symlinks, specials)


def acl(*entries: tuple[int, int, int]) -> bytes:
    """An access control list as the kernel has it: (tag, permissions, id)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


NOBODY = 0xFFFFFFFF
WIDE_ACL = acl(
    (1, 6, NOBODY),
    (2, 7, 0),
    (2, 5, 1000),
    (2, 0, 4294967294),
    (4, 4, NOBODY),
    (8, 6, 33),
    (16, 7, NOBODY),
    (32, 0, NOBODY),
)
NARROW_ACL = acl((1, 7, NOBODY), (2, 1, 7), (4, 0, NOBODY), (16, 1, NOBODY), (32, 4, NOBODY))


def make_fixture(root: Path) -> list[str]:
    """Fill an empty folder, and give it attributes of its own; only root can.

    The sentences returned name what this file system does not take.
    """
    volume = Filling(root)
    for section in (*ENTRIES, attributes, lists, sparse, names, contents, deep, flags):
        section(volume)
    own_attributes(volume)
    return volume.refused


def attributes(volume: Filling) -> None:
    folder = volume.folder("xattrs")
    file = volume.file(folder / "file")
    below = volume.folder("xattrs/folder")
    values = {
        "user.empty": b"",
        "user.bytes": bytes(range(256)),
        "user.long": b"l" * 1500,
        "user.equal=sign": b"=",
        "user.newline\n": b"\n",
        "security.voltui": b"any",
        "trusted.voltui": b"root's",
    }
    for path in (file, below):
        for name, value in values.items():
            volume.may(name, lambda p=path, n=name, v=value: os.setxattr(p, n, v))  # type: ignore[misc]
    volume.may("user.\\xff", lambda: os.setxattr(file, b"user.\xff\xfe", b"1"))
    program = volume.file(folder / "program", b"\x7fELF")
    os.chown(program, 7, 7)
    volume.may(
        "security.capability", lambda: os.setxattr(program, "security.capability", CAPABILITY)
    )
    os.mkfifo(folder / "fifo")
    os.symlink("x", folder / "link")
    for name in ("fifo", "link"):
        path = folder / name
        volume.may(
            f"trusted.voltui of a {name}",
            lambda p=path: os.setxattr(p, "trusted.voltui", b"1", follow_symlinks=False),  # type: ignore[misc]
        )


def lists(volume: Filling) -> None:
    folder = volume.folder("acls")
    below = volume.folder("acls/folder")
    volume.may("default ACL", lambda: os.setxattr(below, DEFAULT, WIDE_ACL))
    volume.may("ACL of a folder", lambda: os.setxattr(below, ACCESS, NARROW_ACL))
    volume.file(below / "inherits").chmod(0o640)
    os.mkdir(below / "inherits-too")
    plain = volume.file(below / "plain")
    for name in os.listxattr(plain):
        os.removexattr(plain, name)
    plain.chmod(0o604)
    for name, path in {
        "file": volume.file(folder / "file"),
        "fifo": folder / "fifo",
        "device": folder / "device",
    }.items():
        if name == "fifo":
            os.mkfifo(path)
        elif name == "device":
            os.mknod(path, 0o600 | stat.S_IFBLK, os.makedev(7, 1))
        volume.may(f"ACL of a {name}", lambda p=path: os.setxattr(p, ACCESS, WIDE_ACL))  # type: ignore[misc]


def sparse(volume: Filling) -> None:
    folder = volume.folder("sparse")
    for name, size, places in [
        ("hole", MIB, []),
        ("begin", 8 * MIB, [0]),
        ("end", 8 * MIB, [8 * MIB - 4096]),
        ("middle", 8 * MIB + 1, [4 * MIB]),
        ("huge", 9 << 30, [0, 5 << 30]),
        ("comb", 800 * 16384, range(0, 800 * 16384, 16384)),
    ]:
        with (folder / name).open("wb") as file:
            file.truncate(size)
            for place in places:
                os.pwrite(file.fileno(), RANDOM.randbytes(4096), place)
    volume.file(folder / "zeros", bytes(MIB))
    with (folder / "preallocated").open("wb") as file:
        file.write(b"begin")
        volume.may("fallocate", lambda: os.posix_fallocate(file.fileno(), 0, 2 * MIB))


def names(volume: Filling) -> None:
    folder = os.fsencode(volume.folder("names"))
    for number, name in enumerate(NAMES):
        path = os.path.join(folder, name)
        if number % 3 == 0:
            os.mkdir(path)
            path = os.path.join(path, name)
        with open(path, "wb") as file:
            file.write(name)


def contents(volume: Filling) -> None:
    folder = volume.folder("contents")
    volume.file(folder / "empty", b"")
    (folder / "empty-folder").mkdir()
    for size in SIZES:
        volume.file(folder / str(size), RANDOM.randbytes(size))
    wide = volume.folder("contents/wide")
    for number in range(1500):
        volume.file(wide / f"{number:04}", b"%d" % number)


def deep(volume: Filling) -> None:
    """30 folders of 200 bytes: no path reaches the end."""
    fd = os.open(volume.folder("deep"), os.O_RDONLY)
    first = os.open("first", os.O_CREAT | os.O_WRONLY, dir_fd=fd)
    os.close(first)
    top = os.dup(fd)
    for level in range(30):
        name = f"{level:02}" + "d" * 198
        os.mkdir(name, 0o700 + level, dir_fd=fd)
        below = os.open(name, os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
        os.fchown(fd, level, level)
    file = os.open("last", os.O_CREAT | os.O_WRONLY, 0o4711, dir_fd=fd)
    os.write(file, b"at the end")
    volume.may("user.deep", lambda: os.setxattr(file, "user.deep", b"1"))
    os.symlink("first", "link", dir_fd=fd)
    os.mkfifo("fifo", dir_fd=fd)
    os.link("first", "first", src_dir_fd=top, dst_dir_fd=fd)
    for opened in (file, fd, top):
        os.close(opened)


def flags(volume: Filling) -> None:
    with (volume.folder("flags") / "nodump").open("wb") as file:
        volume.may("inode flags", lambda: set_flags(file.fileno(), NODUMP))


def own_attributes(volume: Filling) -> None:
    volume.may("ACL of the root", lambda: os.setxattr(volume.root, DEFAULT, NARROW_ACL))
    volume.may("user.root", lambda: os.setxattr(volume.root, "user.root", b"own"))
    os.chown(volume.root, 70, 71)
    os.chmod(volume.root, 0o3751)
    os.utime(volume.root, ns=(-1, -123_456_789))


def set_flags(fd: int, flags: int) -> None:
    """Give a file or folder inode flags."""
    fcntl.ioctl(fd, FS_IOC_SETFLAGS, struct.pack("l", flags))


def get_flags(fd: int) -> int:
    """The inode flags of a file or folder, 0 where there are none."""
    space = ctypes.create_string_buffer(8)
    try:
        fcntl.ioctl(fd, FS_IOC_GETFLAGS, space)
    except OSError:
        return 0
    return int(struct.unpack("i", space.raw[:4])[0])
