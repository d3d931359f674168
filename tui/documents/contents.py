"""The first bytes of a regular file: a document, or the archive that it is."""

from __future__ import annotations

from tui.documents.colours import LONGEST
from tui.documents.document import Document, Source
from tui.documents.hex import hex_lines
from tui.documents.languages import language_of
from tui.documents.pretty import pretty_json
from tui.documents.text import Text, read_text, shown_line, text_notes
from tui.engine.archives import TAR_IN, ArchiveFormat
from tui.engine.errors import ArchiveBroken
from tui.engine.model import FileRange
from tui.engine.tarstream import looks_like_tar
from tui.engine.unpacking import compression_of, first_bytes
from tui.presentation import size

DUMPED = 4096
"""Bytes of a binary file that are shown."""

UNPACKED = 65536
"""Bytes of a compressed file that are shown."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_TAR_NAMES = (".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".tzst")


def look_into(read: FileRange, name: str) -> Document | ArchiveFormat:
    """What a file of that name begins with."""
    data = read.data
    if data.startswith(_ZIP):
        return ArchiveFormat.ZIP
    if looks_like_tar(data):
        return ArchiveFormat.TAR
    compression = compression_of(data)
    if compression is None:
        return of_range(read, name)
    try:
        inside = first_bytes(data, compression, UNPACKED)
    except ArchiveBroken:
        return of_range(read, name)
    stem = name.rpartition(".")[0]
    if looks_like_tar(inside) or (not inside and _names_tar(name, stem)):
        return TAR_IN[compression]
    if not inside:
        return of_range(read, name)
    total = f"{compression.value} {size(read.version.size)}"
    whole = read.reaches_end and len(inside) < UNPACKED
    return _of_bytes(inside, stem, total, whole=whole)


def of_range(read: FileRange, name: str = "") -> Document:
    """The document for the first bytes of a regular file."""
    if not read.data:
        return Document(sentence="Empty file.", notes=("0",))
    total = size(max(read.version.size, len(read.data)))
    return _of_bytes(read.data, name, total, whole=read.reaches_end)


def _of_bytes(data: bytes, name: str, total: str, *, whole: bool) -> Document:
    text = read_text(data, whole=whole)
    if text is None:
        return Document(hex_lines(data[:DUMPED]), notes=(total, "binary"))
    if not whole:
        total = f"first {size(len(data))} of {total}"
    notes = (total, *text_notes(text, whole=whole))
    if whole and len(text.lines) == 1 and (lines := pretty_json(text.lines[0])):
        return Document(
            [shown_line(line) for line in lines],
            notes=(total, "formatted JSON", *notes[1:]),
            source=Source("json", lines),
        )
    shown = [shown_line(line) for line in text.lines]
    return Document(shown, notes=notes, numbered=True, source=_source(text, name))


def _source(text: Text, name: str) -> Source | None:
    if any(len(line) > LONGEST for line in text.lines):
        return None
    language = language_of(name, "\n".join(text.lines[:100]))
    return Source(language, text.lines) if language else None


def _names_tar(name: str, stem: str) -> bool:
    return stem.lower().endswith(".tar") or name.lower().endswith(_TAR_NAMES)
