"""The volumes that a prune may take, as they are now, and which of them are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from tui.calls import call
from tui.content import failure, notice
from tui.content.pruning import candidate_facts, choice
from tui.engine import Engine, EngineError
from tui.engine.model import Volume
from tui.engine.pruning import Candidate, Services, candidates
from tui.presentation import counted, now, safe_text, sentence
from tui.widgets.flow import Flow
from tui.widgets.list_pane import ListPane
from tui.widgets.prune_rows import PruneRows
from tui.widgets.table import VirtualTable
from tui.widgets.volume_list import VolumeList
from tui.widgets.volume_rows import VolumeRows

CLOSES = ("prune.close", "closes")


class PruneList(ListPane):
    """Follows the list of volumes. Marks are the choice: they stay with a volume as long as it is
    the same one and nobody uses it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "d,delete,enter", "remove", "Remove chosen", id="prune.remove", key_display="d",
            tooltip="Remove the volumes that are chosen, after a question",
        ),
    ]  # fmt: skip

    class Wanted(Message):
        """The user wants these to go."""

        def __init__(self, chosen: Sequence[Candidate]) -> None:
            super().__init__()
            self.chosen = chosen

    def __init__(self, engine: Engine, volumes: VolumeList) -> None:
        super().__init__("Prune", PruneRows(present=now()), "prune")
        self._volumes = volumes
        self._engine = engine
        self._services: Services = {}
        self._unasked: str | None = None
        """Why it is not known which services name a volume."""
        self._taken: VolumeRows | None = None
        """The list of volumes as it was taken in last; sizes may have come since."""
        self._begun = False
        """Whether the volumes were known once: from then on nothing is chosen but by the user."""
        self._any = False
        """Whether something is chosen."""
        self.choice = Static(classes="choice", markup=False)
        self.facts = Flow()

    def compose(self) -> ComposeResult:
        """The choice below the title, what is known of one volume below the list."""
        heading, *rest = super().compose()
        yield heading
        yield self.choice
        yield from rest
        yield self.facts

    @property
    def rows(self) -> PruneRows:
        """The candidates as the table has them."""
        assert isinstance(self.table.rows, PruneRows)
        return self.table.rows

    def on_mount(self) -> None:
        """Show what is known already, by groups."""
        self.table.sort_rows("group")
        self._volumes.told.subscribe(self, self.follow)
        self.follow()
        self.load()

    @work(exclusive=True, group="services")
    async def load(self) -> None:
        """Ask which volumes belong to swarm services that have no container here."""
        try:
            self._services, self._unasked = await call(self._engine.services), None
        except EngineError as error:
            self._unasked = f"Which services need a volume is not known: {sentence(error)}"
        self._taken = None
        self.follow()

    def follow(self, _told: None = None) -> None:
        """Take in what the list of volumes knows now."""
        self.warn(self._volumes.warning or (self._unasked if self._begun else None))
        rows = self._volumes.rows
        if self._taken is rows:
            self._take_sizes(rows.volumes)
        elif self._volumes.known:
            self._taken = rows
            self._take(rows.volumes)
        self.arranged()

    def _take(self, volumes: Sequence[Volume]) -> None:
        found = self._found(volumes)
        self._unmark_others(found)
        rows = PruneRows(found, present=now())
        rows.fit(self.table.size.width)
        if not self._begun:
            self._begun = True
            rows.mark_preselected()
            self.table.show_rows(rows)
        else:
            self.table.show_rows(rows, keep=True)
        self._show_facts()

    def _found(self, volumes: Sequence[Volume]) -> list[Candidate]:
        """What is unused now, and what was when it was listed here and is not any more."""
        found = candidates(volumes, self._services)
        in_use = {volume.name: volume for volume in volumes if volume.in_use}
        return found + [
            replace(each, volume=in_use[each.volume.name])
            for each in self.rows.candidates
            if each.volume.name in in_use
        ]

    def _unmark_others(self, found: Sequence[Candidate]) -> None:
        """Choose nothing that came into use, is another volume of the same name, or turns out to
        be needed.
        """
        now = {each.volume.name: each for each in found if not each.volume.in_use}
        for row in self.rows.marked():
            before = self.rows.candidates[row]
            after = now.get(before.volume.name)
            if after is None or _other(before, after):
                self.rows.marks[row] = 0

    def _take_sizes(self, volumes: Sequence[Volume]) -> None:
        changed = [
            self.rows.set_size(row, volume.size)
            for volume in volumes
            if (row := self.rows.positions.get(volume.name)) is not None
        ]
        if not any(changed):
            return
        if self.table.arrangement.sort == "size":
            self.table.sort_rows()
        self.table.refresh()
        self._show_facts()

    def on_resize(self) -> None:
        """Show the columns there is room for."""
        self.rows.fit(self.table.size.width)

    @property
    def chosen(self) -> list[Candidate]:
        """What is to go, by group and name, with the sizes that are known now."""
        return [self.rows.measured(row) for row in self.rows.marked()]

    def _sizes(self) -> list[int | None]:
        return [self.rows.size_of(row) for row in self.rows.marked()]

    def arranged(self) -> None:
        """Say what is chosen, or why there is nothing to choose."""
        unused = len(self.rows) - len(self.rows.barred)
        shown = len(self.table.arrangement.view)
        filtered = f"{shown:,} of {len(self.rows):,} shown"
        note = (counted(unused, "unused volume"), *([filtered] if shown < len(self.rows) else []))
        self.describe(note=note if self._begun else "")
        self.choice.update(choice(self._sizes(), unused))
        self.choice.display = self.facts.display = bool(len(self.rows))
        if self._any != bool(self._sizes()):
            self._any = not self._any
            self.refresh_bindings()
        if not self._begun:
            self._say_unknown()
        elif self.table.arrangement.view or self.table.busy:
            self.say(None)
        elif not len(self.rows):
            words = "No volume is unused: there is nothing to prune."
            self.say(notice(words, keys=[CLOSES]))
        else:
            query = safe_text(self.filter_text)
            words = f"No unused volume has {query} in its name."
            self.say(notice(words, keys=[("filter.clear", "shows all")]))

    def _say_unknown(self) -> None:
        if self._volumes.failure is None:
            self.say(notice("Asking the engine for its volumes …", keys=[CLOSES]))
        else:
            keys = [("refresh", "retries"), CLOSES]
            self.say(failure(self._volumes.failure, self._engine.endpoint, keys))

    @on(VirtualTable.Moved)
    def _show_facts(self) -> None:
        row = self.table.row
        if row is None:
            self.facts.show(None)
        else:
            self.facts.show(partial(candidate_facts, self.rows.measured(row), now=now()))

    @on(VirtualTable.Opened)
    def _double_clicked(self) -> None:
        self.table.action_mark()

    def action_remove(self) -> None:
        """Say which ones are to go."""
        if chosen := self.chosen:
            self.post_message(self.Wanted(chosen))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey it where nothing is chosen."""
        if action == "remove":
            return True if self._any else None
        return super().check_action(action, parameters)

    def reason(self, action: str) -> str:
        """Why a greyed action cannot be done."""
        return "nothing is chosen." if action == "remove" else super().reason(action)


def _other(before: Candidate, after: Candidate) -> bool:
    """Whether what was chosen is not what is there now."""
    needed = after.spared and not before.spared
    return needed or _identity(after.volume) != _identity(before.volume)


def _identity(volume: Volume) -> tuple[object, ...]:
    """What differs where a name was given to another volume, or something was changed in it."""
    return volume.driver, volume.labels, volume.options, volume.created, volume.stamp
