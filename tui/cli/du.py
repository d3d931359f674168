"""`fs du`: what folders hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import click

from tui.cli.address import Address, parse_address
from tui.cli.files import opened
from tui.cli.options import Settings, global_options
from tui.cli.output import print_json, print_table
from tui.cli.progress import ProgressLine
from tui.engine.diskusage import FolderSum, FolderUsage
from tui.engine.model import EntryKind
from tui.presentation import counted, join, safe, size

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

_INCOMPLETE = 1


class _Row(NamedTuple):
    path: str | None
    """None for all those that are not told one by one."""
    kind: EntryKind
    disk: int
    apparent: int
    files: int
    directories: int
    errors: int


@click.command("du")
@click.argument("address", metavar="VOLUME[:/PATH]", callback=parse_address)
@click.option(
    "--depth",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="Levels below the folder that are listed; each one more is a walk of its own.",
)
@global_options
def du_(settings: Settings, address: Address, depth: int) -> None:
    """Add up what a folder holds: bytes on disk, bytes of the files, and their number.

    The largest entry comes first, the folder itself last. A file with several names counts once in
    each sum. Exit status 1 if something could not be read: then the sums are too low.
    """
    with opened(settings, address) as files:
        total = None
        rows = []
        for row in _rows(files, address.path, depth):
            total = row
            if settings.as_json:
                print_json({**row._asdict(), "complete": not row.errors})
            rows.append(row)
    if not settings.as_json:
        _print(rows)
    assert total is not None, "the folder is the last row"
    if total.errors:
        failed = counted(total.errors, "entry")
        click.echo(f"voltui: The sums are incomplete: {failed} could not be read.", err=True)
        sys.exit(_INCOMPLETE)


def _rows(files: VolumeFiles, path: str, depth: int) -> Iterator[_Row]:
    """What is below the folder, the largest first, and then the folder."""
    usage = _counted(files, path)
    for child in sorted(usage.children, key=_largest_first) if depth else ():
        if child.name and child.kind is EntryKind.DIRECTORY and depth > 1:
            yield from _rows(files, join(path, child.name), depth - 1)
        else:
            yield _row(join(path, child.name), child)
    sums = usage.total
    yield _Row(
        path,
        EntryKind.DIRECTORY,
        sums.disk,
        sums.apparent,
        sums.files,
        sums.directories,
        sums.errors,
    )
    if usage.unsure:
        names = counted(usage.unsure, "name")
        click.echo(f"voltui: {safe(path)}: {names} may be of files counted already.", err=True)


def _counted(files: VolumeFiles, path: str) -> FolderUsage:
    with ProgressLine() as progress, closing(files.folder_usage(path)) as parts:
        for usage in parts:
            entries = counted(usage.total.files + usage.total.directories, "entry")
            progress.show(f"{entries}, {size(usage.total.disk)}")
    return usage


def _row(path: str, child: FolderSum) -> _Row:
    return _Row(
        path if child.name else None,
        child.kind,
        child.disk,
        child.apparent,
        child.files,
        child.directories,
        child.errors,
    )


def _largest_first(child: FolderSum) -> tuple[int, int, str]:
    return (-child.disk, -child.apparent, child.name)


def _print(rows: list[_Row]) -> None:
    print_table(
        ["DISK", "BYTES", "FILES", "PATH"],
        [
            [
                size(row.disk) + ("?" if row.errors else ""),
                size(row.apparent) + ("?" if row.errors else ""),
                f"{row.files:,}",
                "(others)" if row.path is None else row.path,
            ]
            for row in rows
        ],
        right={0, 1, 2},
    )
