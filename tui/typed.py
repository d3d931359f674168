"""Paths that a user types: any bytes, written as `presentation.safe` shows them."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([ntre\\]))")
_NAMES = ("utf-8", "surrogateescape")
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "e": "\x1b", "\\": "\\"}


def unsafe(shown: str) -> str:
    """The name that `safe` shows as this; a backslash that begins no escape stands for itself."""
    # Bytes that were typed one by one may be a character together, whatever the locale says.
    return _ESCAPE.sub(_character, shown).encode(*_NAMES).decode(*_NAMES)


def _character(escape: re.Match[str]) -> str:
    byte, short, long, named = escape.groups()
    if named:
        return _NAMED[named]
    if byte:
        number = int(byte, 16)
        return chr(number) if number < 0x80 else chr(0xDC00 + number)
    number = int(short or long, 16)
    surrogate = 0xD800 <= number <= 0xDFFF and not 0xDC80 <= number <= 0xDCFF
    return escape[0] if surrogate or number > 0x10FFFF else chr(number)


def absolute(path: str, folder: str) -> str:
    """A path in a volume without `.`, `..` and empty parts; a relative one begins in `folder`."""
    parts: list[str] = []
    for part in (path if path.startswith("/") else f"{folder}/{path}").split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    return "/" + "/".join(parts)
