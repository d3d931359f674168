"""`ls`, `inspect` and `helpers`."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import click

from tui.cli.options import Settings, global_options
from tui.cli.output import print_json, print_object, print_table
from tui.engine import Engine, masked_options
from tui.engine.model import Helper, Mount, Volume
from tui.presentation import age, now, size


@click.command()
@click.option("--sizes", is_flag=True, help="First measure sizes that are unknown or old.")
@global_options
def ls(settings: Settings, sizes: bool) -> None:
    """List volumes with their containers and mountpoints."""
    with settings.engine() as engine:
        volumes = measured(engine) if sizes else engine.volumes()
    if settings.as_json:
        for volume in volumes:
            print_json(volume_fields(volume))
        return
    print_table(
        ["NAME", "DRIVER", "SIZE", "USED BY", "MOUNTPOINT"],
        [_row(volume) for volume in volumes],
        right={2},
    )


@click.command()
@click.argument("volume")
@global_options
def inspect(settings: Settings, volume: str) -> None:
    """Show everything the engine tells of one volume, with its containers."""
    with settings.engine() as engine:
        attrs = engine.inspect(volume)
        known = [found for found in engine.volumes() if found.name == volume]
    attrs["Mounts"] = [_mount(mount) for found in known for mount in found.mounts]
    if settings.as_json:
        print_json(attrs)
    else:
        print_object(attrs)


@click.command()
@click.option(
    "--recover",
    "recovers",
    is_flag=True,
    help="Start again what a dead voltui stopped, and remove what it left half-made.",
)
@global_options
def helpers(settings: Settings, recovers: bool) -> None:
    """List the helper containers that read volumes for voltui, or change them.

    Containers that a voltui stopped and did not start again before it died, and volumes that it
    did not fill to the end, are told on stderr.
    """
    from tui.cli.recovering import recover, tell_left

    with settings.engine() as engine:
        if recovers:
            recover(settings, engine)
            return
        found = engine.helpers()
        tell_left(engine)
    if settings.as_json:
        for helper in found:
            print_json(_helper(helper))
        return
    print_table(
        ["CONTAINER", "VOLUME", "ACCESS", "STATE", "AGE", "CLIENT"],
        [[h.container_id[:12], h.volume, _access(h), h.state, _age(h), h.client] for h in found],
    )


def measured(engine: Engine) -> list[Volume]:
    """All volumes, after the sizes that are unknown or old were measured."""
    with closing(engine.sizes(engine.volumes())) as sizes:
        for _ in sizes:
            pass
    return engine.volumes()


def _row(volume: Volume) -> list[str]:
    users = dict.fromkeys(mount.container for mount in volume.mounts)
    length = size(volume.size.size) if volume.size else "?"
    return [volume.name, volume.driver, length, ", ".join(users) or "-", volume.mountpoint]


def _access(helper: Helper) -> str:
    return "read-only" if helper.read_only else "read-write"


def _age(helper: Helper) -> str:
    return age(helper.created, now()) if helper.created else "?"


def volume_fields(volume: Volume) -> dict[str, Any]:
    """The object that `ls --json` prints of a volume."""
    known = volume.size
    return {
        "name": volume.name,
        "driver": volume.driver,
        "scope": volume.scope,
        "mountpoint": volume.mountpoint,
        "created": volume.created.isoformat() if volume.created else None,
        "labels": dict(volume.labels),
        "options": masked_options(volume.options),
        "size": known.size if known else None,
        "size_age": round((now() - known.measured).total_seconds()) if known else None,
        "anonymous": volume.anonymous,
        "looks_anonymous": volume.looks_anonymous,
        "project": volume.project,
        "in_use": volume.in_use,
        "incomplete": volume.incomplete,
        "mounts": [_mount(mount) for mount in volume.mounts],
    }


def _mount(mount: Mount) -> dict[str, Any]:
    return {
        "container": mount.container,
        "id": mount.container_id,
        "image": mount.image,
        "state": str(mount.state),
        "destination": mount.destination,
        "read_only": mount.read_only,
    }


def _helper(helper: Helper) -> dict[str, Any]:
    return {
        "id": helper.container_id,
        "name": helper.name,
        "volume": helper.volume,
        "client": helper.client,
        "state": str(helper.state),
        "created": helper.created.isoformat() if helper.created else None,
        "read_only": helper.read_only,
    }
