"""What a prune may take: computed by us from what the engine lists, never by the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tui.engine.model import Volume
from tui.engine.volumes import SNAPSHOT_LABEL


class Group(StrEnum):
    """Kinds of unused volumes, from the one that is missed least."""

    ANONYMOUS = "anonymous"
    """The engine's label says that nobody named it."""
    LOOKS_ANONYMOUS = "looks anonymous"
    """64 hex digits without that label: an engine before API 1.42 labels none."""
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A volume that nobody has attached."""

    volume: Volume
    group: Group
    remark: str = ""
    """Why it is not chosen unasked, beside having a name: a snapshot, or of a compose project."""

    @property
    def preselected(self) -> bool:
        """Whether it is chosen without being asked for: nothing that has a name or belongs to
        somebody.
        """
        return self.group is Group.ANONYMOUS and not self.remark


def candidates(volumes: Sequence[Volume]) -> list[Candidate]:
    """The unused ones among all volumes, by group and name."""
    found = [_candidate(volume) for volume in volumes if not volume.in_use]
    order = list(Group)
    return sorted(found, key=lambda each: (order.index(each.group), each.volume.name))


def _candidate(volume: Volume) -> Candidate:
    if volume.anonymous:
        group = Group.ANONYMOUS
    elif volume.looks_anonymous:
        group = Group.LOOKS_ANONYMOUS
    else:
        group = Group.NAMED
    if SNAPSHOT_LABEL in volume.labels:
        return Candidate(volume, group, "snapshot")
    if volume.project is not None:
        return Candidate(volume, group, f"of project {volume.project}")
    return Candidate(volume, group)
