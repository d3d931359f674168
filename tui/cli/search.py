"""`fs find` and `fs grep`."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Any, TypeVar

import click

from tui.cli.address import Address, parse_address
from tui.cli.files import entry_fields, opened
from tui.cli.options import Settings, global_options
from tui.cli.output import Lines
from tui.cli.progress import ProgressLine
from tui.engine.errors import FileFailed, UsageError
from tui.engine.search import Found, Matched, SearchSum
from tui.presentation import counted

T = TypeVar("T", Found, Matched)
_NOT_ALL = 1
_NOTHING = 1


@click.command("find")
@click.argument("address", metavar="VOLUME[:/PATH]", callback=parse_address)
@click.argument("pattern")
@click.option("--glob", "-g", is_flag=True, help="PATTERN has wildcards: * ? [a-z] and **.")
@click.option("--print0", "-0", "print0", is_flag=True, help="End each path with a NUL.")
@global_options
def find_(settings: Settings, address: Address, pattern: str, glob: bool, print0: bool) -> None:
    """Find entries by name: PATTERN's characters in this order, in any case.

    An upper-case character in PATTERN makes case count. With a slash PATTERN is about the path
    below the folder, else about the name. At most 100,000 are found.
    """
    lines = Lines(as_json=settings.as_json)

    def line(found: Found) -> str:
        if settings.as_json:
            return json.dumps({"path": found.path, **entry_fields(found.entry)})
        return lines.name(found.path)

    with (
        opened(settings, address) as files,
        closing(files.find(address.path, pattern, glob=glob)) as parts,
    ):
        end = "\0" if print0 and not settings.as_json else "\n"
        total = _print(_refused(parts), lines, line, end)
    sys.exit(_left_out(total))


@click.command("grep")
@click.argument("pattern")
@click.argument("address", metavar="VOLUME[:/PATH]", callback=parse_address)
@click.option("--ignore-case", "-i", is_flag=True, help="Any case.")
@click.option("--fixed-strings", "-F", "fixed", is_flag=True, help="PATTERN is a text.")
@click.option("--glob", "-g", metavar="GLOB", default="", help="Only files whose names fit.")
@click.option("--print0", "-0", "print0", is_flag=True, help="A NUL behind each path, no colon.")
@global_options
def grep_(
    settings: Settings,
    pattern: str,
    address: Address,
    ignore_case: bool,
    fixed: bool,
    glob: str,
    print0: bool,
) -> None:
    """Find lines that match PATTERN (RE2) in a file, or in all files below a folder.

    Prints path:line:text; of a long line what is around the match. Binary files are left out.
    Exit status 1 if nothing is found. At most 100,000 lines are found.
    """
    lines = Lines(as_json=settings.as_json)
    behind = "\0" if print0 else ":"

    def line(match: Matched) -> str:
        if settings.as_json:
            return json.dumps(match._asdict())
        return f"{lines.name(match.path)}{behind}{match.line}:{lines.text(match.text)}"

    with (
        opened(settings, address) as files,
        closing(
            files.grep(address.path, pattern, fixed=fixed, ignore_case=ignore_case, glob=glob)
        ) as parts,
    ):
        total = _print(_refused(parts), lines, line, "\n")
    sys.exit(_left_out(total) or (0 if total.found else _NOTHING))


def _print(
    parts: Iterator[list[T] | SearchSum], lines: Lines, line: Callable[[T], str], end: str
) -> SearchSum:
    """Print results as they come; the sum at the end."""
    total = None
    with ProgressLine() as progress:
        for part in parts:
            if isinstance(part, SearchSum):
                total = part
                progress.show(f"{counted(part.entries, 'entry')}, {part.found:,} found")
            else:
                progress.clear()
                lines.write(map(line, part), end)
    assert total is not None, "the last part is a sum"
    return total


def _refused(parts: Generator[Any, None, None]) -> Iterator[Any]:
    """The same parts; a pattern that is none is wrong usage."""
    try:
        yield from parts
    except FileFailed as error:
        if error.errno != errno.EINVAL:
            raise
        raise UsageError(str(error), hint=error.hint) from error


def _left_out(total: SearchSum) -> int:
    """Say what was not looked at; the exit status for that."""
    if total.errors:
        failed = counted(total.errors, "entry")
        click.echo(f"voltui: {failed} could not be read: there may be more.", err=True)
    if total.cut:
        click.echo(f"voltui: The search ended at {total.found:,}: there may be more.", err=True)
    return _NOT_ALL if total.errors or total.cut else 0
