"""What has to be typed before volumes go: the rule of every dialog and question that removes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tui.engine.model import Volume
from tui.typed import unsafe


def phrase(verb: str, volumes: Sequence[Volume], empty: Collection[str] = ()) -> str:
    """The name of the one volume that somebody named and that may hold something, `delete 3` for
    several of those (3: all that go), nothing where there is none.

    `empty`: names of volumes that were looked into and hold nothing; all others may hold something.
    """
    weighty = [
        volume
        for volume in volumes
        if not volume.anonymous and not volume.looks_anonymous and volume.name not in empty
    ]
    if not weighty:
        return ""
    return weighty[0].name if len(weighty) == 1 else f"{verb} {len(volumes)}"


def says(typed: str, wanted: str) -> bool:
    """Whether what was typed is the phrase, exactly; a name is typed as it is shown."""
    return unsafe(typed) == wanted
