"""The colours of a text, made by pygments, which is imported here only and late."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from tui.documents.document import Source, Span
from tui.documents.text import TAB

if TYPE_CHECKING:
    from pygments.lexer import Lexer

LONGEST = 1000
"""Characters of a line in a text with colours: a lexer holds Python's lock for a whole match."""

SECONDS = 1.0
"""How long the colours of one text may take; the rest stays without."""

BATCH = 100
"""Lines that are told at once."""

_KINDS = {
    ("Comment", "Preproc"): "keyword",
    ("Comment", "PreprocFile"): "string",
    ("Comment",): "comment",
    ("Keyword", "Constant"): "constant",
    ("Keyword",): "keyword",
    ("Literal", "Number"): "constant",
    ("Literal", "String"): "string",
    ("Literal", "String", "Doc"): "comment",
    ("Name", "Attribute"): "key",
    ("Name", "Tag"): "key",
    ("Name", "Variable"): "constant",
    ("Name", "Function"): "key",
    ("Name", "Class"): "key",
    ("Name", "Decorator"): "keyword",
    ("Name", "Builtin"): "keyword",
    ("Generic", "Heading"): "keyword",
    ("Generic", "Subheading"): "keyword",
    ("Generic", "Inserted"): "string",
    ("Generic", "Deleted"): "constant",
}
"""What is coloured, by pygments' type of a token or one above it."""


def colours(source: Source, shown: list[str]) -> Generator[list[list[Span]], None, None]:
    """The spans of the lines from the first on, some lines at a time; it may end early.

    `shown` are the lines of `source` as they are on the screen.
    """
    if any(len(line) > LONGEST for line in source.lines):
        return
    end = time.monotonic() + SECONDS
    spans: list[list[Span]] = [[]]
    told = 0
    for begin, stop, line, kind in _pieces(_lexer(source.language), source.lines):
        if line >= told + BATCH:
            yield _shifted(source.lines, shown, spans[:-1], told)
            told += len(spans) - 1
            spans = spans[-1:]
            if time.monotonic() > end:
                return
        while len(spans) <= line - told:
            spans.append([])
        if kind:
            spans[line - told].append(Span(begin, stop, kind))
    yield _shifted(source.lines, shown, spans, told)


def _lexer(language: str) -> Lexer:
    from pygments.lexers import get_lexer_by_name

    options: dict[str, Any] = {"handlecodeblocks": False} if language == "markdown" else {}
    return get_lexer_by_name(language, **options)


def _pieces(lexer: Lexer, lines: list[str]) -> Iterator[tuple[int, int, int, str]]:
    """Each part of a token that stands on one line: begin and end there, the line, its kind."""
    text = "\n".join(lines) + "\n"
    line = start = 0  # The line that begins at `start`.
    for at, token, value in lexer.get_tokens_unprocessed(text):
        kind = _kind(token)
        index = at
        for part in value.split("\n"):
            while line < len(lines) - 1 and index > start + len(lines[line]):
                start += len(lines[line]) + 1
                line += 1
            begin = index - start
            yield begin, min(begin + len(part), len(lines[line])), line, kind if part else ""
            index += len(part) + 1


def _kind(token: tuple[str, ...]) -> str:
    for length in range(len(token), 0, -1):
        kind = _KINDS.get(token[:length])
        if kind is not None:
            return kind
    return ""


def _shifted(
    lines: list[str], shown: list[str], spans: list[list[Span]], first: int
) -> list[list[Span]]:
    return [
        _on_screen(lines[number], shown[number], found) if found else found
        for number, found in enumerate(spans, first)
    ]


def _on_screen(line: str, shown: str, spans: list[Span]) -> list[Span]:
    """Where the spans of a line are on the screen; none where more than tabs was replaced."""
    if line == shown:
        return spans
    if line.expandtabs(TAB) != shown:
        return []
    return [
        Span(
            len(line[: span.begin].expandtabs(TAB)),
            len(line[: span.end].expandtabs(TAB)),
            span.kind,
        )
        for span in spans
    ]
