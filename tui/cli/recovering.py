"""`helpers --recover`: containers that a voltui stopped and did not start again before it died."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import Any

import click

from tui.cli.asking import confirm
from tui.cli.options import Settings
from tui.cli.output import print_json
from tui.engine import Engine
from tui.engine.journal import Stopped
from tui.engine.stopping import StartedAgain
from tui.presentation import age, counted, now, safe, safe_text

_NOT_ALL = 1


def tell_stopped(engine: Engine) -> None:
    """Say on stderr who waits to be started again."""
    for stopped in engine.stopped():
        click.echo(f"voltui: {safe_text(_told(stopped))}", err=True)
        click.echo("        voltui helpers --recover starts it again.", err=True)


def recover(settings: Settings, engine: Engine) -> None:
    """Start them again, the last one first; exit status 1 where one does not run as before."""
    engine.refuse_read_only()
    stopped = engine.stopped()
    if not stopped:
        if not settings.as_json:
            click.echo("Nothing waits to be started again.")
        return
    question = f"Start {counted(len(stopped), 'container')} again?"
    confirm(settings, map(_told, stopped), question)
    came_back = True
    with closing(engine.start_again(stopped)) as started:
        for again in started:
            came_back = came_back and again.error is None
            if settings.as_json:
                print_json(_fields(again))
            elif again.error is None:
                click.echo(f"{safe(again.stopped.name)} runs again.")
            else:
                click.echo(f"voltui: {safe_text(str(again.error))}", err=True)
    if not came_back:
        sys.exit(_NOT_ALL)


def _told(stopped: Stopped) -> str:
    return (
        f"{stopped.name} was stopped for the volume {stopped.volume}: "
        f"{age(stopped.at, now())}, by a voltui that ended before it was started again."
    )


def _fields(again: StartedAgain) -> dict[str, Any]:
    return {
        "container": again.stopped.name,
        "id": again.stopped.container_id,
        "volume": again.stopped.volume,
        "stopped": again.stopped.at.isoformat(),
        "started": again.error is None,
        "error": None if again.error is None else str(again.error),
    }
