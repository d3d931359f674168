"""`empty`: the contents of a volume go, the volume stays."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from tui.cli.address import parse_name
from tui.cli.asking import confirm, refuse_unasked
from tui.cli.interrupting import interruptible
from tui.cli.options import Settings, global_options
from tui.cli.output import print_json
from tui.cli.progress import ProgressLine
from tui.engine import Engine, EngineError
from tui.engine.cancel import Cancel
from tui.engine.errors import UsageError, VolumeNotFound
from tui.engine.model import DiskUsage, Volume
from tui.presentation import counted, safe, safe_text, size_words

if TYPE_CHECKING:
    from tui.engine.emptying import Emptied
    from tui.engine.files import VolumeFiles
    from tui.engine.holders import Holder

_STAYS = 1


@dataclass(frozen=True, slots=True)
class _Plan:
    """What would go, and whom it concerns."""

    volume: Volume
    usage: DiskUsage
    holders: list[Holder]
    shared: list[Volume]
    """Volumes of other names that are the same data."""

    @property
    def nothing(self) -> bool:
        """Whether it is empty already, as far as everything could be read."""
        return not (self.usage.files or self.usage.directories or self.usage.errors)


@click.command("empty")
@click.argument("volume", callback=parse_name)
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--hot", is_flag=True, help="Do it although running containers may write to it.")
@global_options
def empty_(settings: Settings, volume: str, dry_run: bool, hot: bool) -> None:
    """Remove all that is in a volume.

    The volume stays, with its labels, and so does its root folder with owner and mode. What goes is
    counted and named first. Exit status 1 if something stays, 2 if running containers may write to
    the volume and --hot is not given.
    """
    from tui.engine.emptying import NOTHING
    from tui.engine.sharing import sharing

    with settings.engine() as engine:
        if not dry_run:
            engine.refuse_read_only()
            refuse_unasked(settings)
        listed = engine.volumes()
        found = next((each for each in listed if each.name == volume), None)
        if found is None:
            raise VolumeNotFound(f"There is no volume named {volume}.")
        shared = sharing(found, listed)
        holders = _holders(engine, [found, *shared])
        if not (hot or dry_run):
            _refuse_writers(found, holders)
        files = engine.open(found)
        plan = _Plan(found, _counted(files), holders, shared)
        if dry_run:
            _show(settings, plan)
        elif plan.nothing:
            _tell(settings, found, replace(NOTHING, complete=True, remaining=0))
        else:
            confirm(settings, _lines(plan), f"Empty {safe(volume)}?")
            status = _empty(settings, engine, files, hot)
            with suppress(EngineError):
                engine.sweep()
            sys.exit(status)


def _holders(engine: Engine, volumes: list[Volume]) -> list[Holder]:
    """Of all of them, each container once."""
    found = [holder for volume in volumes for holder in engine.holders(volume)]
    return list({holder.container_id: holder for holder in found}.values())


def _refuse_writers(volume: Volume, holders: list[Holder]) -> None:
    names = ", ".join(holder.name for holder in holders if holder.writes)
    if names:
        raise UsageError(
            f"{volume.name} is mounted read-write by {names}, which may write to it now.",
            hint="Stop what writes, or give --hot to empty it while that runs.",
        )


def _counted(files: VolumeFiles) -> DiskUsage:
    with ProgressLine() as progress, closing(files.usage("/")) as sums:
        for usage in sums:
            progress.show(f"counting: {_sum(usage.files, usage.directories, usage.apparent)}")
    return usage


def _empty(settings: Settings, engine: Engine, files: VolumeFiles, hot: bool) -> int:
    """Do it; the exit status."""
    from tui.engine.emptying import NOTHING, REFUSALS

    state = NOTHING
    cancel = Cancel()
    states = engine.empty(files.volume, root=files.root, hot=hot, cancel=cancel)
    try:
        with interruptible(cancel) as signal, ProgressLine() as progress, closing(states):
            for state in states:
                progress.show(f"{_sum(state.files, state.directories, state.size)} gone")
    except EngineError as error:
        if not (settings.as_json or isinstance(error, REFUSALS)):
            least = "" if state == NOTHING else f" At least {_gone(state)}."
            click.echo(f"voltui: How much went before this is not known.{least}", err=True)
        raise
    _tell(settings, files.volume, state)
    return signal.status or (0 if state.remaining == 0 else _STAYS)


def _tell(settings: Settings, volume: Volume, state: Emptied) -> None:
    if settings.as_json:
        print_json(_fields(volume, state))
    elif state.remaining == 0:
        click.echo(f"{safe(volume.name)} is empty: {_gone(state)}.")
    else:
        stopped = "" if state.complete else "Stopped. "
        click.echo(f"voltui: {stopped}{_gone(state)} from {safe(volume.name)}.", err=True)
        for line in _stays(state):
            click.echo(f"voltui: {line}", err=True)


def _stays(state: Emptied) -> Iterator[str]:
    """What is still there, and why, as far as that is known."""
    if state.errors:
        yield f"{counted(state.errors, 'entry')} could not be removed:"
    for failure in state.failed:
        yield f"  {safe(failure.path)}: {failure.reason}"
    if state.errors > len(state.failed):
        yield f"  and {state.errors - len(state.failed):,} more"
    failed = {failure.path for failure in state.failed}
    others = [name for name in state.names if not any(_below(path, name) for path in failed)]
    if others and state.errors == len(state.failed):
        more = " …" if (state.remaining or 0) > len(state.names) else ""
        yield f"Made meanwhile: {', '.join(map(safe, others))}{more}"


def _below(path: str, name: str) -> bool:
    return path == "/" + name or path.startswith(f"/{name}/")


def _lines(plan: _Plan) -> Iterator[str]:
    """All that goes, and whom that concerns, line by line."""
    from tui.engine.emptying import storage

    usage = plan.usage
    least = "at least " if usage.errors else ""
    what = _sum(usage.files, usage.directories, usage.apparent)
    yield f"{safe(plan.volume.name)} holds {least}{what}. All of it goes; the volume stays."
    if usage.errors:
        yield f"{counted(usage.errors, 'entry')} could not be read."
    if told := storage(plan.volume):
        yield told
    if plan.shared:
        names = ", ".join(safe(volume.name) for volume in plan.shared)
        yield f"It shares data with {names}."
    for holder in plan.holders:
        access = "read-only" if holder.read_only else "read-write"
        yield f"{safe(holder.name)} ({holder.state}) has it mounted {access}."


def _show(settings: Settings, plan: _Plan) -> None:
    from tui.engine.emptying import storage

    if not settings.as_json:
        for line in _lines(plan):
            click.echo(safe_text(line))
        return
    print_json(
        {
            "volume": plan.volume.name,
            "files": plan.usage.files,
            "directories": plan.usage.directories,
            "size": plan.usage.apparent,
            "unreadable": plan.usage.errors,
            "storage": storage(plan.volume) or None,
            "same_data": [volume.name for volume in plan.shared],
            "holders": [holder.name for holder in plan.holders],
            "writers": [holder.name for holder in plan.holders if holder.writes],
        }
    )


def _fields(volume: Volume, state: Emptied) -> dict[str, Any]:
    return {
        "volume": volume.name,
        "files": state.files,
        "directories": state.directories,
        "size": state.size,
        "errors": state.errors,
        "failed": [
            {"path": failure.path, "errno": failure.errno, "reason": failure.reason}
            for failure in state.failed
        ],
        "complete": state.complete,
        "remaining": state.remaining,
        "names": list(state.names),
    }


def _gone(state: Emptied) -> str:
    if not (state.files or state.directories):
        return "nothing went"
    return f"{_sum(state.files, state.directories, state.size)} went"


def _sum(files: int, directories: int, size: int) -> str:
    folders = counted(directories, "folder")
    return f"{counted(files, 'file')} and {folders} ({size_words(size)})"
