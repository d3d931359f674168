"""Containers that a voltui stopped and did not start again before it ended."""

from __future__ import annotations

from collections.abc import Sequence

from tui.content.lines import MUTED, Line, indented, styled
from tui.engine.journal import Stopped
from tui.engine.stopping import StartedAgain
from tui.presentation import modified, safe, safe_text, sentence


def stopped_lines(stopped: Sequence[Stopped], present: float, width: int) -> list[Line]:
    """Who was stopped, when, and for which volume."""
    one = len(stopped) == 1
    them, were = ("it", "It was") if one else ("them", "They were")
    words = f"voltui ended before it had started {them} again. {were} stopped:"
    lines = [*styled(words, width, ""), []]
    for each in stopped:
        when = modified(int(each.at.timestamp()), present).strip()
        lines += indented(styled(safe(each.name), width - 2, "bold"), ("○ ", MUTED))
        facts = styled(f"{when}, to delete {safe(each.volume)}", width - 2, MUTED)
        lines += indented(facts, ("  ", ""))
    return lines


def started_lines(told: Sequence[StartedAgain], now: str, width: int) -> list[Line]:
    """Who runs again, and who does not and why; `now`: who is being started, safe to show."""
    lines: list[Line] = []
    for each in told:
        mark = ("● ", "$success") if each.error is None else ("○ ", "$warning")
        lines += indented(styled(safe(each.stopped.name), width - 2, "bold"), mark)
        if each.error is not None:
            why = styled(sentence(each.error), width - 2, "$warning")
            if each.error.hint:
                why += styled(safe_text(each.error.hint), width - 2, MUTED)
            lines += indented(why, ("  ", ""))
    if now:
        lines += indented(styled(f"starting {now} again …", width - 2, "bold"), ("▌ ", "$primary"))
    return lines
