"""Looking for text in the file on the screen."""

from __future__ import annotations

from collections import deque
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work

from tui.calls import stream
from tui.engine import EngineError
from tui.engine.filesearch import Hit, Needle
from tui.presentation import sentence
from tui.screens.viewer.shown import ShownFile
from tui.viewing.asking import needle
from tui.widgets.file_view import FileView

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

MOST_MARKS = 1000
"""Hits that are marked on one screen."""


class SearchedFile(ShownFile):
    """Goes from hit to hit in either direction, and marks what is on the screen."""

    def __init__(
        self, files: VolumeFiles, path: str, found: tuple[Needle, int] | None = None
    ) -> None:
        """Begin at the first hit of what was `found` before, from an offset on."""
        super().__init__(files, path)
        self._found = found
        self._given = found[0] if found else None
        self._typed = ""
        self._early: tuple[str, bool] | None = None
        """What was asked before the file was open, and whether backwards."""
        self._needle: Needle | None = None
        self._backwards = False
        """Direction in which was searched last, which `n` keeps."""
        self._searching = ""
        """How far a search is."""
        self._asked_on: deque[bool] = deque()
        """Directions in which to look on after that."""
        self._marked: tuple[object, ...] = ()
        """What was asked for the marks that are shown."""

    def opened(self) -> None:
        """Go to what was found before."""
        super().opened()
        if self._found is not None and self.view.source:
            (self._needle, offset), self._found = self._found, None
            self._find(offset, backwards=False)
        early, self._early = self._early, None
        if early is not None and self.view.source:
            self._search(early[0], backwards=early[1])

    def doing(self) -> tuple[str, ...]:
        """How far a search is."""
        return (*super().doing(), self._searching)

    async def action_search(self, backwards: bool) -> None:
        """Ask what to look for; nothing means the same as before."""
        await self.ask_for("?" if backwards else "/", partial(self._search, backwards=backwards))

    def _search(self, typed: str, *, backwards: bool) -> None:
        self._backwards = backwards
        typed = typed or self._typed
        if not typed:
            return
        if not self.view.source:
            self._early = typed, backwards
            return
        self._typed, self.view.current = typed, None
        self._needle = needle(typed, None if self.view.hex else self.source.encoding)
        self._marked = ()
        self._asked_on.clear()
        self._look_on(backwards)

    def action_again(self, opposite: bool) -> None:
        """Go to the next hit in the same direction, or in the opposite one."""
        if self._needle is None:
            self.describe("nothing was searched yet: / searches")
        elif self._searching:
            self._asked_on.append(self._backwards != opposite)
        else:
            self._look_on(self._backwards != opposite)

    def _look_on(self, backwards: bool) -> None:
        """From the current hit if it is on the screen, else from what is."""
        window, hit = self.view.window, self.view.current
        if hit and not self.view.moving and not window.top <= hit[0] < window.bottom:
            hit = None
        if backwards:
            offset = hit[0] if hit else window.bottom
        else:
            offset = max(hit[1], hit[0] + 1) if hit else window.top
        self._find(offset, backwards)

    @work(exclusive=True, group="search")
    async def _find(self, offset: int, backwards: bool) -> None:
        if self._needle is None:
            return
        self._searching = "searching …"
        self.describe("")
        try:
            ask = partial(self.volume_files.search_file, backwards=backwards)
            parts = stream(ask, self.source.path, self._needle, offset)
            async with aclosing(parts):
                async for part in parts:
                    if part.hits:
                        self.view.reveal(part.hits[0])
                        return
                    share = part.at * 100 // max(1, self.source.blocks.size)
                    self._searching = f"searching {min(100, share)}%, Esc stops"
                    self.describe()
            self._told = "no hit above" if backwards else "no hit below"
            self._asked_on.clear()
        except EngineError as error:
            self._told = sentence(error)
        finally:
            self._searching = ""
            if self.is_attached:
                self.describe()
                self._mark()
                self.call_next(self._search_on)

    def _search_on(self) -> None:
        """Do what `n` asked for meanwhile."""
        if self._asked_on and not self._searching:
            self._look_on(self._asked_on.popleft())

    def stop_search(self) -> bool:
        """Stop a search, or take its marks away; whether there was something to do."""
        self._asked_on.clear()
        if self._early is not None:
            self._early = None
            return True
        if self._searching:
            self.workers.cancel_group(self, "search")
            self.describe("stopped")
            return True
        if self._needle is not None and self._needle is not self._given:
            self._needle, self.view.current = None, None
            self.view.mark(())
            self.describe("")
            return True
        return False

    @on(FileView.Moved)
    def _mark(self) -> None:
        """Mark what is on the screen, unless that was done."""
        window = self.view.window
        wanted = (self._needle, window.top, window.bottom, self.view.current)
        if self._needle is not None and wanted != self._marked and window.shown:
            self._marked = wanted
            self._find_marks(self._needle, window.top, window.bottom)

    @work(exclusive=True, group="mark")
    async def _find_marks(self, wanted: Needle, top: int, bottom: int) -> None:
        ask = partial(self.volume_files.search_file, until=bottom, limit=MOST_MARKS)
        hits: list[Hit] = []
        try:
            async with aclosing(stream(ask, self.source.path, wanted, top)) as parts:
                async for part in parts:
                    hits += part.hits
        except EngineError:
            return  # The search itself says it.
        self.view.mark(hits)
