"""Bytes of a file as lines for the preview: text, or a hex dump for what is none."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

from tui.engine.model import FileRange
from tui.presentation import safe_text, size

SNIFFED = 8192
"""Bytes in which a NUL makes a file binary."""

DUMPED = 4096
"""Bytes of a binary file that are shown."""

LONGEST = 4000
"""Characters of one line that are shown."""

_TAB = 8


@dataclass(frozen=True, slots=True)
class Document:
    """What the preview shows of one entry; every line is safe to show."""

    lines: list[str] = field(default_factory=list)
    note: str = ""
    """Size, encoding and the like, for the title."""
    numbered: bool = False
    sentence: str = ""
    """Shown in place of lines where there are none."""


def of_range(read: FileRange) -> Document:
    """The document for the first bytes of a regular file."""
    if not read.data:
        return Document(sentence="Empty file.", note="0")
    total = size(max(read.version.size, len(read.data)))
    text, encoding = _decoded(read.data, whole=read.reaches_end)
    if text is None:
        return Document(_hex_dump(read.data[:DUMPED]), note=f"{total} binary")
    lines = [_line(line) for line in text.split("\n")]
    ending = " CRLF" if "\r\n" in text else ""
    if lines and not lines[-1]:
        lines.pop()
    first = "" if read.reaches_end else f"first {size(len(read.data))} of "
    return Document(lines, note=f"{first}{total} {encoding}{ending}", numbered=True)


def _decoded(data: bytes, *, whole: bool) -> tuple[str | None, str]:
    """Text and the name of its encoding; no text where the bytes are none."""
    if b"\0" in data[:SNIFFED]:
        return None, ""
    encoding = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data, final=whole)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
        return (None, "") if _looks_binary(text) else (text, "Latin-1")
    return text, "UTF-8 BOM" if encoding == "utf-8-sig" else "UTF-8"


def _looks_binary(text: str) -> bool:
    controls = sum(
        (char < " " and char not in "\t\n\r\f\b\x1b") or "\x7f" <= char < "\xa0" for char in text
    )
    return controls * 20 > len(text)


def _line(line: str) -> str:
    line = line.removesuffix("\r")
    cut = len(line) > LONGEST
    return safe_text(line[:LONGEST].expandtabs(_TAB)) + (" …" if cut else "")


def _hex_dump(data: bytes) -> list[str]:
    lines = []
    for offset in range(0, len(data), 16):
        part = data[offset : offset + 16]
        left, right = part[:8].hex(" "), part[8:].hex(" ")
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in part)
        lines.append(f"{offset:06x}  {left:<23}  {right:<23}  {text}")
    return lines
