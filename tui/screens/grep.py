"""Find in the contents of files."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from tui.content import MUTED, notice
from tui.engine.filesearch import Needle
from tui.engine.search import Matched, SearchSum
from tui.keymap import key_of
from tui.messages import Look
from tui.presentation import counted, location, safe_text, sentence, size
from tui.widgets.match_rows import MatchRows
from tui.widgets.query_line import QueryInput, QueryLine
from tui.widgets.results import ENDINGS, Answer, ResultsPane

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

NOTHING = SearchSum(0, 0, 0, 0, 0, 0, complete=False, cut=False)


class GrepInput(QueryInput):
    """What is to be found."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "accept", "Search", id="query.accept", key_display="↵",
            tooltip="Search for this pattern",
        ),
    ]  # fmt: skip


class GrepPane(ResultsPane):
    """Searches when it is told to; then the list has the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,l,right", "open", "View", id="open", key_display="↵",
            tooltip="Look at the file, at this line",
        ),
        Binding(
            "f", "reveal", "Show in files", id="grep.reveal",
            tooltip="Show the file in the list of files",
        ),
        *ENDINGS,
        Binding("slash", "type", "Pattern", id="filter", key_display="/", tooltip="Change it"),
        Binding(
            "ctrl+t", "any_case", "Any case", id="grep.case",
            tooltip="Find upper and lower case alike, or not",
        ),
        Binding(
            "ctrl+l", "fixed", "Plain text", id="grep.fixed",
            tooltip="Take the pattern as the text to find, or as a regular expression (RE2)",
        ),
    ]  # fmt: skip

    def __init__(self, files: VolumeFiles, root: str) -> None:
        super().__init__(files, MatchRows(root), "grep", sort="place")
        self._root = root
        self._sum = NOTHING
        self._any_case = self._fixed = False
        self._searched = ""
        """The pattern that was searched for last."""
        self.line = QueryLine("F", GrepInput("regular expression (RE2)"), self.table)

    def compose(self) -> ComposeResult:
        """The pattern below the title."""
        heading, *rest = super().compose()
        yield heading
        yield self.line
        yield from rest

    def on_mount(self) -> None:
        """Say what the keys have switched."""
        super().on_mount()
        self._tell_switches()

    @property
    def front(self) -> Widget:
        """The pattern, unless the user went to the list."""
        in_list = self.screen.focused is self.table and self.table.display
        return self.table if in_list else self.line.input

    @property
    def rows(self) -> MatchRows:
        """The matches as the table has them."""
        assert isinstance(self.table.rows, MatchRows)
        return self.table.rows

    def on_resize(self, _event: events.Resize | None = None) -> None:
        """Share the width anew."""
        super().on_resize()
        self.rows.fit(self.size.width)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()

    @on(QueryInput.Accepted)
    def _accepted(self) -> None:
        if self.line.text:
            self._search()

    def action_again(self) -> None:
        """Search once more."""
        if self.line.text:
            self._search()

    def _search(self) -> None:
        self._searched, self._sum = self.line.text, NOTHING
        self.start_over(MatchRows(self._root))
        self.ask(self._matches)

    def _matches(self) -> Generator[list[Matched] | SearchSum, None, None]:
        pattern, fixed, any_case = self._searched, self._fixed, self._any_case
        return self.files.grep(self._root, pattern, fixed=fixed, ignore_case=any_case)

    def take(self, part: object) -> None:
        """Show more matches, or how much was searched."""
        if isinstance(part, SearchSum):
            self._sum = part
            self.tell()
            return
        assert isinstance(part, list)
        first = not len(self.rows)
        self.rows.extend(part)
        self.rows.fit(self.size.width)
        self.grew()
        if first:
            self.say(None)
            if self.screen.focused is self.line.input and self.line.text == self._searched:
                self.screen.set_focus(self.table)

    def path_under_cursor(self) -> str | None:
        """Path of the file under the cursor."""
        return None if self.table.row is None else self.rows.paths[self.table.row]

    # Keys

    def action_open(self) -> None:
        """Look at the file, at this line."""
        path, row = self.path_under_cursor(), self.table.row
        if path is not None and row is not None:
            pattern = self._searched.encode("utf-8", "surrogateescape")
            needle = Needle(pattern, fixed=self._fixed, ignore_case=self._any_case)
            self.post_message(Look("view", path, found=(needle, self.rows.offsets[row])))

    def action_reveal(self) -> None:
        """Show the file in the list of files."""
        self.screen.dismiss(self.path_under_cursor())

    def action_type(self) -> None:
        """Change the pattern."""
        self.line.take_focus()

    def action_any_case(self) -> None:
        """Find upper and lower case alike, or not."""
        self._any_case = not self._any_case
        self._switched()

    def action_fixed(self) -> None:
        """Take the pattern as the text to find, or as a regular expression."""
        self._fixed = not self._fixed
        self._switched()

    def _switched(self) -> None:
        self._tell_switches()
        if self._searched and self._searched == self.line.text:
            self._search()

    def _tell_switches(self) -> None:
        switches = [("any case", self._any_case), ("plain text", self._fixed)]
        self.line.tell(
            Content("  ").join(
                Content.assemble(("● " if on else "○ ", "$warning" if on else MUTED), words)
                for words, on in switches
            )
        )

    # What is said

    def tell(self) -> None:
        """Count the matches, and say why there is none."""
        below = location(self.files.volume.name, self._root)
        self.describe(f"Find text in {below}", self._note())
        self.warn(self._warning())
        if self.table.arrangement.view or self.table.busy:
            self.say(None)
        elif self.answer is Answer.FAILED and self.failure is not None:
            self.say_failed(self.failure)
        elif self.answer is Answer.NONE:
            keys = [
                ("query.accept", "searches"),
                ("grep.case", "any case"),
                ("grep.fixed", "plain text"),
            ]
            self.say(notice("Type what the files are to have in them.", _HOW, keys=keys))
        elif self.running:
            self.say(notice("Searching …", keys=[("results.cancel", "cancels")]))
        elif self.answer is Answer.CANCELLED:
            keys = [("refresh", "searches again"), ("results.close", "closes")]
            self.say(notice("Cancelled before anything was found.", keys=keys))
        else:
            words = f"No file below {below} has {safe_text(self._searched)} in it."
            self.say(notice(words, *self._skipped(), keys=[("results.close", "closes")]))

    def _skipped(self) -> list[str]:
        binary = self._sum.binary
        return [f"{counted(binary, 'binary file')} skipped."] if binary else []

    def _note(self) -> str:
        if self.answer is Answer.NONE:
            return ""
        found = f"{counted(len(self.rows), 'line')} in {counted(self._sum.files, 'file')}"
        return f"{found}, {size(self._sum.bytes)}{' …' if self.running else ''}"

    def _warning(self) -> str | None:
        some = bool(len(self.rows))
        if self.answer is Answer.CANCELLED and some:
            return f"Cancelled: there may be more. {key_of('refresh')} searches again."
        if self.answer is Answer.FAILED and self.failure and some:
            return f"Incomplete: {sentence(self.failure)} {key_of('refresh')} searches again."
        if self._sum.cut:
            return f"Only the first {len(self.rows):,} lines are here. Tell more of what it is."
        if self._sum.errors:
            return f"{counted(self._sum.errors, 'entry')} could not be read."
        return None


_HOW = "A regular expression such as timeout = \\d+; files with NUL bytes are skipped."
