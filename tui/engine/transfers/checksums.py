"""`FILE.sha256`: a checksum as `sha256sum -c` reads it.

Source: GNU coreutils' manual, "md5sum invocation": a line begins with a backslash where the name
has one or a line end, and these are written `\\\\`, `\\n` and `\\r`.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SUM = re.compile(rb"\\?(?P<digest>[0-9a-fA-F]{64})(?: [ *](?P<name>.+))?")
_LONGEST_SUMS = 64 * 1024
_ESCAPES = {b"\\": b"\\\\", b"\n": b"\\n", b"\r": b"\\r"}


def checksum_path(path: Path) -> Path:
    """Where it stands."""
    return path.with_name(f"{path.name}.sha256")


def checksum_line(digest: str, path: Path) -> bytes:
    """The line for the file beside it; `digest` in hex."""
    name = os.fsencode(path.name)
    escaped = _escaped(name)
    mark = b"" if escaped == name else b"\\"
    return mark + digest.encode("ascii") + b"  " + escaped + b"\n"


@dataclass(frozen=True, slots=True)
class Noted:
    """What `FILE.sha256` says."""

    digest: str = ""
    """Of the file, in hex; empty where it says nothing of it."""
    more: bool = False
    """It holds something else too."""


def noted_checksum(path: Path) -> Noted:
    """What the file beside says, as sha256sum writes it; nothing where it cannot be read."""
    beside = checksum_path(path)
    with suppress(OSError):
        if beside.is_file():
            with beside.open("rb") as file:
                return _told_of(path, file.read(_LONGEST_SUMS + 1))
    return Noted()


def _told_of(path: Path, sums: bytes) -> Noted:
    name = os.fsencode(path.name)
    names = {None, name, b"./" + name, _escaped(name)}
    digest, more = "", len(sums) > _LONGEST_SUMS
    for line in filter(None, map(bytes.strip, sums[:_LONGEST_SUMS].splitlines())):
        found = _SUM.fullmatch(line)
        if found and found["name"] in names:
            digest = digest or found["digest"].decode().lower()
        else:
            more = True
    return Noted(digest, more)


def _escaped(name: bytes) -> bytes:
    for byte, written in _ESCAPES.items():
        name = name.replace(byte, written)
    return name
