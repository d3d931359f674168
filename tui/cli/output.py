"""What commands print: aligned text that is safe on a terminal, or JSON."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

import click

from tui.presentation import safe, safe_text


def print_table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], right: Set[int] = frozenset()
) -> None:
    """Columns wide enough for what is in them; those in `right` are right-aligned."""
    for line in table_lines(heads, rows, right):
        click.echo(line)


def table_lines(
    heads: Sequence[str], rows: Sequence[Sequence[str]], right: Set[int] = frozenset()
) -> Iterator[str]:
    """The lines of such a table, safe on a terminal."""
    lines = [list(heads), *[[safe(cell) for cell in row] for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def print_json(value: Mapping[str, Any]) -> None:
    """One object on one line, in ASCII: bytes that are no UTF-8 travel as surrogate escapes."""
    click.echo(json.dumps(value))


def print_object(value: Mapping[str, Any]) -> None:
    """One object over several lines, in ASCII."""
    click.echo(json.dumps(value, indent=2))


class BytesOut:
    """Stdout for the bytes of a file: raw to a pipe or file, made visible on a terminal."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._terminal = sys.stdout.isatty()

    def write(self, data: bytes, final: bool = False) -> None:
        """Write a part; `final` tells that nothing follows."""
        if not self._terminal:
            sys.stdout.buffer.write(data)
            return
        text = self._decoder.decode(data, final)
        lines = ("\t".join(map(safe_text, line.split("\t"))) for line in text.split("\n"))
        sys.stdout.write("\n".join(lines))


class Lines:
    """Stdout for lines with names of any bytes: raw to a pipe, made visible on a terminal."""

    def __init__(self, *, as_json: bool = False) -> None:
        self._terminal = sys.stdout.isatty() and not as_json

    @property
    def raw(self) -> bool:
        """Whether names and texts go out as they are."""
        return not self._terminal

    def name(self, name: str) -> str:
        """A name or path, as it goes to stdout."""
        return safe(name) if self._terminal else name

    def text(self, text: str) -> str:
        """A part of a file on one line, as it goes to stdout."""
        if not self._terminal:
            return text
        return "\t".join(map(safe_text, text.split("\t")))

    def write(self, lines: Iterable[str], end: str = "\n") -> None:
        """Lines made of such names and texts; they are out when this returns."""
        data = "".join(f"{line}{end}" for line in lines)
        sys.stdout.flush()
        if self._terminal:
            click.echo(data, nl=False)
        else:
            sys.stdout.buffer.write(data.encode("utf-8", "surrogateescape"))
        sys.stdout.flush()
