"""What the preview makes of bytes."""

from __future__ import annotations

import pytest

from tui.documents import Document, of_range
from tui.engine.model import FileRange, FileVersion


def document(data: bytes, total: int | None = None) -> Document:
    size = len(data) if total is None else total
    return of_range(FileRange(data, 0, FileVersion(1, size, 0, 0)))


def test_text_by_lines() -> None:
    shown = document(b"one\n\ttwo\n")
    assert shown.lines == ["one", "        two"]
    assert shown.numbered
    assert shown.note == "9 UTF-8"


def test_empty() -> None:
    assert document(b"").sentence == "Empty file."


def test_the_first_part_says_so_and_may_end_inside_a_character() -> None:
    shown = document("ä".encode()[:1] + b"", 2)
    assert shown.note == "first 1 of 2 UTF-8"
    assert document(b"abc" + "ä".encode()[:1], 70_000).lines == ["abc"]


@pytest.mark.parametrize(
    ("data", "note"),
    [(b"a\r\nb\r\n", "6 UTF-8 CRLF"), ("é".encode("latin-1") + b"t\xe9", "3 Latin-1"),
     (b"\xef\xbb\xbfa", "4 UTF-8 BOM"), (b"a\0b", "3 binary"),
     (b"\x89\x01\x02\x03\xff", "5 binary")],
)  # fmt: skip
def test_notes(data: bytes, note: str) -> None:
    assert document(data).note == note


def test_hex_dump() -> None:
    first, second = document(bytes(range(0x41, 0x51)) + b"\0\x1b").lines
    assert first == "000000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP"
    assert second.split() == ["000010", "00", "1b", "··"]


def test_no_line_passes_raw_or_without_end() -> None:
    shown = document(b"\x1b]0;x\x07" + b"a" * 60_000)
    assert all(line.isprintable() for line in shown.lines)
    assert len(shown.lines[0]) < 5000
