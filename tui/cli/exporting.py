"""`export`: what is in volumes goes into archive files, a folder or a pipe."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui.cli.destinations import FORMATS, STDOUT, destination, destination_in
from tui.cli.options import Settings, global_options
from tui.cli.output import Lines, print_json
from tui.cli.transferring import (
    NOT_ALL,
    hot_option,
    refuse_writers,
    run,
    strict_option,
    tell_losses,
)
from tui.engine import Engine
from tui.engine.errors import EngineError, FileFailed, UsageError, VolumeInUse, VolumeNotFound
from tui.engine.model import Volume
from tui.losses import loss_fields
from tui.presentation import counted, safe, safe_text, sentence, size_words

if TYPE_CHECKING:
    from tui.engine.transfers.destinations import Destination
    from tui.engine.transfers.progress import Report
    from tui.engine.transfers.retention import Retained

_FAILED = 1


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the options say about each export."""

    settings: Settings
    kind: str | None
    overwrite: bool
    checksum: bool
    hot: bool
    strict: bool
    keep: int | None


@click.command("export")
@click.argument("volume", required=False)
@click.argument("dest", required=False, type=click.Path(path_type=str, allow_dash=True))
@click.option("--project", "-p", metavar="P", help="All volumes of a compose project.")
@click.option("--all", "everything", is_flag=True, help="All volumes of the engine.")
@click.option("--to", "folder", metavar="FOLDER", help="Folder for one archive of each volume.")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="Where the name tells none.")
@click.option("--overwrite", is_flag=True, help="Replace a file of that name, at the very end.")
@click.option("--checksum", is_flag=True, help="Write FILE.sha256 too, for `sha256sum -c`.")
@click.option("--keep", metavar="N", type=click.IntRange(min=1), help="Then remove older exports.")
@hot_option
@strict_option
@global_options
def export_(
    settings: Settings,
    volume: str | None,
    dest: str | None,
    project: str | None,
    everything: bool,
    folder: str | None,
    kind: str | None,
    **options: Any,
) -> None:
    """Export VOLUME to DEST, or many volumes to a folder.

    DEST is a file that ends with .tar, .tar.gz or .tar.zst, a folder to be made (--format dir),
    a folder that exists, where a file VOLUME-TIME.tar.zst is made, or - for stdout (.tar, unless
    --format says otherwise). A file has its name only after all of it was read again and compared.

    --keep N leaves the new export and the newest N-1 others of each volume in the folder: what goes
    is only what voltui named and wrote itself, from this engine's volume, and nothing goes where
    the new one lacks something.
    """
    wanted = _Wanted(settings, kind, **options)
    if wanted.keep and kind == "dir":
        raise UsageError("--keep removes archives, and --format dir makes none.")
    with settings.engine() as engine:
        if project or everything:
            if volume or not folder or (project and everything):
                raise UsageError("It is: export (--project P | --all) --to FOLDER.")
            _export_many(engine, _chosen(engine, project), Path(folder).absolute(), wanted)
            return
        if not volume or bool(dest) == bool(folder):
            raise UsageError("It is: export VOLUME DEST, or export --all --to FOLDER.")
        if folder:
            dest = str(Path(folder).absolute())  # Also one that is called -, as stdout is.
            _refuse_no_folder(Path(dest))
        _export_one(engine, volume.removesuffix(":"), str(dest), wanted)


def _refuse_no_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", hint="Make it, or name another one.")


def _chosen(engine: Engine, project: str | None) -> list[Volume]:
    listed = [v for v in engine.volumes() if project is None or v.project == project]
    if not listed:
        what = (
            "The engine has no volumes." if project is None else f"No project {project} is there."
        )
        raise VolumeNotFound(what)
    return listed


def _export_one(engine: Engine, name: str, dest: str, wanted: _Wanted) -> None:
    volume = next((each for each in engine.volumes() if each.name == name), None)
    if volume is None:
        raise VolumeNotFound(f"There is no volume named {name}.")
    place = destination(
        dest, volume, wanted.kind, overwrite=wanted.overwrite, checksum=wanted.checksum
    )
    if dest == STDOUT and wanted.settings.as_json:
        raise UsageError("Stdout takes the archive, and no JSON beside it.")
    if wanted.keep and not Path(dest).is_dir():
        raise UsageError("--keep is about a folder in which voltui gives the names.")
    if not wanted.hot:
        refuse_writers(volume.name, engine.writers(volume), "export")
    try:
        status = _export(engine, volume, place, wanted)
    except FileFailed as error:
        if isinstance(error.__cause__, BrokenPipeError):
            sys.exit(_FAILED)  # Whoever read has enough.
        raise
    sys.exit(status)


def _export_many(engine: Engine, volumes: Sequence[Volume], folder: Path, wanted: _Wanted) -> None:
    """Each for itself: one that fails is told, and the next one begins."""
    failed = 0
    status = 0
    _refuse_no_folder(folder)
    for volume in volumes:
        try:
            place = destination_in(folder, volume, wanted.kind, checksum=wanted.checksum)
            status |= _export(engine, volume, place, wanted)
        except EngineError as error:
            failed += 1
            _tell_failed(volume, error, wanted.settings)
    if not wanted.settings.as_json:
        done = len(volumes) - failed
        click.echo(f"voltui: {done:,} of {counted(len(volumes), 'volume')} exported.", err=True)
    sys.exit(_FAILED if failed else status)


def _export(engine: Engine, volume: Volume, place: Destination, wanted: _Wanted) -> int:
    """Do one and tell of it; the exit status."""
    from tui.cli.keeping import keep_newest

    report = run(lambda: engine.export(volume, place, hot=wanted.hot))
    report, older = keep_newest(engine, volume, report, wanted.keep)
    failed = _FAILED if older.errors else 0
    if wanted.settings.as_json:
        print_json(_fields(volume, report, older))
        return failed | (NOT_ALL if wanted.strict and (report.losses or report.changed) else 0)
    _tell(volume, report, older)
    return failed | tell_losses(report, strict=wanted.strict)


def _tell(volume: Volume, report: Report, older: Retained) -> None:
    """Paths on stdout, everything else on stderr."""
    lines = Lines()
    if report.files:
        lines.write(lines.name(str(path)) for path in report.files[:1])
    folders = counted(report.sums.directories, "folder")
    what = f"{counted(report.sums.files, 'file')} and {folders}"
    size = f" as {size_words(report.written)}" if report.written is not None else ""
    _say(f"{safe(volume.name)}: {what} ({size_words(report.sums.size)}) exported{size}.")
    if report.digest:
        _say(f"SHA-256 {report.digest}")
    for path in older.removed:
        _say(f"Removed {safe(str(path))}")
    for error in older.errors:
        _say(safe_text(error))


def _tell_failed(volume: Volume, error: EngineError, settings: Settings) -> None:
    if settings.as_json:
        hint = error.hint or None
        print_json({"volume": volume.name, "file": None, "error": str(error), "hint": hint})
        return
    _say(f"{safe(volume.name)} was not exported: {sentence(error)}")
    hot = isinstance(error, VolumeInUse)
    if hint := "Give --hot to do it all the same." if hot else error.hint:
        click.echo(f"        {safe_text(hint)}", err=True)


def _fields(volume: Volume, report: Report, older: Retained) -> dict[str, Any]:
    return {
        "volume": volume.name,
        "file": str(report.files[0]) if report.files else None,
        "size": report.written,
        "sha256": report.digest or None,
        "entries": report.sums.entries,
        "files": report.sums.files,
        "directories": report.sums.directories,
        "bytes": report.sums.size,
        **loss_fields(report),
        "notes": list(report.notes),
        "removed": [str(path) for path in older.removed],
        "keep_error": " ".join(older.errors) or None,
        "error": None,
    }


def _say(text: str) -> None:
    click.echo(f"voltui: {text}", err=True)
