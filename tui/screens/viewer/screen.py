"""ViewerScreen: the keys of the viewer, and following."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from tui.calls import stream
from tui.engine import EngineError
from tui.engine.filesearch import Needle
from tui.engine.following import Followed, FollowKind
from tui.messages import CopyText
from tui.presentation import sentence, size
from tui.screens.viewer.searched import SearchedFile
from tui.widgets.file_view import FileView

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

_HAPPENED = {
    FollowKind.TRUNCATED: "truncated",
    FollowKind.REPLACED: "rotated: now following the new file",
    FollowKind.GONE: "gone, waiting",
    FollowKind.LOST: "helper lost, opening it again",
}


class ViewerScreen(SearchedFile):
    """Shows one file; follows it as `tail -F` does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "search(False)", "Search", id="view.search", key_display="/",
            tooltip="Search forward: RE2, small letters stand for both cases, 0x1b for bytes",
        ),
        Binding(
            "question_mark", "search(True)", "Search back", id="view.search_back", show=False,
            key_display="?", tooltip="Search backward",
        ),
        Binding("n", "again(False)", "Next", id="view.next", tooltip="Go to the next hit"),
        Binding(
            "N", "again(True)", "Hit before", id="view.previous", show=False,
            tooltip="Go to the hit before",
        ),
        Binding(
            "t", "follow", "Follow", id="follow",
            tooltip="Show what is appended as it comes, or stop that; up pauses, G goes on",
        ),
        Binding(
            "x", "hex", "Hex", id="view.hex",
            tooltip="Show bytes with their offsets, or the text again",
        ),
        Binding(
            "ctrl+g", "go_to", "Go to", id="view.go_to",
            tooltip="Go to a line, to 50%, or to an offset as 0x1f00",
        ),
        Binding("R,f5", "reload", "Reload", id="view.reload", show=False, tooltip="Read it again"),
        Binding(
            "Y", "copy", "Copy path", id="copy_path", show=False,
            tooltip="Copy the path to the terminal's clipboard",
        ),
        Binding(
            "escape", "stop", "Stop, back", id="view.stop", show=False,
            tooltip="Stop the search, take its marks away, or go back to the list",
        ),
        Binding(
            "q,backspace", "leave", "Back", id="view.back", tooltip="Go back to the list",
        ),
    ]  # fmt: skip

    def __init__(
        self,
        files: VolumeFiles,
        path: str,
        *,
        follow: bool = False,
        found: tuple[Needle, int] | None = None,
    ) -> None:
        super().__init__(files, path, found)
        self._follow_at_once = follow
        self._follows = False
        self._happened = ""
        """What became of the file that is followed."""

    def opened(self) -> None:
        """Follow at once where that was asked for."""
        super().opened()
        if self._follow_at_once:
            self._follow_at_once = False
            self.action_follow()

    def doing(self) -> tuple[str, ...]:
        """Whether it is followed."""
        state = ""
        if self._follows:
            state = "following" if self.view.at_end else "paused, G follows"
        return (*super().doing(), state, self._happened)

    # Following

    def action_follow(self) -> None:
        """Follow from the end on, or stop that."""
        if self._follows:
            self.workers.cancel_group(self, "follow")
        elif self.view.source:
            self._happened = ""
            self.view.action_bottom()
            self._follow()

    @work(exclusive=True, group="follow")
    async def _follow(self) -> None:
        self._follows = True
        parts = stream(self.volume_files.follow, self.source.path, self.source.blocks.size)
        try:
            async with aclosing(parts):
                async for followed in parts:
                    self._take(followed)
        except EngineError as error:
            self._told = sentence(error)
        finally:
            self._follows = False
            if self.is_attached:
                self.describe()

    def _take(self, followed: Followed) -> None:
        """Show what happened; the screen moves only where its end was shown."""
        blocks, lost = self.source.blocks, self._happened == _HAPPENED[FollowKind.LOST]
        if followed.kind is FollowKind.FOLLOWING:
            self._happened = "helper opened again, following goes on" if lost else ""
        elif followed.kind is FollowKind.DATA:
            if followed.left_out:
                self._happened = f"{size(followed.left_out)} came at once"
            blocks.append(followed.offset, followed.data)
            self.source.grown()
        else:
            self._happened = _HAPPENED[followed.kind]
            if followed.kind in {FollowKind.TRUNCATED, FollowKind.REPLACED}:
                blocks.clear(0 if followed.kind is FollowKind.REPLACED else followed.size)
                self.changed("")
        self.put()
        self.view.grew()
        self.count()
        self.describe()

    # Other keys

    def action_hex(self) -> None:
        """Show bytes, or text again where it is some."""
        if self.source.encoding is None:
            self.describe("not text")
        elif self.view.source:
            self.view.show(self.source, as_hex=not self.view.hex)

    def action_reload(self) -> None:
        """Read everything again."""
        self.describe("")
        self._open()

    def action_copy(self) -> None:
        """Copy the path on the engine's machine."""
        self.post_message(CopyText(self.volume_files.volume.mountpoint + self.source.path))

    def action_stop(self) -> None:
        """Stop what goes on, or leave."""
        if not self.stop_search():
            self.action_leave()

    @on(FileView.Left)
    def action_leave(self) -> None:
        """Go back; what is still counted, searched or followed ends."""
        self.dismiss()
