"""Counting what volumes hold, for a dialog that says what goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from tui.calls import call, stream
from tui.content.going import Inside
from tui.engine import Engine, EngineError
from tui.engine.model import Volume
from tui.phrase import phrase
from tui.presentation import sentence

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

NOT_MOUNTED = "it has driver options, and is mounted only to be opened"


def uncounted(volumes: Sequence[Volume]) -> dict[str, Inside]:
    """What is known before anything was counted, by name; what is not plain is not mounted."""
    return {
        volume.name: Inside() if volume.plain else Inside(complete=True, why=NOT_MOUNTED)
        for volume in volumes
    }


async def count(
    engine: Engine, volumes: Sequence[Volume], take: Callable[[Volume, Inside], None]
) -> None:
    """Count them one after the other, and tell what is known of each as it grows."""
    for volume in volumes:
        if volume.plain:
            await count_inside(engine.open(volume), partial(take, volume))


async def count_inside(files: VolumeFiles, take: Callable[[Inside], None]) -> None:
    """Count what one holds, and let go of it."""
    usage = None
    try:
        async with aclosing(stream(files.usage, "/")) as told:
            async for usage in told:
                take(Inside(usage))
        take(Inside(usage, complete=True))
    except EngineError as error:
        take(Inside(usage, complete=True, why=sentence(error)))
    finally:
        await call(files.leave)


def wanted_phrase(
    verb: str, volumes: Sequence[Volume], insides: Mapping[str, Inside]
) -> str | None:
    """What has to be typed before they go (`tui.phrase`); None while that is being counted."""
    empty = {volume.name for volume in volumes if insides[volume.name].empty}
    certain = [volume for volume in volumes if volume.name not in empty and _sure(volume, insides)]
    open_ones = [v for v in volumes if v.name not in empty and v not in certain]
    words = phrase(verb, volumes, empty)
    if words and len([v for v in certain if phrase(verb, [v])]) < 2 and open_ones:
        return None
    return words


def _sure(volume: Volume, insides: Mapping[str, Inside]) -> bool:
    """Whether it holds something, or that cannot be found out."""
    inside, known = insides[volume.name], volume.size
    measured = known is not None and bool(known.size or known.files)
    return inside.complete or inside.holds_something or measured
