"""Whether two trees are the same, attribute by attribute, told without the agent.

`make_fixture(path)` fills a folder with everything there is; `difference(a, b)` says in sentences
how b differs from a.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.agent.fixture import get_flags, make_fixture

__all__ = ["difference", "make_fixture", "read_tree"]

KINDS = {
    stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link", stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket", stat.S_IFCHR: "character device", stat.S_IFBLK: "block device",
}  # fmt: skip
FLAGS = {0x10: "immutable", 0x20: "append-only", 0x40: "nodump"}
BLOCK = 4096
SLACK = 64 << 10  # bytes on the disk that two copies of a file may differ in

# Kinds of difference that a way of copying may be allowed.
ALLOWABLE = {"flags", "security", "trusted", "socket", "preallocated", "root"}

Inode = tuple[int, int]


@dataclass(frozen=True)
class Entry:
    """What one entry is and has; digest is of all blocks that are not only zeros."""

    st: os.stat_result
    xattrs: dict[str, bytes]
    target: bytes = b""
    flags: int = 0
    digest: str = ""

    @property
    def kind(self) -> str:
        return KINDS[stat.S_IFMT(self.st.st_mode)]

    @property
    def inode(self) -> Inode:
        return self.st.st_dev, self.st.st_ino

    @property
    def disk(self) -> int:
        return self.st.st_blocks * 512


def difference(a: Path, b: Path, allowed: Collection[str] = ()) -> list[str]:
    """How the tree b differs from a, a sentence for each attribute of each entry; the same: none.

    Allowed may be `flags`, `security` and `trusted` (extended attributes of those names, but not
    capabilities), `socket` (none in b), `preallocated` (room that nothing was written to) and
    `root` (attributes of the folders a and b themselves).
    """
    assert set(allowed) <= ALLOWABLE
    before, after = read_tree(a), read_tree(b)
    said: list[str] = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old is None or new is None:
            if old is None or not (old.kind == "socket" and "socket" in allowed):
                said.append(_sentence(path, "is missing" if new is None else "is new"))
        elif path or "root" not in allowed:
            said += (_sentence(path, text) for text in _compared(old, new, allowed))
    return said + _regrouped(before, after)


def read_tree(root: Path) -> dict[bytes, Entry]:
    """Every entry by its path, which begins with a slash and is empty for root itself."""
    fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return dict(_walked(fd, b""))
    finally:
        os.close(fd)


def _walked(folder: int, path: bytes) -> Iterator[tuple[bytes, Entry]]:
    """By descriptors: paths may have any length, but each level keeps one open."""
    yield path, Entry(os.fstat(folder), _xattrs(folder, b"."), flags=get_flags(folder))
    for name in map(os.fsencode, os.listdir(folder)):
        st = os.stat(name, dir_fd=folder, follow_symlinks=False)
        below = path + b"/" + name
        if stat.S_ISDIR(st.st_mode) or stat.S_ISREG(st.st_mode):
            fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)
            try:
                if stat.S_ISDIR(st.st_mode):
                    yield from _walked(fd, below)
                else:
                    xattrs = _xattrs(folder, name)
                    yield below, Entry(st, xattrs, flags=get_flags(fd), digest=_digest(fd))
            finally:
                os.close(fd)
        else:
            target = os.readlink(name, dir_fd=folder) if stat.S_ISLNK(st.st_mode) else b""
            yield below, Entry(st, _xattrs(folder, name), target)


def _xattrs(folder: int, name: bytes) -> dict[str, bytes]:
    path = b"/proc/self/fd/%d/%s" % (folder, name)
    names = os.listxattr(path, follow_symlinks=False)
    return {name: os.getxattr(path, name, follow_symlinks=False) for name in names}


def _digest(fd: int) -> str:
    total = sha256()
    size = os.fstat(fd).st_size
    at = 0
    while at < size:
        try:
            at = os.lseek(fd, at, os.SEEK_DATA)
        except OSError:  # a hole up to the end
            break
        end = os.lseek(fd, at, os.SEEK_HOLE)
        for block in range(at - at % BLOCK, end, BLOCK):
            data = os.pread(fd, BLOCK, block)
            if data.count(0) < len(data):
                total.update(b"%d:" % block + data)
        at = end
    return total.hexdigest()


def _compared(old: Entry, new: Entry, allowed: Collection[str]) -> Iterator[str]:
    if old.kind != new.kind:
        yield f"is a {new.kind} instead of a {old.kind}"
        return
    for what, was, now in _values(old, new):
        if was != now:
            yield f"{what} {now} instead of {was}"
    if old.kind == "file":
        yield from _content_differences(old, new, allowed)
    if "flags" not in allowed:
        for flag, name in FLAGS.items():
            if (old.flags ^ new.flags) & flag:
                yield f"is {name}" if new.flags & flag else f"is not {name}"
    yield from _xattr_differences(old.xattrs, new.xattrs, allowed)


def _content_differences(old: Entry, new: Entry, allowed: Collection[str]) -> Iterator[str]:
    if old.digest != new.digest:
        yield "has other contents"
    if new.disk > old.disk + SLACK:
        yield f"takes {new.disk} bytes on the disk instead of {old.disk}"
    elif new.disk < old.disk - SLACK and "preallocated" not in allowed:
        yield f"takes only {new.disk} bytes on the disk instead of {old.disk}"


def _values(old: Entry, new: Entry) -> Iterator[tuple[str, object, object]]:
    a, b = old.st, new.st
    yield "owner", f"{a.st_uid}:{a.st_gid}", f"{b.st_uid}:{b.st_gid}"
    yield "mode", f"{stat.S_IMODE(a.st_mode):04o}", f"{stat.S_IMODE(b.st_mode):04o}"
    yield "mtime", a.st_mtime_ns, b.st_mtime_ns
    if old.kind == "file":
        yield "size", a.st_size, b.st_size
    if old.kind != "folder":
        yield "names", a.st_nlink, b.st_nlink
    yield "target", old.target, new.target
    if old.kind.endswith("device"):
        yield "number", _number(a), _number(b)


def _number(st: os.stat_result) -> str:
    return f"{os.major(st.st_rdev)}:{os.minor(st.st_rdev)}"


def _xattr_differences(
    old: dict[str, bytes], new: dict[str, bytes], allowed: Collection[str]
) -> Iterator[str]:
    for name in sorted(old.keys() | new.keys()):
        space = name.split(".", 1)[0]
        if old.get(name) != new.get(name) and (
            name == "security.capability" or space not in allowed
        ):
            yield f"has {name!a} {new.get(name)!r} instead of {old.get(name)!r}"


def _regrouped(before: dict[bytes, Entry], after: dict[bytes, Entry]) -> list[str]:
    """Names that were of one inode and are not any more."""
    first: dict[Inode, bytes] = {}
    said = []
    for path, old in sorted(before.items()):
        new = after.get(path)
        if old.kind == "folder" or new is None:
            continue
        together = first.setdefault(old.inode, path)
        if together in after and after[together].inode != new.inode:
            said.append(_sentence(path, f"is no other name of {together!r}"))
    return said


def _sentence(path: bytes, text: str) -> str:
    shown = path or b"/"
    if len(shown) > 200:
        shown = shown[:80] + b"..." + shown[-80:]
    return f"{shown!r} {text}"
