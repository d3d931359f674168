"""What the dialog of a clone says."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tui.content.creating import docker_words
from tui.content.going import Inside, holds
from tui.content.lines import MUTED, Line, labelled
from tui.engine.creating import NewVolume
from tui.engine.holders import Holder
from tui.engine.model import Volume
from tui.engine.space import Space
from tui.engine.transfers.space import lacks_room
from tui.presentation import safe, safe_text, size_words


@dataclass(frozen=True, slots=True)
class CloneFacts:
    """What is known of the source so far."""

    volume: Volume
    inside: Inside = field(default_factory=Inside)
    room: Space | None = None
    """Of the file system of the source; None: not known yet, or not that of the clone."""
    writers: Sequence[Holder] | None = None
    """None: not known yet."""


def fact_lines(facts: CloneFacts, *, plain: bool, now: datetime, width: int) -> list[Line]:
    """What is inside, how much room there is, and who writes meanwhile."""
    lines = labelled("Holds", holds(facts.volume, facts.inside, now), width, "")
    room, style = _room(facts, plain=plain)
    lines += labelled("Room", room, width, style)
    if facts.writers:
        names = ", ".join(safe(holder.name) for holder in facts.writers)
        lines += labelled("Writers", names, width, "$warning")
    return lines


def _room(facts: CloneFacts, *, plain: bool) -> tuple[str, str]:
    """How much is free where the clone goes, and in which style that is said."""
    if not (plain and facts.volume.plain):
        return "looked at before anything is copied", MUTED
    if facts.room is None:
        return ("not known", MUTED) if facts.inside.complete else ("asking …", MUTED)
    free = f"{size_words(facts.room.available)} free on the engine's side"
    usage = facts.inside.usage
    if usage is not None and lacks_room(usage, facts.room, facts.room):
        return f"{free}: too little", "$warning"
    return free, ""


def equivalent(source: str, new: NewVolume) -> str:
    """The docker commands that come nearest, safe to show."""
    create = " ".join(docker_words(new))
    binds = [
        shlex.quote(f"{name}:{path}") for name, path in ((source, "/from:ro"), (new.name, "/to"))
    ]
    run = f"docker run --rm -v {safe_text(binds[0])} -v {safe_text(binds[1])} busybox cp -a"
    return f"{create} && {run} /from/. /to/"
