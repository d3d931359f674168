"""What the tests of removals share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.engines.api import EngineAPI, EngineAPIError
from tests.engines.waiting import wait_for
from tests.integration.conftest import Things, named
from tui.engine import Engine
from tui.engine.holders import Holder
from tui.engine.model import Volume
from tui.engine.removing import Doing, Outcome, Removed, Removing

STUBBORN = ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"]
"""A command that only ends when it is killed."""

Step = tuple[Doing, str]
"""What is done, and to which container."""


def removed(engine: Engine, *volumes: Volume) -> list[Removed]:
    """Remove volumes that nobody holds."""
    return [told for told in engine.remove(volumes) if isinstance(told, Removed)]


def remove_with(
    engine: Engine,
    volume: Volume,
    chosen: Sequence[Holder],
    act: Callable[[Step], None] = lambda _: None,
) -> tuple[list[Step], Removed]:
    """Remove a volume with its holders; `act` is called before each step is done."""
    steps: list[Step] = []
    for told in engine.remove([volume], {volume.name: chosen}):
        if isinstance(told, Removed):
            return steps, told
        step = (told.doing, told.container)
        steps.append(step)
        act(step)
    raise AssertionError("no outcome was told")


def kept(told: Removed, error: type[Exception], *words: str) -> None:
    """Assert that a volume was kept for a reason."""
    assert told.outcome is Outcome.KEPT, told
    assert isinstance(told.error, error), told
    for word in words:
        assert word in str(told.error)


def state(api: EngineAPI, container: str) -> str:
    """State of a container, `gone` where there is none."""
    attrs = inspected(api, container)
    return str(attrs["State"]["Status"]) if attrs else "gone"


def inspected(api: EngineAPI, container: str) -> dict[str, Any]:
    """What the engine tells of a container, empty where there is none."""
    return _found(api, f"/containers/{container}/json")


def exists(api: EngineAPI, volume: str) -> bool:
    """Whether the engine has a volume of that name."""
    return bool(_found(api, f"/volumes/{volume}"))


def _found(api: EngineAPI, path: str) -> dict[str, Any]:
    try:
        attrs: dict[str, Any] = api.get(path)
    except EngineAPIError as error:
        if error.status != 404:
            raise
        return {}
    return attrs


def held(
    things: Things, engine: Engine, *commands: list[str], **body: object
) -> tuple[Volume, list[Holder], list[str]]:
    """A listed volume, its holders as seen, and the ids of these running containers, by name."""
    name = things.volume()
    made = [
        things.container([f"{name}:/d"], command, start=True, **body)
        for command in (commands or [["sleep", "1000"]] * 2)
    ]
    volume = named(engine, name)
    holders = engine.holders(volume)
    order = [holder.container_id for holder in holders]
    return volume, holders, sorted(made, key=order.index)


def next_second(stamp: str) -> None:
    """Wait until what changes now gets another stamp than this one, which has seconds.

    The kernel's stamps are some milliseconds late.
    """
    later = max(datetime.fromisoformat(stamp), datetime.now(UTC).replace(microsecond=0))
    later += timedelta(seconds=1.05)
    wait_for(lambda: datetime.now(UTC) > later, "the next second", 5)


def steps_of(told: Sequence[Removing | Removed]) -> list[Step]:
    """The steps among what was told."""
    return [(each.doing, each.container) for each in told if isinstance(each, Removing)]
