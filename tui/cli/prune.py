"""`prune`: unused volumes, chosen by us and shown before they go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import click

from tui.cli.asking import confirm, refuse_unasked
from tui.cli.options import Settings, global_options
from tui.cli.output import print_json, table_lines
from tui.cli.removing import Outcomes, remove, services, total
from tui.cli.volumes import measured
from tui.engine.model import Volume
from tui.engine.pruning import Candidate, Choice, Wanted, candidates, choose
from tui.presentation import age, counted, now, safe, size

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _label(
    _ctx: click.Context, _param: click.Parameter, values: Sequence[str]
) -> list[tuple[str, str | None]]:
    pairs = [value.partition("=") for value in values]
    return [(key, value if equals else None) for key, equals, value in pairs]


def _time(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta | None:
    if value is None:
        return None
    told = re.fullmatch(r"(\d{1,6})([mhdw])", value)
    if told is None:
        raise click.BadParameter(f"{value!a} is no time such as 90m, 12h, 30d or 4w")
    return timedelta(**{_UNITS[told[2]]: int(told[1])})


@click.command("prune")
@click.option(
    "--anonymous",
    is_flag=True,
    expose_value=False,
    help="Only what the engine says is anonymous: the default.",
)
@click.option("--looks-anonymous", is_flag=True, help="Names of 64 hex digits without a label too.")
@click.option("--all", "everything", is_flag=True, help="Named ones too; snapshots never.")
@click.option(
    "--label",
    "labels",
    metavar="K[=V]",
    multiple=True,
    callback=_label,
    help="Only with this label; several times: with all of them.",
)
@click.option("--project", metavar="P", help="Only of this compose project.")
@click.option(
    "--older-than", metavar="TIME", callback=_time, help="Only made longer ago: 12h, 30d, 4w."
)
@click.option("--sizes", is_flag=True, help="First measure sizes that are unknown or old.")
@click.option("--dry-run", is_flag=True, help="Only list what would go.")
@global_options
def prune_(
    settings: Settings,
    looks_anonymous: bool,
    everything: bool,
    labels: list[tuple[str, str | None]],
    project: str | None,
    older_than: timedelta | None,
    sizes: bool,
    dry_run: bool,
) -> None:
    """Remove volumes that no container has, anonymous ones only unless told otherwise.

    What goes is listed and asked about first; then exactly that is removed, each volume only if it
    still is the one that was listed and still unused. Snapshots and what a swarm service names
    stay: `rm` takes them by name.
    """
    wanted = Wanted(looks_anonymous, everything, labels, project, older_than)
    with settings.engine() as engine:
        if not dry_run:
            engine.refuse_read_only()
            refuse_unasked(settings)
        volumes = measured(engine) if sizes else engine.volumes()
        choice = choose(candidates(volumes, services(engine)), wanted, now())
        if not settings.as_json:
            _tell_left(choice)
        going = [candidate.volume for candidate in choice.taken]
        if dry_run or not going:
            _show(settings, choice)
            return
        facts = {each.volume.name: _facts(each) for each in choice.taken}
        confirm(settings, _lines(choice), f"Remove {counted(len(going), 'volume')}?")
        outcomes = Outcomes(settings)
        status = remove(engine, going, {}, outcomes, facts)
    outcomes.end(going, status)


def _tell_left(choice: Choice) -> None:
    """What was left out, and what takes it."""
    for left, why in (
        (choice.named, "with a name: --all takes them"),
        (choice.looks_anonymous, "without the engine's label: --looks-anonymous takes them"),
        (choice.belonging, "of a project or with driver options: --all takes them"),
        (choice.unknown_age, "because the engine does not tell their age"),
    ):
        if left:
            click.echo(f"voltui: Left out: {counted(len(left), 'volume')} {why}.", err=True)
    for each in choice.spared:
        click.echo(f"voltui: Left out: {safe(each.volume.name)}, {safe(each.remark)}.", err=True)


def _show(settings: Settings, choice: Choice) -> None:
    if settings.as_json:
        for each in choice.taken:
            facts = {**_facts(each), "outcome": None, "reason": None}
            print_json({"name": each.volume.name, **facts})
        return
    if not choice.taken:
        click.echo("Nothing to remove.")
        return
    for line in _lines(choice):
        click.echo(line)


def _lines(choice: Choice) -> Iterator[str]:
    yield from table_lines(
        ["NAME", "GROUP", "SIZE", "AGE", "REMARK"], list(map(_row, choice.taken)), right={2}
    )
    volumes = [each.volume for each in choice.taken]
    yield f"{counted(len(volumes), 'volume')}, {total(volumes)}"


def _row(candidate: Candidate) -> list[str]:
    volume = candidate.volume
    known = size(volume.size.size) if volume.size else "?"
    made = age(volume.created, now()) if volume.created else "?"
    return [volume.name, candidate.group, known, made, candidate.remark or "-"]


def _facts(candidate: Candidate) -> dict[str, Any]:
    volume: Volume = candidate.volume
    return {
        "group": str(candidate.group),
        "size": volume.size.size if volume.size else None,
        "created": volume.created.isoformat() if volume.created else None,
        "project": volume.project,
        "labels": dict(volume.labels),
        "remark": candidate.remark or None,
    }
