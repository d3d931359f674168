"""The removal of volumes: what is being done, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tui.content.lines import MUTED, Line, indented, styled
from tui.engine.removing import Doing, Outcome, Removed, Removing
from tui.presentation import counted, safe, safe_text, sentence

_WORDS = {
    Doing.CHECK: "looking at {volume} again",
    Doing.STOP: "stopping {container}{within}",
    Doing.REMOVE_CONTAINER: "removing container {container}",
    Doing.START_AGAIN: "starting {container} again",
    Doing.REMOVE_VOLUME: "removing volume {volume}",
}

_LEFT = {
    Outcome.KEPT: ("stayed", "$warning"),
    Outcome.UNKNOWN: ("what became of it is not known", "$error"),
    Outcome.NOT_TRIED: ("not tried", MUTED),
}


@dataclass
class Progress:
    """How far a removal is."""

    total: int
    """Volumes that are to go."""
    stop_timeouts: Mapping[str, int] = field(default_factory=dict)
    """Seconds that containers have to stop, by their names."""
    steps: list[Removing] = field(default_factory=list)
    """Those of the volume that is being removed, the last one under way."""
    removed: list[Removed] = field(default_factory=list)

    def take(self, told: Removing | Removed) -> None:
        """Take in what the engine tells."""
        if isinstance(told, Removed):
            self.removed.append(told)
            self.steps = []
        else:
            self.steps.append(told)

    @property
    def went(self) -> list[str]:
        """Names of the volumes that do not exist any more."""
        return [one.volume for one in self.removed if one.outcome not in _LEFT]

    @property
    def flawless(self) -> bool:
        """Whether all of them went and nothing has to be said about any."""
        errors = any(one.error for one in self.removed)
        return len(self.went) == self.total and not errors


def step_lines(progress: Progress, seconds: int, width: int, *, stopping: bool) -> list[Line]:
    """What is done now, after what was; `seconds` the present step has taken so far."""
    lines: list[Line] = []
    if progress.total > 1:
        done = f"{len(progress.removed):,} of {progress.total:,} volumes done"
        lines += [*styled(done, width, "bold"), []]
    for one in progress.removed:
        if one.outcome in _LEFT:
            lines += _left_lines(one, width)
    for step in progress.steps[:-1]:
        lines += indented(styled(_words(progress, step), width - 2, MUTED), ("● ", "$success"))
    for step in progress.steps[-1:]:
        took = f", {seconds} s" if seconds > 1 else ""
        text = f"{_words(progress, step)}{took} …"
        lines += indented(styled(text, width - 2, "bold"), ("▌ ", "$primary"))
    if stopping:
        lines += [[], *styled("Cancelled: it ends behind this step.", width, "$warning")]
    return lines


def _words(progress: Progress, step: Removing) -> str:
    seconds = progress.stop_timeouts.get(step.container, 0)
    within = f" (up to {seconds} s)" if seconds > 0 else ""
    return _WORDS[step.doing].format(
        volume=safe(step.volume), container=safe(step.container), within=within
    )


def result_lines(progress: Progress, width: int) -> list[Line]:
    """What became of all of them: what stayed and why, what went, which containers."""
    lines: list[Line] = []
    for one in progress.removed:
        if one.outcome in _LEFT or one.error:
            lines += _left_lines(one, width)
    if lines:
        lines.append([])
    lines += _names("Removed", "volume", progress.went, width)
    containers = [name for one in progress.removed for name in one.containers]
    lines += _names("Removed", "container", containers, width)
    again = [name for one in progress.removed for name in one.started_again]
    lines += _names("Started again", "container", again, width)
    return lines[:-1] if lines and not lines[-1] else lines


def _left_lines(one: Removed, width: int) -> list[Line]:
    words, style = _LEFT.get(one.outcome, ("removed", "$success"))
    head = indented(styled(f"{safe(one.volume)}: {words}", width - 2, "bold"), ("▌ ", style))
    below: list[Line] = []
    if one.error is not None:
        below += styled(sentence(one.error), width - 2, "")
        if one.error.hint:
            below += styled(safe_text(one.error.hint), width - 2, MUTED)
    return head + indented(below, ("  ", ""))


def _names(done: str, thing: str, names: Sequence[str], width: int) -> list[Line]:
    if not names:
        return []
    names = list(dict.fromkeys(names))
    text = f"{done} {counted(len(names), thing)}: {', '.join(map(safe, names))}"
    return styled(text, width, "")
