"""The first bytes of a regular file as a document."""

from __future__ import annotations

from tui.documents.document import Document
from tui.documents.hex import hex_lines
from tui.documents.text import read_text, shown_line, text_notes
from tui.engine.model import FileRange
from tui.presentation import size

DUMPED = 4096
"""Bytes of a binary file that are shown."""


def of_range(read: FileRange) -> Document:
    """The document for the first bytes of a regular file."""
    if not read.data:
        return Document(sentence="Empty file.", notes=("0",))
    total = size(max(read.version.size, len(read.data)))
    text = read_text(read.data, whole=read.reaches_end)
    if text is None:
        return Document(hex_lines(read.data[:DUMPED]), notes=(total, "binary"))
    first = "" if read.reaches_end else f"first {size(len(read.data))} of "
    return Document(
        [shown_line(line) for line in text.lines],
        notes=(first + total, *text_notes(text, whole=read.reaches_end)),
        numbered=True,
    )
