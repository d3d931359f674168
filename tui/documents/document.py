"""Document: what the preview shows of one entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tui.documents.listing import Listing


class Span(NamedTuple):
    """Characters of a shown line that have one colour."""

    begin: int
    end: int
    kind: str
    """`comment`, `key`, `keyword`, `string` or `constant`."""


Spans = Sequence[Sequence[Span]]
"""The coloured parts of each line, in order; lines at the end may be missing."""


@dataclass(frozen=True, slots=True)
class Source:
    """What the colours of a text are made from."""

    language: str
    """Name of a lexer of pygments."""
    lines: list[str]
    """As they stand in the file, one for each line that is shown."""


@dataclass(frozen=True, slots=True)
class Document:
    """Lines, or a listing or a sentence in their place; all of it is safe to show."""

    lines: Sequence[str] = ()
    notes: tuple[str, ...] = ()
    """Size, encoding and the like for the title, what matters most first."""
    numbered: bool = False
    sentence: str = ""
    """Shown in place of lines where there are none."""
    listing: Listing | None = None
    """Members of an archive, laid out as the width allows."""
    source: Source | None = None
    """None where there is nothing to colour."""
    spans: Spans = ()
