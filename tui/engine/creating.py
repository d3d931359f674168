"""Creating a volume, and nothing else: an existing one is refused.

Sources: Engine API `POST /volumes/create`, which answers success with the old volume where one of
that name exists (run on Docker 20.10 and 26.1); `GET /info` for the drivers.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.engine.connection import Connection
from tui.engine.errors import NameTaken, VolumeNotFound
from tui.engine.fields import Fields
from tui.engine.identity import inspect_volume
from tui.engine.model import Volume
from tui.engine.volumes import JOB_LABEL, parse_volume


@dataclass(frozen=True, slots=True)
class NewVolume:
    """A volume that does not exist yet."""

    name: str
    driver: str = "local"
    options: Mapping[str, str] = field(default_factory=dict)
    """Driver options: `type`, `device` and `o` for the driver local."""
    labels: Mapping[str, str] = field(default_factory=dict)


def drivers(connection: Connection) -> list[str]:
    """Names of the volume drivers the engine has, `local` first."""
    found = set(Fields(connection.get("/info"), "GET /info").inner("Plugins").texts("Volume"))
    return ["local", *sorted(found - {"local"})]


def create(connection: Connection, new: NewVolume, *, tells_creation: bool) -> Volume:
    """Make a volume; raises `NameTaken` where one of that name exists, of whatever driver."""
    _refuse_taken(connection, new.name)
    job = os.urandom(8).hex()
    labels = {**new.labels, JOB_LABEL: job}
    connection.call(
        lambda client: client.create_volume(new.name, new.driver, dict(new.options), labels)
    )
    attrs = inspect_volume(connection, new.name)
    volume = parse_volume(attrs, tells_creation=tells_creation)
    if volume.labels.get(JOB_LABEL) != job:
        raise _taken(new.name)
    return volume


def _refuse_taken(connection: Connection, name: str) -> None:
    try:
        inspect_volume(connection, name)
    except VolumeNotFound:
        return
    raise _taken(name)


def _taken(name: str) -> NameTaken:
    return NameTaken(f"There is a volume named {name} already.", hint="Choose another name.")
