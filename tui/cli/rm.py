"""`rm`: the named volumes, and their containers only when told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from tui.cli.address import parse_names
from tui.cli.asking import confirm, refuse_unasked
from tui.cli.options import Settings, global_options
from tui.cli.output import print_json, table_lines
from tui.cli.removing import Outcomes, remove, services, total
from tui.cli.volumes import measured
from tui.engine import Engine
from tui.engine.errors import EngineError, VolumeInUse, VolumeNotFound
from tui.engine.model import Volume
from tui.presentation import counted, safe, size

if TYPE_CHECKING:
    from tui.engine.holders import Holder


@dataclass(slots=True)
class _Plan:
    """What is to go, and what stays without being tried."""

    volumes: list[Volume] = field(default_factory=list)
    chosen: dict[str, list[Holder]] = field(default_factory=dict)
    """The holders to remove, by name of the volume."""
    services: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Swarm services that make a volume anew, empty, when they start a task."""
    stays: list[tuple[str, EngineError]] = field(default_factory=list)
    """Names, and why nothing is tried."""


@click.command("rm")
@click.argument("volumes", metavar="VOLUME...", nargs=-1, required=True, callback=parse_names)
@click.option(
    "--remove-containers", is_flag=True, help="Stop and remove the containers that hold them."
)
@click.option("--sizes", is_flag=True, help="First measure sizes that are unknown or old.")
@click.option("--dry-run", is_flag=True, help="Only say what would go and what would stay.")
@global_options
def rm_(
    settings: Settings,
    volumes: tuple[str, ...],
    remove_containers: bool,
    sizes: bool,
    dry_run: bool,
) -> None:
    """Remove volumes with all that is in them.

    As with `docker volume rm`, one that does not exist or is in use stays, the others go, and the
    exit status is 1. A container's other volumes stay.
    """
    with settings.engine() as engine:
        if not dry_run:
            engine.refuse_read_only()
            refuse_unasked(settings)
        plan = _planned(engine, volumes, remove_containers, sizes)
        outcomes = Outcomes(settings)
        for name, error in plan.stays:
            outcomes.refuse(name, error)
        status = 0
        if dry_run:
            _show(settings, plan)
            outcomes.end([], status)
            return
        if plan.volumes:
            confirm(settings, _lines(plan), _question(plan))
            facts = {volume.name: _facts(volume) for volume in plan.volumes}
            status = remove(engine, plan.volumes, plan.chosen, outcomes, facts)
    outcomes.end(plan.volumes, status)


def _planned(engine: Engine, names: Sequence[str], with_holders: bool, sizes: bool) -> _Plan:
    known = {volume.name: volume for volume in (measured(engine) if sizes else engine.volumes())}
    plan = _Plan(services=services(engine))
    for name in names:
        try:
            if name not in known:
                raise VolumeNotFound(f"There is no volume named {name}.")
            plan.chosen[name] = _chosen(engine, known[name], with_holders)
            plan.volumes.append(known[name])
        except (VolumeNotFound, VolumeInUse) as error:
            plan.stays.append((name, error))
    return plan


def _chosen(engine: Engine, volume: Volume, with_holders: bool) -> list[Holder]:
    """Who holds it and may be removed; raises `VolumeInUse`."""
    from tui.engine.holders import in_use

    holders = engine.holders(volume) if volume.in_use else []
    if holders and not with_holders:
        error = in_use(volume.name, holders)
        error.hint = error.hint or "--remove-containers stops and removes them."
        raise error
    if refused := [holder for holder in holders if holder.refusal]:
        said = (f"{holder.name} is not removed. {holder.refusal}" for holder in refused)
        raise VolumeInUse(" ".join(said))
    return holders


def _question(plan: _Plan) -> str:
    what = counted(len(plan.volumes), "volume")
    containers = len(_containers(plan))
    also = f" and {counted(containers, 'container')}" if containers else ""
    return f"Remove {what} ({total(plan.volumes)}){also}?"


def _lines(plan: _Plan) -> Iterator[str]:
    rows = [
        [volume.name, _size(volume), volume.project or "-", _names(plan.chosen[volume.name])]
        for volume in plan.volumes
    ]
    yield from table_lines(["NAME", "SIZE", "PROJECT", "CONTAINERS"], rows, right={1})
    for holder in _containers(plan).values():
        verb = "is stopped and removed" if holder.running else "is removed"
        project = f", of project {safe(holder.project)}" if holder.project else ""
        yield f"The container {safe(holder.name)} ({holder.state}{project}) {verb}."
    for volume in plan.volumes:
        for service in plan.services.get(volume.name, ()):
            yield f"The swarm service {safe(service)} names {safe(volume.name)}, and makes it anew."


def _containers(plan: _Plan) -> dict[str, Holder]:
    """Each container once, though it holds several of the volumes."""
    return {h.container_id: h for holders in plan.chosen.values() for h in holders}


def _names(holders: Sequence[Holder]) -> str:
    return ", ".join(holder.name for holder in holders) or "-"


def _size(volume: Volume) -> str:
    return size(volume.size.size) if volume.size else "?"


def _show(settings: Settings, plan: _Plan) -> None:
    if settings.as_json:
        for volume in plan.volumes:
            names = [holder.name for holder in plan.chosen[volume.name]]
            facts = {**_facts(volume), "outcome": None, "reason": None, "containers": names}
            print_json({"name": volume.name, **facts})
        return
    for line in _lines(plan):
        click.echo(line)


def _facts(volume: Volume) -> dict[str, Any]:
    return {"size": volume.size.size if volume.size else None, "project": volume.project}
