"""Find entries by name, as the user types."""

from __future__ import annotations

import time
from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tui.content import notice
from tui.engine.search import Found, SearchSum
from tui.fuzzy import Query, is_glob
from tui.keymap import key_of
from tui.presentation import counted, join, location, safe_text, sentence
from tui.widgets.found_rows import FoundRows
from tui.widgets.list_pane import CHOOSES, HOLD
from tui.widgets.query_line import QueryInput, QueryLine
from tui.widgets.results import ENDINGS, Answer, ResultsPane

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

DEBOUNCE = 0.06
"""Seconds without a key after which the volume is searched for what was typed."""

NOTHING = SearchSum(0, 0, 0, 0, 0, 0, complete=False, cut=False)


class FindInput(QueryInput):
    """What the name is to look like."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "accept", "Show in files", id="query.accept", key_display="↵",
            tooltip="Show the entry in the list of files",
        ),
    ]  # fmt: skip


class FindPane(ResultsPane):
    """Searches again at every change of the text, unless what it has only needs narrowing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,l,right", "open", "Show in files", id="open", key_display="↵",
            tooltip="Show the entry in the list of files",
        ),
        *ENDINGS,
        Binding("slash", "type", "Type", id="filter", key_display="/", tooltip="Go on typing"),
    ]  # fmt: skip

    def __init__(self, files: VolumeFiles, root: str) -> None:
        super().__init__(files, FoundRows(root, None), "find", sort="rank")
        self._root = root
        self._coming: FoundRows | None = None
        """Rows of the search that runs, until there is one to show."""
        self._begun = 0.0
        """Monotonic time of the last search."""
        self._searched = ""
        """What is searched for; the line may have another text by now."""
        self._asked_for: str | None = None
        """What all of `table.rows` were searched by; None: no search told all there is."""
        self._sum = NOTHING
        self.line = QueryLine("f", FindInput("part of a name, or a pattern: *.conf"), self.table)

    def compose(self) -> ComposeResult:
        """The text below the title."""
        heading, *rest = super().compose()
        yield heading
        yield self.line
        yield from rest

    @property
    def front(self) -> Widget:
        """The text, unless the user went to the list."""
        in_list = self.screen.focused is self.table and self.table.display
        return self.table if in_list else self.line.input

    @property
    def _outdated(self) -> bool:
        """Whether what is listed was found for another text than the one in the line."""
        return self._coming is not None and self.running

    def holds(self, typed: events.Key | events.Paste) -> bool:
        """Let a key that chooses a row wait a moment for those that are looked for."""
        if not isinstance(typed, events.Key) or typed.key not in CHOOSES:
            return False
        late = time.monotonic() > self._begun + HOLD
        return self.table.filtering or (self._outdated and not late)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._search(DEBOUNCE)

    def action_again(self) -> None:
        """Search once more."""
        self._asked_for = None
        self._search(0)

    def _search(self, after: float) -> None:
        text = self.line.text
        self._coming = None
        if not text:
            self._asked_for, self._sum = None, NOTHING
            self.stop(Answer.NONE)
            self.start_over(FoundRows(self._root, None))
        elif self._narrows(text):
            self.rows.narrow(Query(text))
            self.start_over(self.rows)
        else:
            self._asked_for, self._sum, self._searched = None, NOTHING, text
            glob = is_glob(text)
            self._coming = FoundRows(self._root, None if glob else Query(text))
            self._begun = time.monotonic()
            self.ask(partial(self._found, text, glob=glob), after)

    def _found(self, text: str, *, glob: bool) -> Generator[list[Found] | SearchSum, None, None]:
        return self.files.find(self._root, text, glob=glob)

    def _narrows(self, text: str) -> bool:
        """Whether all that fits the text is among what is known."""
        known = self._asked_for
        if known is None or is_glob(text) or is_glob(known) or "/" in text[len(known) :]:
            return False
        return text.startswith(known)

    @property
    def rows(self) -> FoundRows:
        """What was found as the table has it."""
        assert isinstance(self.table.rows, FoundRows)
        return self.table.rows

    def take(self, part: object) -> None:
        """Show more that was found, or how much was looked at."""
        if isinstance(part, SearchSum):
            self._sum = part
            self.tell()
            return
        assert isinstance(part, list)
        if self._coming is not None:
            rows, self._coming = self._coming, None
            rows.extend(part)
            self.start_over(rows)
        else:
            self.rows.extend(part)
        self.grew()

    def completed(self) -> None:
        """Show that nothing was found too."""
        if self._coming is not None:
            rows, self._coming = self._coming, None
            self.start_over(rows)
        if self.answer is Answer.COMPLETE and not self._sum.cut:
            self._asked_for = self._searched
        super().completed()

    def path_under_cursor(self) -> str | None:
        """Path of the entry under the cursor."""
        name = self.table.name_under_cursor
        return None if name is None else join(self._root, name)

    @on(QueryInput.Accepted)
    def action_open(self) -> None:
        """Show the entry in the list of files."""
        if not self._outdated and (path := self.path_under_cursor()) is not None:
            self.screen.dismiss(path)

    def action_type(self) -> None:
        """Go on typing."""
        self.line.take_focus()

    # What is said

    def tell(self) -> None:
        """Count what was found, and say why nothing is there."""
        self.describe(f"Find in {location(self.files.volume.name, self._root)}", self._note())
        self.warn(self._warning())
        if self.table.arrangement.view or self.table.busy:
            self.say(None)
        elif self.answer is Answer.FAILED and self.failure is not None:
            self.say_failed(self.failure)
        elif self.answer is Answer.NONE:
            self.say(notice("Type a part of a name.", *_HOW, keys=[("results.close", "closes")]))
        elif self.running:
            self.say(notice("Looking …", keys=[("results.cancel", "cancels")]))
        else:
            below = location(self.files.volume.name, self._root)
            words = f"Nothing below {below} is called {safe_text(self.line.text)}."
            if self.answer is Answer.CANCELLED:
                words = "Cancelled before anything was found."
            self.say(notice(words, keys=[("refresh", "looks again"), ("results.close", "closes")]))

    def _note(self) -> str:
        if self.answer is Answer.NONE:
            return ""
        shown = len(self.table.arrangement.view)
        seen = f" of {counted(self._sum.entries, 'entry')}" if self._sum.entries else ""
        return f"{shown:,} found{seen}{' …' if self.running else ''}"

    def _warning(self) -> str | None:
        some = bool(len(self.rows))
        if self.answer is Answer.CANCELLED and some:
            return f"Cancelled: there may be more. {key_of('refresh')} looks again."
        if self.answer is Answer.FAILED and self.failure and some:
            return f"Incomplete: {sentence(self.failure)} {key_of('refresh')} looks again."
        if self._sum.cut:
            return f"Only the first {len(self.rows):,} are here. Type more of the name."
        if self._sum.errors:
            return f"{counted(self._sum.errors, 'entry')} could not be read."
        return None


_HOW = (
    "The characters may have others between them. An upper-case one makes case matter.",
    "With * ? [ ] it is a pattern, and ** goes through folders: **/*.conf",
)
