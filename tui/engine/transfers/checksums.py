"""`FILE.sha256`: a checksum as `sha256sum -c` reads it.

Source: GNU coreutils' manual, "md5sum invocation": a line begins with a backslash where the name
has one or a line end, and these are written `\\\\`, `\\n` and `\\r`.
"""

from __future__ import annotations

import os
from pathlib import Path

_ESCAPES = {b"\\": b"\\\\", b"\n": b"\\n", b"\r": b"\\r"}


def checksum_path(path: Path) -> Path:
    """Where it stands."""
    return path.with_name(f"{path.name}.sha256")


def checksum_line(digest: str, path: Path) -> bytes:
    """The line for the file beside it; `digest` in hex."""
    name = os.fsencode(path.name)
    escaped = name
    for byte, written in _ESCAPES.items():
        escaped = escaped.replace(byte, written)
    mark = b"" if escaped == name else b"\\"
    return mark + digest.encode("ascii") + b"  " + escaped + b"\n"
