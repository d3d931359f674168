"""Volumes that a prune may take, as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tui.engine.model import Volume, VolumeSize
from tui.engine.pruning import Candidate, Group
from tui.presentation import age, head, label_words, safe, size
from tui.widgets.table import Column, Order, Rows, Spans

_UNKNOWN_AGE = datetime.min.replace(tzinfo=UTC)
_CUT = 12
"""Characters of an anonymous name that are shown, as docker shows ids."""

_GROUPS = list(Group)
_WIDE = 110
"""Width from which on groups and notes are written out."""

_LABELS = 44


class PruneRows(Rows):
    """Group, name, size, age, note and labels; those that came into use take no mark."""

    def __init__(self, candidates: Sequence[Candidate] = (), *, present: datetime) -> None:
        super().__init__()
        self.candidates = list(candidates)
        self.positions = {each.volume.name: row for row, each in enumerate(self.candidates)}
        self._sizes = [each.volume.size for each in self.candidates]
        self._present = present
        self._aged = any(each.volume.created for each in self.candidates)
        """Whether the engine tells ages: Docker before 23 does not."""
        self.add_names(self.positions)
        self.barred = [row for row, each in enumerate(self.candidates) if each.volume.in_use]
        self.fit(0)

    @property
    def columns(self) -> tuple[Column, ...]:
        """How a row is shown."""
        group, note = (15, 28) if self._wide else (10, 16)
        ages = [Column("created", "Age", self._age, 9, at=62)] if self._aged else []
        return (
            Column("group", "Group", self._group, group, at=50, once=True),
            Column("name", "Name", self._name),
            Column("size", "Size", self._size, 6, right=True, at=26),
            *ages,
            Column("note", "Note", lambda row: self._note(row, note), note, at=76),
            Column("labels", "Labels", self._labels, _LABELS, at=150),
        )

    @property
    def orders(self) -> tuple[Order, ...]:
        """The ways to sort."""
        return (
            Order("group", "g", "group", self._group_key),
            Order("name", "n", "name", self.name_key),
            Order("size", "s", "size", self._size_key, down=True),
            Order("created", "m", "age", self._created_key),
            Order("note", "e", "note", self._note_text),
        )

    def fit(self, width: int) -> None:
        """Choose the columns for a table so many cells wide."""
        self._wide = width >= _WIDE

    def volume(self, row: int) -> Volume:
        """The volume of a row as it was listed last."""
        return self.candidates[row].volume

    def measured(self, row: int) -> Candidate:
        """A candidate with the size that is known of it by now."""
        candidate = self.candidates[row]
        return replace(candidate, volume=replace(candidate.volume, size=self._sizes[row]))

    def size_of(self, row: int) -> int | None:
        """Bytes as far as they are known."""
        known = self._sizes[row]
        return None if known is None else known.size

    def set_size(self, row: int, known: VolumeSize | None) -> bool:
        """Take in a size that was measured meanwhile; whether it is another one."""
        other = known != self._sizes[row]
        self._sizes[row] = known
        return other

    def mark_preselected(self) -> None:
        """Choose what may go unasked."""
        for row, candidate in enumerate(self.candidates):
            self.marks[row] = candidate.preselected

    def _group(self, row: int) -> Spans:
        group = self.candidates[row].group
        if group is Group.LOOKS_ANONYMOUS and not self._wide:
            return [("anonymous?", "dim")]
        return [(group, "" if group is Group.NAMED else "dim")]

    def _group_key(self, row: int) -> Any:
        return _GROUPS.index(self.candidates[row].group), self.name_key(row)

    def _name(self, row: int) -> Spans:
        candidate = self.candidates[row]
        nameless = candidate.group is not Group.NAMED
        name = candidate.volume.name
        cut = nameless and not self._wide and len(name) > _CUT
        shown = safe(name[:_CUT]) + "…" if cut else safe(name)
        return [(shown, "dim" if nameless or candidate.volume.in_use else "")]

    def _size(self, row: int) -> Spans:
        count = self.size_of(row)
        return [("?", "dim") if count is None else (size(count), "")]

    def _size_key(self, row: int) -> int:
        count = self.size_of(row)
        return -1 if count is None else count

    def _age(self, row: int) -> Spans:
        created = self.volume(row).created
        words = age(created, self._present).removesuffix(" ago") if created else "?"
        return [(words, "dim")]

    def _created_key(self, row: int) -> datetime:
        return self.volume(row).created or _UNKNOWN_AGE

    def _note(self, row: int, width: int) -> Spans:
        return [(head(self._note_text(row), width), "warning")]

    def _note_text(self, row: int) -> str:
        candidate = self.candidates[row]
        holders = sorted({mount.container for mount in candidate.volume.mounts})
        words = f"in use by {', '.join(holders)}" if holders else candidate.remark
        return safe(words)

    def _labels(self, row: int) -> Spans:
        words = ", ".join(label_words(self.volume(row).labels))
        return [(head(words, _LABELS), "dim")]
