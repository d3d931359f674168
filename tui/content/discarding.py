"""Volumes that a voltui was filling when it ended."""

from __future__ import annotations

from collections.abc import Sequence

from tui.content.lines import MUTED, Line, indented, styled
from tui.engine.transfers.journal import Filling, what_stays
from tui.engine.transfers.leftovers import Discarded
from tui.presentation import modified, safe, safe_text, sentence

_FROM = {"clone": "clone of", "import": "import of"}


def half_made_lines(found: Sequence[Filling], present: float, width: int) -> list[Line]:
    """Which they are, since when, and what they were to become."""
    one = len(found) == 1
    words = (
        "voltui ended before it had filled this volume. What is in it is not whole:"
        if one
        else "voltui ended before it had filled these volumes. What is in them is not whole:"
    )
    lines = [*styled(words, width, ""), []]
    for each in found:
        lines += indented(styled(safe(each.volume), width - 2, "bold"), ("! ", "$warning"))
        when = modified(int(each.at.timestamp()), present).strip()
        facts = f"{when}, {_FROM.get(each.kind, 'filled from')} {safe(each.source)}"
        lines += indented(styled(facts, width - 2, MUTED), ("  ", ""))
    return lines


def discarded_lines(told: Sequence[Discarded], current: str, width: int) -> list[Line]:
    """What became of them; `current`: which is being removed, safe to show."""
    lines: list[Line] = []
    for each in told:
        name = styled(safe(each.filling.volume), width - 2, "bold")
        if each.error is None:
            gone = "removed" if each.removed else "it is gone already, or whole"
            lines += indented(name, ("· ", MUTED))
            lines += indented(styled(gone, width - 2, MUTED), ("  ", ""))
            if each.stays:
                stays = safe_text(what_stays(each.filling, each.stays))
                lines += indented(styled(stays, width - 2, "$warning"), ("  ", ""))
            continue
        lines += indented(name, ("! ", "$warning"))
        why = styled(sentence(each.error), width - 2, "$warning")
        if each.error.hint:
            why += styled(safe_text(each.error.hint), width - 2, MUTED)
        lines += indented(why, ("  ", ""))
    if current:
        lines += indented(styled(f"removing {current} …", width - 2, "bold"), ("▌ ", "$primary"))
    return lines
