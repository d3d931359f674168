"""Removing volumes on a real engine: exactly the named ones, each looked at again."""

from __future__ import annotations

import pytest

from tests.engines.api import EngineAPIError
from tests.integration.conftest import Things
from tui.engine import Engine
from tui.engine.creating import NewVolume
from tui.engine.errors import NameTaken, VolumeChanged, VolumeInUse
from tui.engine.model import Volume
from tui.engine.removing import Outcome, Removed


def listed(engine: Engine, name: str) -> Volume:
    return next(volume for volume in engine.volumes() if volume.name == name)


def remove(engine: Engine, *volumes: Volume, holders: bool = False) -> list[Removed]:
    chosen = {v.name: engine.holders(v) for v in volumes} if holders else {}
    return [told for told in engine.remove(volumes, chosen) if isinstance(told, Removed)]


def test_an_unused_volume_goes_although_it_is_being_browsed(things: Things, engine: Engine) -> None:
    volume = listed(engine, things.volume())
    engine.open(volume).stat("/")

    (removed,) = remove(engine, volume)

    assert removed == Removed(volume.name, Outcome.REMOVED)
    with pytest.raises(EngineAPIError):
        things.engine.api.get(f"/volumes/{volume.name}")


def test_a_volume_in_use_stays(things: Things, engine: Engine) -> None:
    name = things.volume()
    things.container([f"{name}:/data"], ["true"])

    (removed,) = remove(engine, listed(engine, name))

    assert removed.outcome is Outcome.KEPT
    assert isinstance(removed.error, VolumeInUse)
    assert things.engine.api.get(f"/volumes/{name}")["Name"] == name


def test_its_holders_are_stopped_and_removed_when_chosen(things: Things, engine: Engine) -> None:
    name = things.volume()
    container = things.container([f"{name}:/data"], ["sleep", "1000"], start=True)

    (removed,) = remove(engine, listed(engine, name), holders=True)

    assert removed.outcome is Outcome.REMOVED
    assert len(removed.containers) == 1
    with pytest.raises(EngineAPIError):
        things.engine.api.get(f"/containers/{container}/json")


def test_a_volume_made_anew_since_it_was_listed_stays(things: Things, engine: Engine) -> None:
    name = things.volume()
    before = listed(engine, name)
    things.engine.api.delete(f"/volumes/{name}")
    things.volume(name, Labels={"other": "one"})

    (removed,) = remove(engine, before)

    assert removed.outcome is Outcome.KEPT
    assert isinstance(removed.error, VolumeChanged)


def test_an_existing_name_is_refused(things: Things, engine: Engine) -> None:
    name = things.volume(Labels={"old": "yes"})

    with pytest.raises(NameTaken):
        engine.create(NewVolume(name))

    assert things.engine.api.get(f"/volumes/{name}")["Labels"] == {"old": "yes"}
