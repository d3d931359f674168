"""`clone`: a new volume with everything that is in another one."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from tui.cli.address import parse_name
from tui.cli.create import pairs
from tui.cli.options import Settings, global_options
from tui.cli.output import Lines, print_json
from tui.cli.transferring import hot_option, refuse_writers, run, strict_option, tell_losses
from tui.cli.volumes import volume_fields
from tui.engine import Engine, EngineError
from tui.engine.errors import NameTaken, VolumeNotFound
from tui.engine.masking import masked_options
from tui.engine.model import Volume
from tui.losses import loss_fields
from tui.presentation import safe, size_words

if TYPE_CHECKING:
    from tui.engine.creating import NewVolume
    from tui.engine.holders import Holder
    from tui.engine.transfers.progress import Sums


@click.command("clone")
@click.argument("volume", callback=parse_name)
@click.argument("new", callback=parse_name)
@click.option("--driver", "-d", default="local", show_default=True, help="Volume driver of NEW.")
@click.option(
    "--opt",
    "-o",
    "options",
    metavar="K=V",
    multiple=True,
    callback=pairs,
    help="Driver option of NEW; those of VOLUME are not taken over.",
)
@click.option(
    "--label",
    "labels",
    metavar="K[=V]",
    multiple=True,
    callback=pairs,
    help="Label of NEW, beside those of VOLUME or in place of one.",
)
@click.option(
    "--keep-compose-labels/--drop-compose-labels",
    "compose",
    default=False,
    show_default="drop",
    help="With them compose takes two volumes for one.",
)
@hot_option
@strict_option
@click.option("--dry-run", is_flag=True, help="Only say what would be made.")
@global_options
def clone_(
    settings: Settings,
    volume: str,
    new: str,
    driver: str,
    options: dict[str, str],
    labels: dict[str, str],
    compose: bool,
    hot: bool,
    strict: bool,
    dry_run: bool,
) -> None:
    """Make the volume NEW with everything that is in VOLUME, and print its name.

    NEW is a plain local volume unless --opt or --driver say otherwise. Every entry is read again
    and compared; if anything differs that did not change meanwhile, NEW is removed. What could not
    be kept is told on stderr. Exit status 1 if it fails, 2 if running containers may write to
    VOLUME and --hot is not given.
    """
    from tui.engine.creating import NewVolume, refuse_impossible
    from tui.engine.transfers.cloning import labels_of_clone

    with settings.engine() as engine:
        if not dry_run:
            engine.refuse_read_only()
        listed = engine.volumes()
        source = _checked(listed, volume, new)
        kept = {**labels_of_clone(source.labels, compose=compose), **labels}
        wanted = NewVolume(new, driver, options, kept)
        refuse_impossible(wanted)
        writers = engine.writers(source)
        if dry_run:
            _show(settings, source, wanted, writers)
            return
        if not hot:
            refuse_writers(volume, writers, "clone")
        sys.exit(_clone(settings, engine, source, wanted, hot=hot, strict=strict))


def _checked(listed: Sequence[Volume], volume: str, new: str) -> Volume:
    """The source; raises `EngineError` where it is none, or the new name is taken."""
    from tui.engine.marker import incomplete

    source = next((each for each in listed if each.name == volume), None)
    if source is None:
        raise VolumeNotFound(f"There is no volume named {volume}.")
    if source.incomplete:
        raise incomplete(volume)
    if any(each.name == new for each in listed):
        raise NameTaken(f"There is a volume named {new} already.", hint="Nothing was created.")
    return source


def _clone(
    settings: Settings, engine: Engine, source: Volume, new: NewVolume, *, hot: bool, strict: bool
) -> int:
    """Do it; the exit status."""
    report = run(lambda: engine.clone(source, new, hot=hot))
    with suppress(EngineError):
        engine.sweep()
    status = tell_losses(report, strict=strict)
    assert report.volume is not None
    if settings.as_json:
        print_json({**volume_fields(report.volume), **_sums(report.sums), **loss_fields(report)})
    else:
        lines = Lines()
        lines.write([lines.name(report.volume.name)])
    return status


def _sums(sums: Sums) -> dict[str, int]:
    return {
        "entries": sums.entries,
        "files": sums.files,
        "directories": sums.directories,
        "bytes": sums.size,
    }


def _show(settings: Settings, source: Volume, new: NewVolume, writers: Sequence[Holder]) -> None:
    if not settings.as_json:
        for line in _lines(source, new, writers):
            click.echo(line)
        return
    print_json(
        {
            "source": source.name,
            "name": new.name,
            "driver": new.driver,
            "options": masked_options(new.options),
            "labels": dict(new.labels),
            "dropped_labels": sorted(set(source.labels) - set(new.labels)),
            "size": source.size.size if source.size else None,
            "writers": [holder.name for holder in writers],
        }
    )


def _lines(source: Volume, new: NewVolume, writers: Sequence[Holder]) -> Iterator[str]:
    size = size_words(source.size.size) if source.size else "of a size that is not known yet"
    plain = new.driver == "local" and not new.options
    kind = "a plain local volume" if plain else f"a volume of the driver {safe(new.driver)}"
    yield f"{safe(source.name)} ({size}) would be cloned to {safe(new.name)}, {kind}."
    for key, value in sorted(new.labels.items()):
        yield f"  label {safe(f'{key}={value}')}"
    for key in sorted(set(source.labels) - set(new.labels)):
        yield f"  without the label {safe(key)}"
    for holder in writers:
        yield f"{safe(holder.name)} may write to {safe(source.name)} now: it wants --hot."
