"""Archives that mean harm or are broken, each with words of the sentence that refuses it."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable
from typing import Any

END = bytes(1024)
OUT = "/etc/voltui-was-here"


def member(name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE, **fields: Any) -> bytes:
    """One entry as GNU tar or pax would have it."""
    info = tarfile.TarInfo(name)
    info.type, info.size, info.mode = kind, len(data), 0o755
    for field, value in fields.items():
        setattr(info, field, value)
    padding = bytes(-len(data) % 512)
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape") + data + padding


def folder(name: str, **fields: Any) -> bytes:
    return member(name, kind=tarfile.DIRTYPE, **fields)


def link(name: str, target: str) -> bytes:
    return member(name, kind=tarfile.SYMTYPE, linkname=target)


def hard(name: str, target: str) -> bytes:
    return member(name, kind=tarfile.LNKTYPE, linkname=target)


def signed(header: bytes) -> bytes:
    """A header with its checksum right again."""
    blank = header[:148] + b" " * 8 + header[156:512]
    return blank[:148] + b"%06o\0 " % sum(blank) + blank[156:] + header[512:]


def changed(data: bytes, at: int, value: bytes) -> bytes:
    return signed(data[:at] + value + data[at + len(value) :])


GOOD = member("good", b"x" * 700)

HOSTILE: dict[str, tuple[Iterable[bytes], str]] = {
    "absolute": ([member(OUT)], "absolute"),
    "dots": ([member("a/../../b")], "leads out"),
    "dots at the end": ([folder("a"), folder("a/..")], "leads out"),
    "link out and through": ([link("evil", "/etc"), member("evil/file")], "no folder"),
    "link in and through": ([folder("a"), link("evil", "a"), member("evil/file")], "no folder"),
    "folder through a link": ([link("evil", ".."), folder("evil/b")], "no folder"),
    "link in the place of a folder": ([folder("evil"), link("evil", "/etc")], "twice"),
    "file over a link": ([link("evil", OUT), member("evil", b"x")], "twice"),
    "below a file": ([member("evil"), member("evil/b")], "no folder"),
    "hard link out": ([hard("evil", "/etc/passwd")], "not within"),
    "hard link out by dots": ([hard("evil", "../../etc/passwd")], "not within"),
    "hard link before its file": ([hard("evil", "good"), GOOD], "before it"),
    "hard link to itself": ([hard("evil", "evil")], "before it"),
    "hard link to a folder": ([folder("a"), hard("evil", "a")], "the folder"),
    "hard link through a link": ([link("a", "/etc"), hard("evil", "a/passwd")], "before it"),
    "twice": ([member("evil"), member("evil", b"x")], "twice"),
    "twice in other words": ([member("evil"), member("./evil//.")], "twice"),
    "twice as a folder": ([folder("evil"), folder("evil", mode=0o700)], "twice"),
    "file and then folder": ([member("evil"), folder("evil")], "twice"),
    "root as a file": ([member("./", b"x" * 5)], "folder itself"),
    "root as a link": ([link(".", "/etc")], "folder itself"),
    "ours": ([folder(".voltui-old-1")], "kept for"),
    "ours below": ([member("./.voltui-x/a")], "kept for"),
    "wrong checksum": ([GOOD, member("evil")[:150] + b"1" + member("evil")[151:]], "checksum"),
    "wrong size": ([changed(member("good", b"x" * 9), 124, b"00000002000\0")], "cut off"),
    "too small a size": ([changed(GOOD, 124, b"00000000001\0")], "checksum"),
    "negative size": ([changed(member("evil"), 124, b"\xff" * 12)], "size"),
    "size above all": (
        [changed(member("evil"), 124, b"\x80" + b"\0" * 3 + b"\x7f" * 8)], "size",
    ),
    "unknown kind": ([member("evil", kind=b"Z")], "unknown type"),
    "garbage behind the end": ([GOOD, END, b"x"], "behind its entry"),
    "archive behind the end": ([GOOD, END, member("evil"), END], "behind its entry"),
    "lone empty block": ([GOOD, bytes(512), GOOD], "alone"),
    "no end": ([GOOD], "cut off"),
    "half an end": ([GOOD, bytes(512)], "cut off"),
    "nothing": ([b""], "cut off"),
    "no archive": ([b"not a tar" * 100], "no tar header"),
}  # fmt: skip
"""What stands before END, unless it is about the end, and words of the refusal."""

WITHOUT_END = {
    "garbage behind the end",
    "archive behind the end",
    "no end",
    "half an end",
    "nothing",
}


def hostile(name: str) -> tuple[bytes, str]:
    """The archive of that name, and words of the sentence that refuses it."""
    parts, words = HOSTILE[name]
    return b"".join(parts) + (b"" if name in WITHOUT_END else END), words


def many(count: int) -> bytes:
    """Empty files."""
    out = io.BytesIO()
    out.writelines(member(f"file-{number}") for number in range(count))
    return out.getvalue() + END
