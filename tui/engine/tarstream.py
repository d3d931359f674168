"""The members of a tar stream that can only be read forwards, however hostile it is.

`tarfile` would read a header into memory however long it says to be, so only its parser of one
block is used. Source: POSIX.1-2017 `pax`, GNU tar's manual, "Basic Tar Format".
"""

from __future__ import annotations

import re
import stat
import tarfile
from collections.abc import Iterator

from tui.engine.errors import ArchiveBroken
from tui.engine.model import Entry
from tui.engine.unpacking import Read

BLOCK = tarfile.BLOCKSIZE

LONGEST_HEADER = 1024 * 1024
"""Bytes of a header that names what follows; an archive with a longer one is refused."""

LONGEST_NAME = 4096
"""Bytes of a name or target that are kept."""

_SKIPPED = 256 * 1024
_PAX = re.compile(rb"(\d{1,7}) ([^=\n]+)=")
_LARGEST = 2**63 - 1
_KINDS = {
    tarfile.LNKTYPE: stat.S_IFREG,
    tarfile.SYMTYPE: stat.S_IFLNK,
    tarfile.DIRTYPE: stat.S_IFDIR,
    tarfile.FIFOTYPE: stat.S_IFIFO,
    tarfile.CHRTYPE: stat.S_IFCHR,
    tarfile.BLKTYPE: stat.S_IFBLK,
}
_NAMING = {
    tarfile.GNUTYPE_LONGNAME: "path",
    tarfile.GNUTYPE_LONGLINK: "linkpath",
    tarfile.XHDTYPE: "",
    tarfile.SOLARIS_XHDTYPE: "",
    tarfile.XGLTYPE: "",
}
"""Types of the headers that tell more about the next member, with the field they hold."""


def looks_like_tar(data: bytes) -> bool:
    """Whether a tar archive begins with these bytes."""
    block = data[:BLOCK]
    if len(block) < BLOCK or block.count(0) == BLOCK:
        return False
    try:
        _header(block)
    except ArchiveBroken:
        return False
    return True


def tar_members(read: Read, *, longest: int = LONGEST_HEADER) -> Iterator[Entry]:
    """The members in their order; raises `ArchiveBroken` where it cannot go on, and for a header
    of more than `longest` bytes.
    """
    more: dict[str, bytes] = {}
    while (block := _exactly(read, BLOCK, may_end=True)).strip(b"\0"):
        header = _header(block)
        if header.type in _NAMING:
            field = _NAMING[header.type]
            text = _naming(read, header.size, longest)
            if header.type == tarfile.XGLTYPE:
                continue
            more.update({field: text.rstrip(b"\0")} if field else _pax_records(text))
            continue
        if header.type == tarfile.GNUTYPE_SPARSE:
            _skip_sparse_map(read, block)
        entry = _entry(header, more)
        has_data = header.isreg() or header.type not in tarfile.SUPPORTED_TYPES
        stored = _number(more.get("size"), header.size)
        more = {}
        yield entry
        if has_data:
            _skip(read, -(-stored // BLOCK) * BLOCK)


def _header(block: bytes) -> tarfile.TarInfo:
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.TarError as error:
        raise ArchiveBroken("What follows is no tar header.") from error
    if not 0 <= header.size <= _LARGEST:
        raise ArchiveBroken("A header gives an impossible size.")
    return header


def _entry(header: tarfile.TarInfo, more: dict[str, bytes]) -> Entry:
    kind = _KINDS.get(header.type)
    if kind is None:
        kind = stat.S_IFREG if header.isreg() else 0
    is_device = header.type in {tarfile.CHRTYPE, tarfile.BLKTYPE}
    seconds, nanoseconds = _time(more.get("mtime"), header.mtime)
    return Entry(
        name=_text(more.get("GNU.sparse.name", more.get("path")), header.name),
        mode=kind | header.mode & 0o7777,
        uid=_within(_number(more.get("uid"), header.uid), 2**32 - 1),
        gid=_within(_number(more.get("gid"), header.gid), 2**32 - 1),
        size=_number(more.get("GNU.sparse.realsize", more.get("size")), header.size),
        mtime=seconds,
        mtime_nsec=nanoseconds,
        nlink=1,
        inode=0,
        rdev=_device(header.devmajor, header.devminor) if is_device else 0,
        target=_text(more.get("linkpath"), header.linkname),
        errno=0,
    )


def _naming(read: Read, size: int, longest: int) -> bytes:
    if size > longest:
        raise ArchiveBroken(f"A header says that it is {size:,} bytes long.")
    return _exactly(read, -(-size // BLOCK) * BLOCK)[:size]


def _pax_records(text: bytes) -> dict[str, bytes]:
    """`length key=value` lines; what does not follow that ends them."""
    records = {}
    at = 0
    while found := _PAX.match(text, at):
        end = at + int(found[1])
        if end <= found.end() or end > len(text):
            raise ArchiveBroken("A header has a record of an impossible length.")
        records[found[2].decode("utf-8", "surrogateescape")] = text[found.end() : end - 1]
        at = end
    return records


def _skip_sparse_map(read: Read, block: bytes) -> None:
    more = block[482]
    while more:
        more = _exactly(read, BLOCK)[504]


def _exactly(read: Read, size: int, *, may_end: bool = False) -> bytes:
    parts: list[bytes] = []
    left = size
    while left and (part := read(left)):
        parts.append(part)
        left -= len(part)
    if left and not (may_end and left == size):
        raise ArchiveBroken("It ends too early.")
    return b"".join(parts)


def _skip(read: Read, size: int) -> None:
    while size:
        part = read(min(size, _SKIPPED))
        if not part:
            raise ArchiveBroken("It ends too early.")
        size -= len(part)


def _text(value: bytes | None, otherwise: str) -> str:
    encoded = otherwise.encode("utf-8", "surrogateescape") if value is None else value
    return encoded[:LONGEST_NAME].decode("utf-8", "surrogateescape")


def _number(value: bytes | None, otherwise: int) -> int:
    found = int(value) if value is not None and re.fullmatch(rb"\d{1,19}", value) else otherwise
    return _within(found, _LARGEST)


def _time(value: bytes | None, otherwise: float) -> tuple[int, int]:
    """Whole seconds and nanoseconds; a negative time counts its nanoseconds upwards."""
    found = re.fullmatch(rb"(-?)(\d{1,18})(?:\.(\d{1,9})\d*)?", value) if value else None
    if found is None:
        return max(-_LARGEST, min(int(otherwise), _LARGEST)), 0
    total = int(found[2]) * 10**9 + int((found[3] or b"").ljust(9, b"0"))
    return divmod(-total if found[1] else total, 10**9)


def _device(major: int, minor: int) -> int:
    return _within(major, 2**32 - 1) << 32 | _within(minor, 2**32 - 1)


def _within(value: int, largest: int) -> int:
    return max(0, min(value, largest))
