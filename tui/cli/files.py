"""`fs`: files inside a volume."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any, ClassVar

import click

from tui.cli.address import Address, parse_address
from tui.cli.later import Later
from tui.cli.options import Settings, global_options
from tui.cli.output import BytesOut, print_json, print_table
from tui.engine import EngineError
from tui.engine.errors import FileFailed, VolumeNotFound
from tui.engine.model import Entry, EntryKind
from tui.presentation import device, modified, permissions, size

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

_RANGE = 1024 * 1024


class Files(Later):
    """The commands of `fs`, those that look around by name."""

    COMMANDS: ClassVar[dict[str, str]] = {
        "du": "tui.cli.du:du_",
        "find": "tui.cli.search:find_",
        "grep": "tui.cli.search:grep_",
        "hash": "tui.cli.hash:hash_",
    }


@click.group(cls=Files)
@global_options
@click.pass_context
def fs(ctx: click.Context, settings: Settings) -> None:
    """Look at files inside a volume."""
    ctx.obj = settings


@fs.command("ls")
@click.argument("address", metavar="VOLUME[:/PATH]", callback=parse_address)
@global_options
def list_(settings: Settings, address: Address) -> None:
    """List a folder, or one entry."""
    with opened(settings, address) as files:
        entries = _entries(files, address.path, settings.as_json)
    if not settings.as_json:
        print_table(
            ["MODE", "OWNER", "SIZE", "MODIFIED", "NAME"],
            [_row(entry) for entry in sorted(entries)],
            right={2},
        )


@fs.command()
@click.argument("address", metavar="VOLUME:/PATH", callback=parse_address)
@global_options
def cat(settings: Settings, address: Address) -> None:
    """Print a file; on a terminal its control characters are made visible."""
    with opened(settings, address) as files:
        _cat(files, address.path)


@contextmanager
def opened(settings: Settings, address: Address) -> Iterator[VolumeFiles]:
    """The volume's files; afterwards what helpers that ended left is removed."""
    with settings.engine() as engine:
        found = [volume for volume in engine.volumes() if volume.name == address.volume]
        if not found:
            raise VolumeNotFound(f"There is no volume named {address.volume}.")
        yield engine.open(found[0])
        with suppress(EngineError):
            engine.sweep()


def _entries(files: VolumeFiles, path: str, as_json: bool) -> list[Entry]:
    """The entries of a folder, or the one at the path; as JSON they are printed as they come."""
    found: list[Entry] = []
    try:
        with closing(files.entries(path)) as batches:
            for batch in batches:
                if as_json:
                    for entry in batch:
                        print_json(entry_fields(entry))
                else:
                    found += batch
    except FileFailed as error:
        if error.errno not in {errno.ENOTDIR, errno.ELOOP}:
            raise
        entry = files.stat(path).entry
        if as_json:
            print_json(entry_fields(entry))
        return [entry]
    return found


def _cat(files: VolumeFiles, path: str) -> None:
    """Copy the file in ranges up to the end it has then; another file in its place is an error."""
    out = BytesOut()
    offset, inode = 0, None
    while True:
        part = files.read(path, offset, _RANGE)
        if inode not in {None, part.version.inode} or part.version.size < offset:
            raise FileFailed(f"{path} was replaced or cut while it was read.", path=path)
        inode = part.version.inode
        offset += len(part.data)
        done = part.reaches_end or not part.data
        out.write(part.data, final=done)
        if done:
            return


def _row(entry: Entry) -> list[str]:
    name = f"{entry.name} -> {entry.target}" if entry.kind is EntryKind.SYMLINK else entry.name
    if entry.errno:
        return ["?", "?", "?", "?", f"{name} (cannot be read: {os.strerror(entry.errno)})"]
    is_device = entry.kind in {EntryKind.BLOCK, EntryKind.CHAR}
    length = device(entry.rdev) if is_device else size(entry.size)
    owner = f"{entry.uid}:{entry.gid}"
    return [permissions(entry.mode), owner, length, modified(entry.mtime, time.time()), name]


def entry_fields(entry: Entry) -> dict[str, Any]:
    """An entry as JSON tells it; what could not be read is null."""
    known = not entry.errno
    return {
        "name": entry.name,
        "kind": str(entry.kind),
        "mode": entry.mode if known else None,
        "uid": entry.uid if known else None,
        "gid": entry.gid if known else None,
        "size": entry.size if known else None,
        "mtime_ns": entry.mtime_ns if known else None,
        "nlink": entry.nlink if known else None,
        "inode": entry.inode if known else None,
        "target": entry.target if entry.kind is EntryKind.SYMLINK else None,
        "rdev": entry.rdev if known else None,
    }
