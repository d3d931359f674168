"""What the preview makes of bytes."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
from collections.abc import Callable

import pytest
import zstandard

from tui.documents.contents import look_into, of_range
from tui.documents.document import Document
from tui.documents.hex import hex_lines
from tui.documents.pretty import pretty_json
from tui.engine.archives import ArchiveFormat
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


def test_hex_lines_take_an_offset() -> None:
    first, second = hex_lines(bytes(17), 0x12345678, digits=10)
    assert first.startswith("0012345678  00 00")
    assert second.startswith("0012345688  00   ")


MINIFIED = '{"a":[1,2.50,1e400,{}],"a":"x\\\\\\",{[: \\u00e9","b":[],"c":{"d":null}}'


def test_minified_json_is_laid_out_and_nothing_else_changes() -> None:
    shown = document(MINIFIED.encode() + b"\n")
    assert "formatted JSON" in shown.notes
    assert not shown.numbered
    assert shown.lines == [
        "{", '  "a": [', "    1,", "    2.50,", "    1e400,", "    {}", "  ],",
        '  "a": "x\\\\\\",{[: \\u00e9",', '  "b": [],', '  "c": {', '    "d": null', "  }", "}",
    ]  # fmt: skip
    assert json.loads("".join(shown.lines)) == json.loads(MINIFIED)


@pytest.mark.parametrize("text", ["", "12", '"x"', "{", '{"a":}', "[" * 60_000, "[1,2] x"])
def test_what_is_no_json_object_stays_as_it_is(text: str) -> None:
    assert pretty_json(text) is None


def test_deep_json_does_not_grow_without_end() -> None:
    text = "[" * 900 + ",".join("1" * 20_000) + "]" * 900
    lines = pretty_json(text)
    assert lines is None or sum(map(len, lines)) < 2_000_000


def test_json_of_several_lines_or_cut_off_is_shown_as_it_is() -> None:
    assert document(b'{\n"a":1}').lines == ["{", '"a":1}']
    assert document(b'{"a":1}', 70_000).lines == ['{"a":1}']


def read(data: bytes, total: int | None = None) -> FileRange:
    return FileRange(data, 0, FileVersion(1, len(data) if total is None else total, 0, 0))


def tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        packed.addfile(tarfile.TarInfo("name"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"PK\x03\x04more", "app.jar", ArchiveFormat.ZIP),
        (b"PK\x05\x06" + bytes(18), "x", ArchiveFormat.ZIP),
        (tar(), "x", ArchiveFormat.TAR),
        (gzip.compress(tar(), mtime=0), "x", ArchiveFormat.TAR_GZ),
        (bz2.compress(tar()), "x", ArchiveFormat.TAR_BZ2),
        (lzma.compress(tar()), "x", ArchiveFormat.TAR_XZ),
        (zstandard.compress(tar()), "x", ArchiveFormat.TAR_ZST),
        (bz2.compress(tar())[:50], "x.tbz2", ArchiveFormat.TAR_BZ2),
    ],
)
def test_archives_are_told_by_their_bytes(data: bytes, name: str, kind: ArchiveFormat) -> None:
    assert look_into(read(data), name) is kind


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_a_compressed_text_is_shown_as_text(pack: Callable[[bytes], bytes]) -> None:
    shown = look_into(read(pack(b"[a]\nb=1\n")), "app.ini.gz")
    assert isinstance(shown, Document)
    assert shown.lines == ["[a]", "b=1"]
    assert shown.source
    assert shown.source.language == "ini"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_a_compressed_bomb_shows_its_beginning(pack: Callable[[bytes], bytes]) -> None:
    data = pack(b"line\n" * 400_000)
    shown = look_into(read(data[:65536], len(data)), "log.gz")
    assert isinstance(shown, Document)
    assert len(shown.lines) == 65536 // 5 + 1
    assert shown.notes[0].startswith("first 64K of ")


@pytest.mark.parametrize("magic", [b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"])
def test_what_only_begins_like_a_compressed_file_is_shown_as_bytes(magic: bytes) -> None:
    shown = look_into(read(magic + b"\0\xff" * 400), "x")
    assert isinstance(shown, Document)
    assert "binary" in shown.notes
