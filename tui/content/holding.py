"""Who holds volumes, as boxes of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui.content.details import state_mark
from tui.content.lines import MUTED, Line, indented, styled
from tui.engine.holders import Holder
from tui.presentation import safe

LOST_WITH_A_CONTAINER = (
    "Removing a container loses what it wrote outside of its volumes, and its logs."
)


@dataclass(frozen=True, slots=True)
class Hold:
    """One container, with everything of the volumes in question that it holds."""

    holder: Holder
    places: tuple[tuple[str, Holder], ...]
    """Names of volumes, each with where and how the container has it mounted."""

    @property
    def key(self) -> str:
        """Tells it from other containers, and from itself before it was started or renamed."""
        return f"{self.holder.container_id} {self.holder.running} {self.holder.name}"


def chosen_of(volume: str, holds: Sequence[Hold]) -> list[Holder]:
    """Those that hold a volume."""
    return [holder for hold in holds for name, holder in hold.places if name == volume]


def grouped(held: Mapping[str, Sequence[Holder]]) -> list[Hold]:
    """By container what is held, from the holders of each volume by its name."""
    places: dict[str, list[tuple[str, Holder]]] = {}
    for volume, holders in held.items():
        for holder in holders:
            places.setdefault(holder.container_id, []).append((volume, holder))
    holds = [Hold(found[0][1], tuple(found)) for found in places.values()]
    return sorted(holds, key=lambda hold: (not hold.holder.running, hold.holder.name))


def hold_lines(hold: Hold, going: Sequence[str], width: int, *, removal: bool = True) -> list[Line]:
    """A container in a few lines: what it is, where it holds which volume, what stays behind it.

    `going`: names of the volumes in question.
    """
    holder = hold.holder
    mark = state_mark(holder.state)
    facts = [str(holder.state), safe(holder.image)]
    if holder.project:
        facts.append(f"project {safe(holder.project)}")
    if holder.service:
        facts.append(f"service {safe(holder.service)}")
    name, below = _headline(safe(holder.name), ", ".join(facts), width - 2)
    for volume, place in hold.places:
        below += styled(_place(volume, place, alone=len(going) == 1), width - 2, MUTED)
    if removal and holder.refusal:
        below += styled(safe(holder.refusal), width - 2, "$warning")
    elif removal:
        behind = [name for name in holder.anonymous if name not in going]
        below += [line for name in behind for line in styled(_behind(name), width - 2, "$warning")]
    return indented(name, mark) + indented(below, ("  ", ""))


def _headline(name: str, facts: str, width: int) -> tuple[list[Line], list[Line]]:
    """Name and facts on one line where they fit, else below each other."""
    if cell_len(name) + 2 + cell_len(facts) <= width:
        return [[(name, "bold"), (f"  {facts}", MUTED)]], []
    return styled(name, width, "bold"), styled(facts, width, MUTED)


def _place(volume: str, place: Holder, *, alone: bool) -> str:
    where = ", ".join(map(safe, place.destinations))
    access = "read-only" if place.read_only else "read-write"
    return f"{where} {access}" if alone else f"{safe(volume)} at {where} {access}"


def _behind(name: str) -> str:
    return f"Its anonymous volume {safe(name[:12])}… stays behind."
