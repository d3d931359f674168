"""Emptying a volume: what goes, how far it is, what stayed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui.content.details import state_mark
from tui.content.going import amount
from tui.content.lines import MUTED, Line, indented, labelled, styled
from tui.engine.emptying import Emptied, storage
from tui.engine.holders import Holder
from tui.engine.model import DiskUsage, Volume
from tui.presentation import counted, safe, safe_text

BAR = 40
"""Cells of the bar at most."""


def question_lines(volume: Volume, held: str, shared: Sequence[Volume], width: int) -> list[Line]:
    """What goes and what stays; `held`: what is inside, in words."""
    lines = labelled("Goes", held, width, "")
    stays = "the volume with its labels, and its root folder with owner and mode"
    lines += labelled("Stays", stays, width, "")
    if whose := storage(volume):
        lines += styled(safe_text(whose), width, "$warning")
    if shared:
        names = ", ".join(safe(other.name) for other in shared)
        lines += styled(f"It shares data with {names}.", width, "$warning")
    return [*lines, [], *styled("What goes does not come back.", width, "bold")]


def holder_lines(holders: Sequence[Holder], width: int) -> list[Line]:
    """Who has it mounted; first of all who may write to it now."""
    lines: list[Line] = []
    for holder in holders:
        facts = f"{holder.state}, {'read-only' if holder.read_only else 'read-write'}"
        style = "$warning" if holder.writes else MUTED
        headline: Line = [(safe(holder.name), "bold"), (f"  {facts}", style)]
        lines += indented([headline], state_mark(holder.state))
    if writers := ", ".join(safe(holder.name) for holder in holders if holder.writes):
        words = "may write meanwhile: what is made then may stay, what is open there may fail."
        lines += styled(f"{writers} {words}", width, "$warning")
    return [[], *lines] if lines else []


def progress_lines(
    state: Emptied, known: DiskUsage | None, width: int, *, stopping: bool
) -> list[Line]:
    """How much is gone, with a bar where it is known of how much."""
    lines: list[Line] = []
    gone, total = state.files + state.directories, 0
    if known is not None:
        total = known.files + known.directories
    if total:
        share, cells = min(1.0, gone / total), min(BAR, max(4, width - 6))
        full = int(share * cells)
        rest = ("─" * (cells - full), MUTED)
        lines += [[("━" * full, "$error"), rest, (f" {share:4.0%}", "")], []]
    lines += styled(f"{_sum(state)} gone …", width, "")
    if stopping:
        lines += [[], *styled("Cancelled: what is gone is gone.", width, "$warning")]
    return lines


def result_lines(state: Emptied, *, cancelled: bool, width: int, lost: bool = False) -> list[Line]:
    """What is gone, and what stayed by its names and reasons; `lost`: its end was not heard."""
    if lost:
        least = f" At least {_sum(state)}." if state.files or state.directories else ""
        return styled(f"How much went is not known.{least}", width, "$warning")
    lines = styled(f"{_sum(state)} gone.", width, "")
    if cancelled and not state.complete:
        return [*lines, *styled("It was cancelled: the rest is there.", width, "$warning")]
    if state.remaining:
        words = f"{counted(state.remaining, 'entry')} of its root folder stayed."
        lines += [*styled(words, width, "$warning"), []]
    return lines + [line for each in _stayed(state) for line in _reason(*each, width)]


def _stayed(state: Emptied) -> Iterable[tuple[str, str]]:
    failed = [failure.path for failure in state.failed]
    for failure in state.failed:
        yield safe(failure.path), failure.reason
    if state.errors > len(failed):
        yield f"and {state.errors - len(failed):,} more", ""
        return
    for name in state.names:
        if not any(path == f"/{name}" or path.startswith(f"/{name}/") for path in failed):
            yield safe(f"/{name}"), "it came meanwhile"


def _reason(path: str, reason: str, width: int) -> list[Line]:
    lines = styled(path, width - 2, "bold")
    lines += styled(reason, width - 2, MUTED) if reason else []
    return indented(lines, ("  ", ""))


def _sum(state: Emptied) -> str:
    return amount(state.size, state.files, state.directories)


def gone(state: Emptied) -> str:
    """`1.8 GiB in 1,284 files and 312 folders are gone`."""
    return f"{_sum(state)} are gone"
