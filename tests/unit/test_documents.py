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
    assert shown.notes == ("9", "UTF-8")


def test_empty() -> None:
    assert document(b"").sentence == "Empty file."


def test_the_first_part_says_so_and_may_end_inside_a_character() -> None:
    shown = document("ä".encode()[:1] + b"", 2)
    assert shown.notes == ("first 1 of 2", "UTF-8")
    assert document(b"abc" + "ä".encode()[:1], 70_000).lines == ["abc"]


UTF_16 = "aé\n".encode("utf-16-le"), "aé\n".encode("utf-16-be")


@pytest.mark.parametrize(
    ("data", "lines", "notes"),
    [
        (b"a\nb\n", ["a", "b"], ("4", "UTF-8")),
        (b"a\r\nb\r\n", ["a", "b"], ("6", "UTF-8", "CRLF")),
        (b"a\rb\r", ["a", "b"], ("4", "UTF-8", "CR")),
        (b"a\r\nb\n", ["a", "b"], ("5", "UTF-8", "mixed line ends")),
        (b"10 %\r20 %\nb\n", [r"10 %\r20 %", "b"], ("12", "UTF-8", "mixed line ends")),
        (b"a", ["a"], ("1", "UTF-8", "no newline at the end")),
        (b"a\nb", ["a", "b"], ("3", "UTF-8", "no newline at the end")),
        ("é".encode("latin-1") + b"t\xe9\n", ["été"], ("4", "Latin-1")),
        (b"\xef\xbb\xbfa\n", ["a"], ("5", "UTF-8 BOM")),
        (b"\xff\xfe" + UTF_16[0], ["aé"], ("8", "UTF-16 LE")),
        (b"\xfe\xff" + UTF_16[1], ["aé"], ("8", "UTF-16 BE")),
        (b"\xff\xfe\x00\xd8a\0", None, ("6", "binary")),
        ("aé".encode("utf-32"), None, ("12", "binary")),
        (b"a\0b", None, ("3", "binary")),
        (b"\x89\x01\x02\x03\xff", None, ("5", "binary")),
    ],
)
def test_encodings_and_line_ends_have_names(
    data: bytes, lines: list[str] | None, notes: tuple[str, ...]
) -> None:
    shown = document(data)
    assert shown.notes == notes
    if lines is None:
        assert shown.lines[0].startswith("000000  ")
    else:
        assert shown.lines == lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "latin-1"])
def test_a_part_that_ends_anywhere_is_still_text(encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    data = mark + "grüße und grüße,\r\nnoch einmal\r\n".encode(encoding)
    for end in range(max(3, len(mark) + 2), len(data)):
        shown = document(data[:end], 70_000)
        assert "binary" not in shown.notes
        assert "mixed line ends" not in shown.notes
        assert shown.notes[0] == f"first {end} of 68K"


def test_hex_dump() -> None:
    first, second = document(bytes(range(0x41, 0x51)) + b"\0\x1b").lines
    assert first == "000000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP"
    assert second.split() == ["000010", "00", "1b", "··"]


def test_no_line_passes_raw_or_without_end() -> None:
    shown = document(b"\x1b]0;x\x07" + b"a" * 60_000)
    assert all(line.isprintable() for line in shown.lines)
    assert len(shown.lines[0]) < 5000
