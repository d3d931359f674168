"""Volumes as rows of a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from tui.engine.model import Volume, VolumeSize
from tui.presentation import safe, size
from tui.widgets.table import Column, Order, Rows, Spans

_UNKNOWN_AGE = datetime.min.replace(tzinfo=UTC)
_CUT = 12
"""Characters of an anonymous name that are shown, as docker shows ids."""


class VolumeRows(Rows):
    """Name, size and number of attached containers of each volume."""

    def __init__(self, volumes: Iterable[Volume] = (), *, unused_only: bool = False) -> None:
        super().__init__()
        self.volumes: list[Volume] = list(volumes)
        self.positions = {volume.name: row for row, volume in enumerate(self.volumes)}
        self.selective = unused_only
        self.add_names(self.positions)

    @property
    def columns(self) -> tuple[Column, ...]:
        """How a row is shown."""
        return (
            Column("name", "Name", self._name),
            Column("size", "Size", self._size, 6, right=True, at=26),
            Column("project", "Project", self._project, 12, at=64),
            Column("created", "Created", self._created, 10, at=82),
            Column("used", "Used", self._used, 5, at=34),
        )

    @property
    def orders(self) -> tuple[Order, ...]:
        """The ways to sort."""
        return (
            Order("name", "n", "name", self.name_key),
            Order("size", "s", "size", self._size_key),
            Order("created", "m", "creation", self._created_key),
            Order("project", "e", "project", self._project_key),
            Order("used", "u", "use", self._used_key),
        )

    def shown(self, row: int) -> bool:
        """Unused ones only, while that is switched on."""
        return not self.volumes[row].in_use

    def set_size(self, name: str, known: VolumeSize) -> None:
        """Take in a size that was measured meanwhile."""
        row = self.positions.get(name)
        if row is not None:
            self.volumes[row] = replace(self.volumes[row], size=known)

    def name_key(self, row: int) -> str:
        """Anonymous volumes stand behind those somebody gave a name."""
        volume = self.volumes[row]
        return ("\U0010ffff" if _nameless(volume) else "") + super().name_key(row)

    def _name(self, row: int) -> Spans:
        volume = self.volumes[row]
        style = "dim" if _nameless(volume) else ""
        cut = _nameless(volume) and len(volume.name) > _CUT
        name = safe(volume.name[:_CUT]) + "…" if cut else safe(volume.name)
        # In front of the name, whose end is cut where there is no room.
        marks: Spans = [("! ", "warning")] if volume.incomplete else []
        return [*marks, (name, style)]

    def _size(self, row: int) -> Spans:
        volume = self.volumes[row]
        if volume.size is None:
            return [("?", "dim")]
        return [(size(volume.size.size), "" if volume.in_use else "dim")]

    def _size_key(self, row: int) -> int:
        known = self.volumes[row].size
        return -1 if known is None else known.size

    def _project(self, row: int) -> Spans:
        return [(safe(self.volumes[row].project or ""), "dim")]

    def _project_key(self, row: int) -> str:
        return self.volumes[row].project or ""

    def _created(self, row: int) -> Spans:
        created = self.volumes[row].created
        return [(created.astimezone().strftime("%Y-%m-%d") if created else "", "dim")]

    def _created_key(self, row: int) -> datetime:
        return self.volumes[row].created or _UNKNOWN_AGE

    def _used(self, row: int) -> Spans:
        volume = self.volumes[row]
        if volume.running:
            return [("● ", "running"), (str(volume.containers), "dim")]
        if volume.in_use:
            return [("○ ", "dim"), (str(volume.containers), "dim")]
        return [("·", "dim")]

    def _used_key(self, row: int) -> int:
        return self.volumes[row].containers


def _nameless(volume: Volume) -> bool:
    return volume.anonymous or volume.looks_anonymous
