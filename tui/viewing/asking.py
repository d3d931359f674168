"""What a user types to look for something or to go somewhere in a file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui.documents.text import Encoding
from tui.engine.filesearch import Needle

_CLASSES = re.compile(r"\\.")
_BYTES = re.compile(r"0x((?:[0-9a-f]{2} ?)+)", re.IGNORECASE)


def needle(typed: str, encoding: Encoding | None) -> Needle:
    """RE2, without regard to case unless there is a capital letter in it.

    Bytes as `0x1b 5b` are looked for as they are. So is text in an encoding other than UTF-8, whose
    bytes RE2 does not know.
    """
    if found := _BYTES.fullmatch(typed.strip()):
        return Needle(bytes.fromhex(found[1]), fixed=True)
    codec = encoding.codec if encoding else "utf-8"
    if codec.startswith("utf-16") or (codec == "latin-1" and not typed.isascii()):
        return Needle(typed.encode(codec, "replace"), fixed=True)
    ignore_case = not any(char.isupper() for char in _CLASSES.sub("", typed))
    return Needle(typed.encode("utf-8", "surrogateescape"), ignore_case=ignore_case)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go; one of them is given."""

    line: int | None = None
    """From 1."""
    offset: int | None = None


def place(typed: str, size: int, *, lines: bool) -> Place | None:
    """A line, `50%`, or an offset as `0x1f`; without `lines` a number is an offset too.

    None where it is none of them.
    """
    text = typed.strip().replace(",", "").replace("_", "").casefold()
    if found := re.fullmatch(r"(\d{1,3})(?:\.\d*)?%", text):
        return Place(offset=min(size, size * int(found[1]) // 100))
    if found := re.fullmatch(r"0x([0-9a-f]{1,16})", text):
        return Place(offset=int(found[1], 16))
    if not re.fullmatch(r"\d{1,18}", text):
        return None
    return Place(line=max(1, int(text))) if lines else Place(offset=int(text))
