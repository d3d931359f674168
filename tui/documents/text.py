"""Bytes of a file as text: its encoding and line ends by name, its lines as they may be shown."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import NamedTuple

from tui.presentation import safe_text

SNIFFED = 8192
"""Bytes in which a NUL makes a file binary, unless a mark at its start names UTF-16."""

LONGEST = 4000
"""Characters of one line that are shown."""

TAB = 8
"""Cells from one tab stop to the next."""

_END = re.compile("\r\n|\n|\r")


class Encoding(NamedTuple):
    """How characters were written as bytes."""

    name: str
    """As it is shown."""
    codec: str
    """Python's name for it, without the mark."""
    mark: bytes = b""
    """The bytes before the first character."""


UTF_8 = Encoding("UTF-8", "utf-8")
UTF_8_BOM = Encoding("UTF-8 BOM", "utf-8", codecs.BOM_UTF8)
UTF_16_LE = Encoding("UTF-16 LE", "utf-16-le", codecs.BOM_UTF16_LE)
UTF_16_BE = Encoding("UTF-16 BE", "utf-16-be", codecs.BOM_UTF16_BE)
LATIN_1 = Encoding("Latin-1", "latin-1")


@dataclass(frozen=True, slots=True)
class Text:
    """The first part of a file, or all of it, as text."""

    encoding: Encoding
    lines: list[str]
    """Without their ends; not safe to show yet."""
    ends: str
    """`LF`, `CRLF`, `CR` or `mixed`; empty for one line without an end."""
    ended: bool
    """Whether the last line has an end too."""


def read_text(data: bytes, *, whole: bool) -> Text | None:
    """The text at the start of a file; None where the bytes are none.

    Unless `whole`, the last character may be cut off.
    """
    encoding = recognised(data, whole=whole)
    if encoding is None:
        return None
    text = decoded(data[len(encoding.mark) :], encoding, whole=whole)
    ends = {"\r\n": "CRLF", "\n": "LF", "\r": "CR"}
    # The end of a part may stand between CR and LF.
    found = {ends[end] for end in _END.findall(text if whole else text.removesuffix("\r"))}
    # Where lines end with LF, a CR alone is a character of the line.
    lines = re.split("\r\n|\n" if found - {"CR"} else _END, text)
    ended = not lines[-1]
    if ended:
        lines.pop()
    return Text(encoding, lines, found.pop() if len(found) == 1 else "mixed" * bool(found), ended)


def recognised(data: bytes, *, whole: bool = False) -> Encoding | None:
    """The encoding of a file by its first bytes; None where they are no text."""
    for marked in (UTF_8_BOM, UTF_16_LE, UTF_16_BE):
        if data.startswith(marked.mark):
            return marked if _is(data, marked, whole=whole) else None
    if b"\0" in data[:SNIFFED]:
        return None
    if _is(data, UTF_8, whole=whole):
        return UTF_8
    return None if _looks_binary(data.decode(LATIN_1.codec)) else LATIN_1


def decoded(data: bytes, encoding: Encoding, *, whole: bool = True) -> str:
    """Bytes as text; a character that is cut off at the end is left out unless `whole`."""
    return codecs.getincrementaldecoder(encoding.codec)().decode(data, final=whole)


def shown_line(line: str) -> str:
    """A line of a file as it may be shown: nothing raw, tabs as spaces, cut where it is long."""
    cut = len(line) > LONGEST
    return safe_text(line[:LONGEST].expandtabs(TAB)) + (" …" if cut else "")


def text_notes(text: Text, *, whole: bool) -> tuple[str, ...]:
    """What is worth saying about a text, what matters most first."""
    said = [text.encoding.name]
    if text.ends not in {"", "LF"}:
        said.append("mixed line ends" if text.ends == "mixed" else text.ends)
    if whole and not text.ended:
        said.append("no newline at the end")
    return tuple(said)


def _is(data: bytes, encoding: Encoding, *, whole: bool) -> bool:
    try:
        return "\0" not in decoded(data[len(encoding.mark) :], encoding, whole=whole)[:SNIFFED]
    except UnicodeDecodeError:
        return False


def _looks_binary(text: str) -> bool:
    controls = sum(
        (char < " " and char not in "\t\n\r\f\b\x1b") or "\x7f" <= char < "\xa0" for char in text
    )
    return controls * 20 > len(text)
