"""Jobs at a glance: a line above the keys, or a panel where there is room for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.timer import Timer
from textual.widget import Widget

from tui import terminal
from tui.content import KEY
from tui.keymap import key_of

if TYPE_CHECKING:
    from tui.content.jobs import Told
    from tui.jobs import Jobs

PACE = 0.25
"""Seconds between two looks at jobs that work."""

REMOTE_PACE = 1.0
"""The same where each costs bytes of a line."""

MOST = 6
"""Lines of the panel."""


def pace() -> float:
    """Seconds between two looks at jobs that work."""
    return REMOTE_PACE if terminal.is_remote() else PACE


class JobLines(Widget):
    """Shows jobs that work, wait, or ended without being looked at; takes no place without any."""

    def __init__(self) -> None:
        super().__init__()
        self._jobs: Jobs | None = None
        self._lines: Sequence[Content] = ()
        self.paced = False
        """Whether they are looked at from time to time."""
        self._looks: Timer | None = None

    def on_mount(self) -> None:
        """There is nothing to show."""
        self.display = False

    def follow(self, jobs: Jobs) -> None:
        """Show how these are from now on; called again when one of them changed."""
        self._jobs = jobs
        self.tell()
        self.paced = any(job.state.active for job in jobs.all)
        if self._looks is None:
            self._looks = self.set_interval(pace(), self.tell, pause=True)
        if self.paced:
            self._looks.resume()
        else:
            self._looks.pause()

    def on_resize(self) -> None:
        """Fill the new width."""
        self.tell()

    def tell(self) -> None:
        """Show how the jobs are now; nothing is painted where that is what is shown."""
        if self._jobs is None:
            return
        from tui.content.jobs import shown

        told = shown(self._jobs)
        self.display = bool(told)
        if not told:
            return
        width = self.content_size.width or self.screen.size.width - 2
        lines = self._panel(told, width) if self.roomy else self._strip(told, width)
        before, self._lines = self._lines, lines
        if len(before) != len(lines):
            self.refresh(layout=True)
        elif [line.plain for line in before] != [line.plain for line in lines]:
            self.refresh()

    @property
    def roomy(self) -> bool:
        """Whether there is room for a panel."""
        classes = self.screen.classes
        return "-wide" in classes and bool({"-tall", "-high"} & classes)

    def _strip(self, told: Sequence[Told], width: int) -> Sequence[Content]:
        from tui.content.jobs import strip

        return [strip(told, width)]

    def _panel(self, told: Sequence[Told], width: int) -> Sequence[Content]:
        from tui.content.jobs import counts, panel_line

        self.border_title = Content("Jobs")
        key = (key_of("jobs"), KEY)
        self.border_subtitle = Content.assemble(counts(told), " · ", key, " shows all")
        lines = [panel_line(one, width) for one in told[:MOST]]
        if len(told) > MOST:
            lines[-1] = Content(f"  and {len(told) - MOST + 1:,} more").stylize("$text-muted")
        return lines

    def get_content_height(self, _container: Size, _viewport: Size, _width: int) -> int:
        """As many as there are lines."""
        return max(1, len(self._lines))

    def render(self) -> Content:
        """The lines."""
        return Content("\n").join(self._lines)

    async def on_click(self, _event: events.Click) -> None:
        """Show all there is to know of them."""
        await self.run_action("app.jobs")
