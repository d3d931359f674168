"""Disk usage: which folder holds how much, the largest first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui.content import notice
from tui.engine.diskusage import FolderUsage
from tui.engine.model import DiskUsage, EntryKind
from tui.keymap import key_of
from tui.presentation import counted, join, location, parent, sentence, size
from tui.widgets.results import ENDINGS, Answer, ResultsPane
from tui.widgets.usage_rows import UsageRows

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles


class UsagePane(ResultsPane):
    """Counts one folder at a time; what was counted to its end is known when one comes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,l,right", "open", "Open", id="open", key_display="↵",
            tooltip="Count what the folder holds; show a file in the list of files",
        ),
        Binding("h,left,backspace", "up", "Up", id="up", tooltip="Count the folder above"),
        Binding(
            "a", "other_bytes", "Apparent or on disk", id="usage.bytes",
            tooltip="Show the bytes in the files, or those they take on the disk",
        ),
        Binding(
            "f", "reveal", "Show in files", id="usage.reveal",
            tooltip="Show the entry in the list of files",
        ),
        *ENDINGS,
    ]  # fmt: skip

    def __init__(self, files: VolumeFiles, folder: str) -> None:
        super().__init__(files, UsageRows(on_disk=False), "usage", sort="size")
        self._folder = folder
        self._on_disk = False
        self._usage: FolderUsage | None = None
        self._counted: dict[str, FolderUsage] = {}
        """What was counted to its end, by folder."""
        self._late: FolderUsage | None = None
        """A newer sum than the one shown, which is still being sorted."""

    def on_mount(self) -> None:
        """Count at once."""
        super().on_mount()
        self._go(self._folder)

    def _go(self, folder: str, cursor: str | None = None) -> None:
        self._folder, self._late = folder, None
        self._usage = self._counted.get(folder)
        self.table.show_rows(self._rows(), anchor=cursor)
        if self._usage is not None:
            self.stop(Answer.COMPLETE)
        else:
            self.ask(partial(self.files.folder_usage, folder))

    def action_again(self) -> None:
        """Count once more."""
        self._counted.clear()
        self._go(self._folder, self.table.name_under_cursor)

    def _rows(self) -> UsageRows:
        rows = UsageRows(on_disk=self._on_disk)
        if self._usage is not None:
            rows.extend(self._usage.children)
        return rows

    @property
    def rows(self) -> UsageRows:
        """The folder's children as the table has them."""
        assert isinstance(self.table.rows, UsageRows)
        return self.table.rows

    def take(self, part: object) -> None:
        """Show newer sums."""
        assert isinstance(part, FolderUsage)
        self._late = part
        if not self.table.busy:
            self._show_late()

    def _show_late(self) -> None:
        if self._late is not None:
            self._usage, self._late = self._late, None
            self.table.show_rows(self._rows(), keep=True)

    def completed(self) -> None:
        """Keep what was counted to its end."""
        self._show_late()
        if self._usage is not None and self.answer is Answer.COMPLETE:
            self._counted[self._folder] = self._usage

    def path_under_cursor(self) -> str | None:
        """Path of the entry under the cursor."""
        row = self.table.row
        if row is None or self.rows.is_rest(row):
            return None
        return join(self._folder, self.rows.names[row])

    def action_open(self) -> None:
        """Count what the folder under the cursor holds; show anything else in the files."""
        path, row = self.path_under_cursor(), self.table.row
        if path is None or row is None:
            return
        if self.rows.kinds[row] is EntryKind.DIRECTORY:
            self._go(path)
        else:
            self.screen.dismiss(path)

    def action_up(self) -> None:
        """Count the folder above; from the root back to the files."""
        if self._folder == "/":
            self.action_close()
        else:
            self._go(parent(self._folder), self._folder.rpartition("/")[2])

    def action_reveal(self) -> None:
        """Show the entry in the list of files."""
        self.screen.dismiss(self.path_under_cursor())

    def action_other_bytes(self) -> None:
        """Show the bytes in the files, or those they take on the disk."""
        self._on_disk = not self._on_disk
        self.table.show_rows(self._rows(), keep=True)

    # What is said

    def tell(self) -> None:
        """Both totals, and why nothing is listed."""
        total = self._usage.total if self._usage else None
        here = location(self.files.volume.name, self._folder)
        self.describe(f"Disk usage of {here}", self._note(total))
        self.warn(self._warning(total))
        if self.table.arrangement.view or self.table.busy:
            self.say(None)
        elif self.answer is Answer.FAILED and self.failure is not None:
            self.say_failed(self.failure)
        elif self.running:
            self.say(notice("Counting …", keys=[("results.cancel", "cancels")]))
        elif self.answer is Answer.CANCELLED:
            self.say(
                notice(
                    "Cancelled.", keys=[("refresh", "counts again"), ("results.close", "closes")]
                )
            )
        else:
            self.say(
                notice(
                    "This folder is empty.", keys=[("up", "goes up"), ("results.close", "closes")]
                )
            )

    def _note(self, total: DiskUsage | None) -> str:
        if total is None:
            return "counting …"
        least = "" if self._whole(total) else "≥ "
        counting = " …" if self.running else ""
        return f"{least}{size(total.apparent)} apparent, {size(total.disk)} on disk{counting}"

    def _whole(self, total: DiskUsage) -> bool:
        return not total.errors and bool(self._usage and self._usage.complete)

    def _warning(self, total: DiskUsage | None) -> str | None:
        if total is None:
            return None
        if self.answer is Answer.CANCELLED and not (self._usage and self._usage.complete):
            return f"Cancelled: there is more than this. {key_of('refresh')} counts again."
        if self.answer is Answer.FAILED and self.failure:
            return f"Incomplete: {sentence(self.failure)} {key_of('refresh')} counts again."
        if total.errors:
            return f"{counted(total.errors, 'entry')} could not be read: there is more than this."
        if self._usage and self._usage.unsure:
            return f"{counted(self._usage.unsure, 'file')} may have been counted twice."
        return None
