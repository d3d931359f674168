"""`import`: an archive or a folder becomes a volume, or goes into one that exists."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from tui.cli.address import parse_name
from tui.cli.asking import confirm, refuse_unasked
from tui.cli.create import pairs
from tui.cli.importasking import CommandAsker
from tui.cli.options import Settings, global_options
from tui.cli.output import print_json
from tui.cli.progress import ProgressLine
from tui.cli.transferring import run, strict_option, tell_losses
from tui.engine import Engine, EngineError
from tui.engine.errors import UsageError, VolumeNotFound
from tui.engine.masking import masked_options
from tui.engine.model import Volume
from tui.losses import loss_fields
from tui.presentation import counted, moment, safe, safe_text, size_words

if TYPE_CHECKING:
    from tui.engine.creating import NewVolume
    from tui.engine.transfers.header import ArchiveHeader
    from tui.engine.transfers.progress import Report
    from tui.engine.transfers.replacing import Mode
    from tui.engine.transfers.sources import Source


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the options say."""

    volume: str
    replace: bool
    merge: bool
    overwrite: bool | None
    unwrap: bool | None
    driver: str
    options: dict[str, str]
    labels: dict[str, str]
    devices: bool
    hot: bool
    strict: bool
    dry_run: bool

    @property
    def mode(self) -> Mode:
        """What is to happen with the volume."""
        from tui.engine.transfers.replacing import Mode

        return Mode.REPLACE if self.replace else Mode.MERGE if self.merge else Mode.NEW


@click.command("import")
@click.argument("source")
@click.argument("volume", callback=parse_name)
@click.option("--replace", is_flag=True, help="Let it take the place of all that is in VOLUME.")
@click.option("--merge", is_flag=True, help="Add it to what is in VOLUME.")
@click.option("--overwrite", is_flag=True, help="With --merge: replace what has the same name.")
@click.option("--keep-existing", is_flag=True, help="With --merge: leave what has the same name.")
@click.option("--unwrap", is_flag=True, help="Leave out a single folder around everything.")
@click.option("--as-is", is_flag=True, help="Import a single folder around everything too.")
@click.option("--devices", is_flag=True, help="Make device nodes.")
@click.option("--hot", is_flag=True, help="Merge although running containers may write to it.")
@click.option("--driver", "-d", default="local", show_default=True, help="Driver of a new volume.")
@click.option(
    "--opt",
    "-o",
    "options",
    metavar="K=V",
    multiple=True,
    callback=pairs,
    help="Driver option of a new volume.",
)
@click.option(
    "--label",
    "labels",
    metavar="K[=V]",
    multiple=True,
    callback=pairs,
    help="Label of a new volume, beside those in the archive.",
)
@strict_option
@click.option("--dry-run", is_flag=True, help="Only say what would be imported, and where to.")
@global_options
def import_(settings: Settings, source: str, **given: Any) -> None:
    """Import SOURCE into a new volume, or into one that exists.

    SOURCE is an archive (tar, plain or packed with gzip, zstd, xz or bzip2), a folder, or - for
    standard input. Nothing of a volume that exists is touched before all of it was read and
    checked. Replacing needs room for both, and no container that may write.
    """  # fmt: skip
    from tui.engine.transfers.sources import source_at

    wanted = _parse(**given)
    with settings.engine() as engine:
        if not wanted.dry_run:
            engine.refuse_read_only()
            for ended in engine.recover_imports():
                for sentence in ended.sentences:
                    click.echo(f"voltui: {safe_text(sentence)}", err=True)
        target = _target(engine, wanted)
        found = source_at(source)
        if wanted.dry_run:
            _show(settings, engine, wanted, target, found)
            return
        if isinstance(target, Volume):
            _confirm(settings, engine, wanted, target, found)
        _import(settings, engine, wanted, target, found)


def _parse(
    *, overwrite: bool, keep_existing: bool, unwrap: bool, as_is: bool, **given: Any
) -> _Wanted:
    wanted = _Wanted(
        overwrite=_either(overwrite, keep_existing, "--overwrite", "--keep-existing"),
        unwrap=_either(unwrap, as_is, "--unwrap", "--as-is"),
        **given,
    )
    _either(wanted.replace, wanted.merge, "--replace", "--merge")
    if wanted.overwrite is not None and not wanted.merge:
        raise UsageError("--overwrite and --keep-existing say what --merge does.")
    named = wanted.options or wanted.labels or wanted.driver != "local"
    if named and (wanted.replace or wanted.merge):
        raise UsageError("--driver, --opt and --label are for a new volume.")
    return wanted


def _either(one: bool, other: bool, first: str, second: str) -> bool | None:
    """Which of two options was given; None for neither."""
    if one and other:
        raise UsageError(f"{first} and {second} exclude each other.")
    return True if one else False if other else None


def _target(engine: Engine, wanted: _Wanted) -> NewVolume | Volume:
    """The volume that is meant, or the one to be made."""
    from tui.engine.creating import NewVolume, refuse_impossible

    found = next((v for v in engine.volumes() if v.name == wanted.volume), None)
    if wanted.replace or wanted.merge:
        if found is None:
            raise VolumeNotFound(
                f"There is no volume named {wanted.volume}.",
                hint="Without --replace and --merge it is made.",
            )
        return found
    if found is not None:
        raise UsageError(
            f"There is a volume named {wanted.volume} already.",
            hint="Choose another name, or give --replace or --merge.",
        )
    new = NewVolume(wanted.volume, wanted.driver, wanted.options, wanted.labels)
    refuse_impossible(new)
    return new


def _confirm(
    settings: Settings, engine: Engine, wanted: _Wanted, volume: Volume, source: Source
) -> None:
    refuse_unasked(settings)
    writers = [holder.name for holder in engine.writers(volume)]
    if writers and (wanted.replace or not wanted.hot):
        raise UsageError(
            f"{volume.name} is mounted read-write by {', '.join(writers)}, which may write to it "
            "now.",
            hint="Stop what writes: replacing needs a volume that stands still."
            if wanted.replace
            else "Stop what writes, or give --hot to merge while that runs.",
        )
    name = safe(volume.name)
    if wanted.merge:
        lines = [f"{_described(source)} is added to {name}."]
        lines += [f"{safe(writer)} may write to it meanwhile." for writer in writers]
        confirm(settings, lines, f"Merge it into {name}?")
    elif not settings.yes:
        lines = [*_held(engine, volume), f"{_described(source)} takes its place."]
        confirm(settings, lines, f"Replace all that is in {name}?")


def _held(engine: Engine, volume: Volume) -> Iterator[str]:
    """What goes when the volume is replaced."""
    with ProgressLine() as line, closing(engine.open(volume).usage("/")) as sums:
        for usage in sums:
            line.show(f"counting: {size_words(usage.apparent)}")
    least = "at least " if usage.errors else ""
    files, folders = counted(usage.files, "file"), counted(usage.directories, "folder")
    size = size_words(usage.apparent)
    yield f"{safe(volume.name)} holds {least}{files} and {folders} ({size}). All of it goes."


def _import(
    settings: Settings,
    engine: Engine,
    wanted: _Wanted,
    target: NewVolume | Volume,
    source: Source,
) -> None:
    ask = CommandAsker(settings, unwrap=wanted.unwrap, overwrite=wanted.overwrite)
    try:
        report = run(
            lambda: engine.import_archive(
                source, target, wanted.mode, hot=wanted.hot, devices=wanted.devices, ask=ask
            )
        )
    finally:
        with suppress(EngineError):
            engine.sweep()
    _tell(settings, wanted, source, report)
    sys.exit(tell_losses(report, strict=wanted.strict))


def _tell(settings: Settings, wanted: _Wanted, source: Source, report: Report) -> None:
    sums = report.sums
    if settings.as_json:
        told = {
            "volume": wanted.volume,
            "source": source.label,
            "mode": str(wanted.mode),
            "entries": sums.entries,
            "files": sums.files,
            "directories": sums.directories,
            "size": sums.size,
            **loss_fields(report),
            "notes": list(report.notes),
        }
        print_json(told)
        return
    files, folders = counted(sums.files, "file"), counted(sums.directories, "folder")
    what = f"{files} and {folders} ({size_words(sums.size)})"
    click.echo(
        f"{safe(wanted.volume)} has {what} of {safe(source.label)}, read again and the same."
    )


# What would be done


def _show(
    settings: Settings,
    engine: Engine,
    wanted: _Wanted,
    target: NewVolume | Volume,
    source: Source,
) -> None:
    from tui.engine.transfers.archivefile import ArchiveFile

    header = source.header if isinstance(source, ArchiveFile) else None
    writers = engine.writers(target) if isinstance(target, Volume) else []
    if settings.as_json:
        print_json(
            {
                "volume": wanted.volume,
                "mode": str(wanted.mode),
                "source": source.label,
                "kind": source.kind,
                "size": source.size,
                "archive": _header_fields(header),
                "writers": [holder.name for holder in writers],
            }
        )
        return
    click.echo(safe_text(f"{_described(source)}."))
    if header is not None:
        click.echo(f"It holds the volume {safe(header.volume)} of {moment(header.created)}.")
    name = safe(wanted.volume)
    said = {
        "new": f"It would become the new volume {name}.",
        "replace": f"It would take the place of all that is in {name}.",
        "merge": f"It would be added to {name}.",
    }
    click.echo(said[wanted.mode])
    for holder in writers:
        click.echo(f"{safe(holder.name)} may write to {name} now.")


def _described(source: Source) -> str:
    size = f", {size_words(source.size)}" if source.size is not None else ""
    return f"{safe(source.label)} ({source.kind}{size})"


def _header_fields(header: ArchiveHeader | None) -> dict[str, Any] | None:
    if header is None:
        return None
    return {
        "volume": header.volume,
        "driver": header.driver,
        "options": masked_options(header.options),
        "labels": dict(header.labels),
        "created": header.created.isoformat(),
    }
