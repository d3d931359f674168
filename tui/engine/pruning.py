"""What a prune may take: computed by us from what the engine lists, never by the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tui.engine.masking import masked_options
from tui.engine.model import Volume
from tui.engine.volumes import SNAPSHOT_LABEL

Services = Mapping[str, Sequence[str]]
"""Names of the swarm services that name a volume, by its name (`Engine.services`)."""


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
    """Why it is not chosen unasked, beside having a name: a snapshot, of a compose project, …"""
    spared: bool = False
    """A snapshot, or maybe needed without a container that is seen here: only who names it gets
    it removed, no filter does.
    """

    @property
    def preselected(self) -> bool:
        """Whether it is chosen without being asked for: nothing that has a name or belongs to
        somebody.
        """
        return self.group is Group.ANONYMOUS and not self.remark


def candidates(volumes: Sequence[Volume], services: Services | None = None) -> list[Candidate]:
    """The unused ones among all volumes, by group and name."""
    named_by = services or {}
    found = [
        _candidate(volume, named_by.get(volume.name, ())) for volume in volumes if not volume.in_use
    ]
    order = list(Group)
    return sorted(found, key=lambda each: (order.index(each.group), each.volume.name))


def _candidate(volume: Volume, services: Sequence[str]) -> Candidate:
    if volume.anonymous:
        group = Group.ANONYMOUS
    elif volume.looks_anonymous:
        group = Group.LOOKS_ANONYMOUS
    else:
        group = Group.NAMED
    spared = _spared(volume, services)
    return Candidate(volume, group, "; ".join([*spared, *_belonging(volume)]), bool(spared))


def _spared(volume: Volume, services: Sequence[str]) -> list[str]:
    said = []
    if SNAPSHOT_LABEL in volume.labels:
        said.append("snapshot")
    if services:
        said.append(f"of swarm service {', '.join(services)}")
    if volume.scope == "global":
        said.append("of scope global, other machines may use it")
    return said


def _belonging(volume: Volume) -> list[str]:
    said = []
    if volume.project is not None:
        said.append(f"of project {volume.project}")
    if device := masked_options(volume.options).get("device"):
        said.append(f"device {device}")
    elif volume.options:
        said.append("with driver options")
    return said


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the candidates a prune is to take; what has a name only with `named`."""

    looks_anonymous: bool = False
    named: bool = False
    """All of them, those that look anonymous included."""
    labels: Sequence[tuple[str, str | None]] = ()
    """Each of these, whatever its value where that is None."""
    project: str | None = None
    """Of this compose project only."""
    older_than: timedelta | None = None

    def means(self, candidate: Candidate) -> bool:
        """Whether labels and project are the wanted ones."""
        volume = candidate.volume
        if self.project not in {None, volume.project}:
            return False
        return all(
            key in volume.labels and value in {None, volume.labels[key]}
            for key, value in self.labels
        )

    def old_enough(self, volume: Volume, now: datetime) -> bool | None:
        """Whether it is; None where the engine does not tell its age."""
        if self.older_than is None:
            return True
        return None if volume.created is None else now - volume.created >= self.older_than


@dataclass(frozen=True, slots=True)
class Choice:
    """What a prune takes, and which of the unused volumes with these labels it leaves."""

    taken: list[Candidate] = field(default_factory=list)
    named: list[Candidate] = field(default_factory=list)
    """Not asked for: they have a name."""
    looks_anonymous: list[Candidate] = field(default_factory=list)
    """Not asked for: the engine's label is missing."""
    belonging: list[Candidate] = field(default_factory=list)
    """Anonymous, but of a project or with driver options, and not asked for by `named`."""
    spared: list[Candidate] = field(default_factory=list)
    unknown_age: list[Candidate] = field(default_factory=list)
    """Of any group: whether they are old enough is not known."""


def choose(found: Sequence[Candidate], wanted: Wanted, now: datetime) -> Choice:
    """Sort candidates into what is taken and what is left, in their order. One that is younger
    than wanted, or of other labels or another project, is in none of the lists.
    """
    choice = Choice()
    for candidate in found:
        old_enough = wanted.old_enough(candidate.volume, now)
        if not wanted.means(candidate) or old_enough is False:
            continue
        _left(choice, candidate, wanted, old_enough is None).append(candidate)
    return choice


def _left(
    choice: Choice, candidate: Candidate, wanted: Wanted, unknown_age: bool
) -> list[Candidate]:
    if unknown_age:
        return choice.unknown_age
    if candidate.group is Group.NAMED and not wanted.named:
        return choice.named
    if candidate.group is Group.LOOKS_ANONYMOUS and not (wanted.looks_anonymous or wanted.named):
        return choice.looks_anonymous
    if candidate.spared:
        return choice.spared
    if candidate.remark and not wanted.named and wanted.project is None:
        return choice.belonging
    return choice.taken
