"""`helpers --recover`: what a voltui left that died, stopped containers and half-made volumes."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from tui.cli.asking import agreed
from tui.cli.options import Settings
from tui.cli.output import print_json
from tui.cli.progress import ProgressLine
from tui.engine import Engine, EngineError
from tui.presentation import age, counted, now, safe, safe_text, sentence

if TYPE_CHECKING:
    from tui.engine.journal import Stopped
    from tui.engine.stopping import StartedAgain
    from tui.engine.transfers.journal import Filling
    from tui.engine.transfers.leftovers import Discarded
    from tui.engine.transfers.stagingnote import EndedImport

_NOT_ALL = 1


def tell_left(engine: Engine) -> None:
    """Say on stderr who waits to be started again, and what was left half-made."""
    for stopped in engine.stopped():
        click.echo(f"voltui: {safe_text(_stopped(stopped))}", err=True)
        click.echo("        voltui helpers --recover starts it again.", err=True)
    for volume in engine.interrupted_imports():
        click.echo(f"voltui: An import into {safe(volume)} was interrupted.", err=True)
        click.echo("        voltui helpers --recover brings it to its end.", err=True)
    for filling in engine.leftovers():
        click.echo(f"voltui: {safe_text(_half_made(filling))}", err=True)
        click.echo("        voltui helpers --recover offers to remove it.", err=True)


def recover(settings: Settings, engine: Engine) -> None:
    """Start the containers again, the last one first, and remove what is half-made, each after a
    question; exit status 1 where not all of it was done.
    """
    engine.refuse_read_only()
    ended = list(engine.recover_imports())
    for each in ended:
        _tell_ended(settings, each)
    stopped = engine.stopped()
    found = engine.leftovers()
    if not (stopped or found or ended or settings.as_json):
        click.echo("Nothing waits to be started again, and nothing was left half-made.")
    results = [each.error is None for each in ended]
    if stopped:
        results.append(_start_again(settings, engine, stopped))
    if found:
        results.append(_discard(settings, engine, found))
    if not all(results):
        sys.exit(_NOT_ALL)


def _tell_ended(settings: Settings, ended: EndedImport) -> None:
    if settings.as_json:
        print_json(
            {
                "volume": ended.volume,
                "kind": "import",
                "recovered": ended.error is None,
                "notes": list(ended.sentences),
                "error": _words(ended.error),
            }
        )
        return
    for told in ended.sentences:
        if ended.error is None:
            click.echo(safe_text(told))
        else:
            click.echo(f"voltui: {safe_text(told)}", err=True)


def _start_again(settings: Settings, engine: Engine, stopped: list[Stopped]) -> bool:
    question = f"Start {counted(len(stopped), 'container')} again?"
    if not agreed(settings, map(_stopped, stopped), question):
        return False
    came_back = True
    with closing(engine.start_again(stopped)) as started:
        for again in started:
            came_back = came_back and again.error is None
            if settings.as_json:
                print_json(_started_fields(again))
            elif again.error is None:
                click.echo(f"{safe(again.stopped.name)} runs again.")
            else:
                click.echo(f"voltui: {safe_text(str(again.error))}", err=True)
    return came_back


def _discard(settings: Settings, engine: Engine, found: list[Filling]) -> bool:
    question = f"Remove {counted(len(found), 'volume')} that {_is(found)} not whole?"
    if not agreed(settings, map(_half_made, found), question):
        return False
    gone = True
    with ProgressLine() as line, closing(engine.discard(found)) as told:
        line.show("removing …")
        for each in told:
            line.clear()
            gone = gone and each.error is None
            _tell_discarded(settings, each)
    return gone


def _tell_discarded(settings: Settings, told: Discarded) -> None:
    name = safe(told.filling.volume)
    if settings.as_json:
        print_json(_discarded_fields(told))
    elif told.error is not None:
        click.echo(f"voltui: {name} stays: {sentence(told.error)}", err=True)
    elif told.removed:
        click.echo(f"{name} was removed.")
        if told.stays:
            from tui.engine.transfers.journal import what_stays

            click.echo(f"voltui: {safe_text(what_stays(told.filling, told.stays))}", err=True)
    else:
        click.echo(f"{name} was not removed: it is gone, or whole.")


def _is(found: list[Filling]) -> str:
    return "is" if len(found) == 1 else "are"


def _stopped(stopped: Stopped) -> str:
    return (
        f"{stopped.name} was stopped for the volume {stopped.volume}: "
        f"{age(stopped.at, now())}, by a voltui that ended before it was started again."
    )


def _half_made(filling: Filling) -> str:
    return (
        f"{filling.volume} is not whole: voltui began to fill it from {filling.source} "
        f"({filling.kind}) {age(filling.at, now())}, and ended before that was done."
    )


def _started_fields(again: StartedAgain) -> dict[str, Any]:
    return {
        "container": again.stopped.name,
        "id": again.stopped.container_id,
        "volume": again.stopped.volume,
        "stopped": again.stopped.at.isoformat(),
        "started": again.error is None,
        "error": _words(again.error),
    }


def _discarded_fields(told: Discarded) -> dict[str, Any]:
    return {
        "volume": told.filling.volume,
        "kind": told.filling.kind,
        "source": told.filling.source,
        "begun": told.filling.at.isoformat(),
        "removed": told.removed,
        "stays": list(told.stays),
        "error": _words(told.error),
    }


def _words(error: EngineError | None) -> str | None:
    return None if error is None else str(error)
