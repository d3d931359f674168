"""Removing volumes and telling of each what became of it, for `rm` and `prune`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from tui.cli.interrupting import interruptible
from tui.cli.options import Settings
from tui.cli.output import Lines, print_json
from tui.cli.progress import ProgressLine
from tui.engine import Engine
from tui.engine.cancel import Cancel
from tui.engine.errors import CallRefused, EngineError, VolumeNotFound
from tui.engine.model import Volume
from tui.presentation import counted, safe, safe_text, sentence, size_words

if TYPE_CHECKING:
    from tui.engine.holders import Holder
    from tui.engine.removing import Removed, Removing

_STAYED = 1
_DOING = {
    "check": "looking at {volume}",
    "stop": "stopping {container}",
    "remove container": "removing {container}",
    "start again": "starting {container} again",
    "remove volume": "removing {volume}",
}
_BECAME = {
    "gone": "is not there",
    "kept": "stays",
    "unknown": "is in doubt",
    "not tried": "was not tried",
}


class Outcomes:
    """What became of the volumes: names of those that went on stdout, all else on stderr; or one
    JSON object each.
    """

    def __init__(self, settings: Settings) -> None:
        self._as_json = settings.as_json
        self._lines = Lines()
        self._told = 0
        self._stayed = 0
        self._gone: set[str] = set()

    def refuse(self, name: str, error: EngineError) -> None:
        """Print why a named volume is not even tried."""
        from tui.engine.removing import Outcome, Removed

        missing = isinstance(error, VolumeNotFound)
        self._stayed += missing
        self.tell(Removed(name, Outcome.GONE if missing else Outcome.KEPT, error))

    def tell(self, removed: Removed, facts: Mapping[str, Any] | None = None) -> None:
        """Print what became of one volume; `facts` are what else its object says."""
        from tui.engine.removing import Outcome

        self._told += 1
        if removed.outcome is Outcome.REMOVED:
            self._gone.add(removed.volume)
        elif removed.outcome is not Outcome.GONE:
            self._stayed += 1
        if self._as_json:
            print_json({"name": removed.volume, **(facts or {}), **_fields(removed)})
        else:
            self._print(removed)

    def _print(self, removed: Removed) -> None:
        for container in removed.containers:
            _say(f"The container {safe(container)} was removed.")
        if removed.volume in self._gone:
            self._lines.write([self._lines.name(removed.volume)])
        else:
            said = "" if removed.error is None else f": {sentence(removed.error)}"
            _say(f"{safe(removed.volume)} {_BECAME[removed.outcome]}{said or '.'}")
        for container in removed.started_again:
            _say(f"The container {safe(container)} is as before again.")
        if removed.error is not None and removed.error.hint:
            click.echo(f"        {safe_text(removed.error.hint)}", err=True)

    def end(self, volumes: Sequence[Volume], status: int) -> None:
        """Say how many went, those of the `volumes`, and end: with `status` after a signal, with 1
        if something stayed.
        """
        if not self._as_json and volumes:
            gone = [volume for volume in volumes if volume.name in self._gone]
            cut = "Interrupted: " if status else ""
            freed = f" ({total(gone)})" if gone else ""
            _say(f"{cut}{len(gone):,} of {counted(self._told, 'volume')} removed{freed}.")
        if status or self._stayed:
            sys.exit(status or _STAYED)


def remove(
    engine: Engine,
    volumes: Sequence[Volume],
    chosen: Mapping[str, Sequence[Holder]],
    outcomes: Outcomes,
    facts: Mapping[str, Mapping[str, Any]],
) -> int:
    """Remove exactly these, with the chosen holders, telling of each; the exit status that a
    signal asks for, 0 without one. `facts`: more about a volume, by its name.
    """
    from tui.engine.removing import Removed

    cancel = Cancel()
    with (
        interruptible(cancel) as interruption,
        ProgressLine() as progress,
        closing(engine.remove(volumes, chosen, cancel)) as steps,
    ):
        done = 0
        for step in steps:
            if isinstance(step, Removed):
                done += 1
                progress.clear()
                outcomes.tell(step, facts.get(step.volume))
            else:
                progress.show(f"{done + 1}/{len(volumes)} {_doing(step)}")
    return interruption.status


def total(volumes: Sequence[Volume]) -> str:
    """What they hold, with what is not known of it: `at least 1.2 GiB, 2 of unknown size`."""
    known = [volume.size.size for volume in volumes if volume.size]
    unknown = len(volumes) - len(known)
    if not unknown:
        return size_words(sum(known))
    if not known:
        return "of unknown size"
    return f"at least {size_words(sum(known))}, {unknown:,} of unknown size"


def services(engine: Engine) -> dict[str, tuple[str, ...]]:
    """The swarm services that name a volume, by its name; that they are not told is said."""
    try:
        return engine.services()
    except CallRefused as error:
        _say(f"What swarm services name is not known: {sentence(error)}")
        return {}


def _doing(step: Removing) -> str:
    return _DOING[step.doing].format(volume=safe(step.volume), container=safe(step.container))


def _say(text: str) -> None:
    click.echo(f"voltui: {text}", err=True)


def _fields(removed: Removed) -> dict[str, Any]:
    error = removed.error
    return {
        "outcome": str(removed.outcome),
        "reason": str(error) if error else None,
        "hint": error.hint or None if error else None,
        "containers": list(removed.containers),
        "started_again": list(removed.started_again),
    }
