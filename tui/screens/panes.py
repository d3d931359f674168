"""Where the panes of the main screen stand, which of them a narrow one shows, and their keys."""

from __future__ import annotations

from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from tui.engine import Engine
from tui.widgets.details import DetailsPane
from tui.widgets.files import FilesPane
from tui.widgets.job_lines import JobLines
from tui.widgets.key_bar import KeyBar
from tui.widgets.list_pane import ListPane
from tui.widgets.pane import Pane
from tui.widgets.preview import PreviewPane
from tui.widgets.top_line import TopLine
from tui.widgets.volumes import VolumesPane

VIEWS = ("-volumes", "-files", "-preview")
"""Classes of the screen: which panes a narrow screen shows."""


class PanesScreen(Screen[None]):
    """Four panes, and how one gets from one to another."""

    HORIZONTAL_BREAKPOINTS = [(0, "-mini"), (60, "-narrow"), (130, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (9, "-low"), (20, "-tall"), (40, "-high")]

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "filter", "Filter", id="filter", key_display="/",
            tooltip="Show only names that contain what you type",
        ),
        Binding(
            "comma", "sort", "Sort", id="sort", key_display=",",
            tooltip="Choose by what the list is sorted, or reverse it",
        ),
        Binding(
            "R,f5", "refresh", "Refresh", id="refresh",
            tooltip="Ask the engine again",
        ),
        Binding(
            "1", "pane(1)", "Volumes", id="pane.volumes", show=False,
            tooltip="Go to the list of volumes",
        ),
        Binding(
            "2", "pane(2)", "Details", id="pane.details", show=False,
            tooltip="Go to the details of the volume",
        ),
        Binding(
            "3", "pane(3)", "Files", id="pane.files", show=False,
            tooltip="Go to the list of files",
        ),
        Binding(
            "4", "pane(4)", "Preview", id="pane.preview", show=False,
            tooltip="Go to the preview",
        ),
        Binding(
            "tab", "next_pane(1)", "Next pane", id="pane.next", show=False,
            tooltip="Go to the next pane on the screen",
        ),
        Binding(
            "shift+tab", "next_pane(-1)", "Pane before", id="pane.previous", show=False,
            tooltip="Go to the pane before",
        ),
    ]  # fmt: skip

    def __init__(self, engine: Engine) -> None:
        super().__init__(classes="-volumes")
        self.top = TopLine(engine.endpoint, read_only=engine.read_only)
        self.volumes = VolumesPane(engine)
        self.details = DetailsPane()
        self.files = FilesPane(engine)
        self.preview = PreviewPane()
        self.jobs = JobLines()
        self._painted = False

    def compose(self) -> ComposeResult:
        """The panes between the two lines."""
        # Known from the start, the classes of the size cost no second round of styling.
        width, height = self.app.size
        self.add_class(*self._get_breakpoint_classes(width, self.HORIZONTAL_BREAKPOINTS))
        self.add_class(*self._get_breakpoint_classes(height, self.VERTICAL_BREAKPOINTS))
        yield self.top
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield self.volumes
                yield self.details
            yield self.files
            yield self.preview
        yield self.jobs
        yield KeyBar()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Keep Textual from styling everything twice before the first frame."""
        event.refresh_styles = self._painted
        self._painted = True

    def on_mount(self) -> None:
        """Start in the list of volumes."""
        self.volumes.take_focus()

    def show_view(self, view: str) -> None:
        """Show what a narrow screen has room for, and focus it."""
        self.remove_class(*VIEWS)
        self.add_class(view)
        panes: dict[str, Pane] = {
            "-volumes": self.volumes,
            "-files": self.files,
            "-preview": self.preview,
        }
        panes[view].take_focus()

    def _panes(self) -> list[tuple[Pane, str]]:
        """The panes in order, with the view that shows each."""
        return [
            (self.volumes, "-volumes"),
            (self.details, "-volumes"),
            (self.files, "-files"),
            (self.preview, "-files"),
        ]

    def action_pane(self, number: int) -> None:
        """Go to a pane by its number."""
        pane, view = self._panes()[number - 1]
        if pane is self.preview and not self.has_class("-wide"):
            view = "-preview"
        self.show_view(view)
        if pane.display:
            pane.take_focus()

    def action_next_pane(self, step: int) -> None:
        """Go to the next pane that is on the screen, or the one before."""
        panes = [pane for pane, _ in self._panes() if pane.display and pane.region]
        here = next((n for n, pane in enumerate(panes) if pane.has_focus_within), 0)
        panes[(here + step) % len(panes)].take_focus()

    def _list_in_focus(self) -> ListPane:
        """The list that has the focus, or that the details or the preview belong to."""
        if self.volumes.has_focus_within or self.details.has_focus_within:
            return self.volumes
        if self.preview.has_focus_within:
            self.show_view("-files")
        return self.files

    def action_refresh(self) -> None:
        """Ask the engine again for what is shown."""
        self.volumes.load()
        self.files.load()

    async def action_filter(self) -> None:
        """Filter the list as the user types."""
        await self._list_in_focus().open_filter()

    @work(exclusive=True, group="dialog")
    async def action_sort(self) -> None:
        """Choose by what the list is sorted."""
        from tui.screens.ordering import choose_order

        await choose_order(self._list_in_focus().table)
