"""Jobs on one line each: the strip above the keys, the panel of a wide screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from rich.cells import cell_len
from textual.content import Content

from tui.content.lines import KEY, MUTED
from tui.engine.transfers.progress import Stage
from tui.jobs import Job, Jobs, JobState, JobStatus, Waiting
from tui.keymap import key_of
from tui.presentation import counted, duration, head, rate_words, safe, safe_text, sentence, size

STYLES = {
    JobState.QUEUED: MUTED,
    JobState.RUNNING: "$success",
    JobState.CANCELLING: "$warning",
    JobState.DONE: "",
    JobState.DIFFERENT: "$warning",
    JobState.FAILED: "$error",
    JobState.CANCELLED: MUTED,
}

_SIGNS = {JobState.QUEUED: "○", JobState.RUNNING: "●", JobState.CANCELLING: "●"}
_BAR, _BAR_MOST = 16, 48
_STRIP_BAR = 10
_TITLE, _TITLE_GOOD, _TITLE_MOST = 12, 20, 56
"""Cells of a title; what does not fit beside the least of it is left out."""
_WORD = 12
_COLUMNS = 2 + 2 + _WORD + 2 + _BAR + 5 + 15 + 9 + 14
"""Cells of a line of the panel without its title."""


NEWS = {JobState.FAILED, JobState.DIFFERENT}
"""Ends that are shown until the user has looked at them."""


class Told(NamedTuple):
    """One job as it is shown."""

    job: Job
    status: JobStatus
    waiting: Waiting | None = None


def shown(jobs: Jobs) -> list[Told]:
    """Those at a glance: what works or waits, then what ended and was not looked at, the latest
    first.
    """
    told = [Told(job, job.status, jobs.waiting(job)) for job in jobs.all]
    unfinished = [one for one in told if not one.status.state.ended]
    unfinished.sort(key=lambda one: not one.status.state.active)
    news = [one for one in reversed(told) if one.status.state in NEWS and not one.job.seen]
    return unfinished + news


def doing(status: JobStatus) -> str:
    """What it does now, or how it ended, in a word or two."""
    if status.question is not None:
        return "asks"
    cleans = status.stage is Stage.CLEANING
    if status.state is JobState.RUNNING and status.stage is not None:
        return str(status.stage)
    if status.state is JobState.CANCELLING and cleans:
        return str(Stage.CLEANING)
    return str(status.state)


def brief(status: JobStatus) -> str:
    """The same in a column."""
    return "differences" if status.state is JobState.DIFFERENT else doing(status)


def style(status: JobStatus) -> str:
    """How that is shown."""
    return "$warning" if status.question is not None else STYLES[status.state]


def bar(fraction: float | None, width: int) -> list[tuple[str, str]]:
    """How much is done; empty where that is not known."""
    full = round(width * fraction) if fraction is not None else 0
    return [("━" * full, "$primary"), ("─" * (width - full), MUTED)]


def percent(status: JobStatus) -> str:
    """In whole percent, never 100 before the end; empty where it is not known."""
    if status.fraction is None or not status.state.active:
        return ""
    return f"{int(status.fraction * 100)}%"


def strip(told: Sequence[Told], width: int) -> Content:
    """The jobs on one line: what needs the user, the first that works, how many there are."""
    parts: list[tuple[str, str]] = []
    for words, colour in _news(told):
        parts += [(words, f"bold {colour}"), ("  ", "")]
    key = [(key_of("jobs"), KEY), (" jobs", "")]
    unfinished = [one for one in told if not one.status.state.ended]
    room = width - _cells(parts) - _cells(key)
    if unfinished:
        parts += _working(unfinished, room - 2)
    space = " " * max(2, width - _cells(parts) - _cells(key))
    return Content.assemble(*parts, space, *key)


def _news(told: Iterable[Told]) -> list[tuple[str, str]]:
    """What the user has not looked at yet."""
    statuses = [one.status for one in told if not one.job.seen]
    failed = sum(status.state is JobState.FAILED for status in statuses)
    different = sum(status.state is JobState.DIFFERENT for status in statuses)
    asks = sum(status.question is not None for status in statuses)
    news = [
        (f"{asks} asks" if asks == 1 else f"{asks} ask", "$warning", asks),
        (f"{failed} failed", "$error", failed),
        (
            f"{different} differs" if different == 1 else f"{different} differ",
            "$warning",
            different,
        ),
    ]
    return [(words, colour) for words, colour, count in news if count]


def _working(unfinished: Sequence[Told], room: int) -> list[tuple[str, str]]:
    first = next((one for one in unfinished if one.status.state.active), unfinished[0])
    status = first.status
    parts: list[tuple[str, str]] = []
    if len(unfinished) > 1:
        parts += [(f"{len(unfinished)} jobs", "bold"), ("  ", "")]
    facts = [("  ", ""), (doing(status), style(status))]
    for fact in _facts(status):
        if room - _cells(parts) - _cells(facts) - _cells(fact) - 2 < _TITLE:
            break
        facts += [("  ", ""), *fact]
    if percent(status) and room - _cells(parts) - _cells(facts) - _STRIP_BAR - 2 >= _TITLE_GOOD:
        facts[2:2] = [("  ", ""), *bar(status.fraction, _STRIP_BAR)]
    title = head(first.job.title, max(_TITLE, room - _cells(parts) - _cells(facts)))
    return [*parts, (title, "bold"), *facts]


def _facts(status: JobStatus) -> list[list[tuple[str, str]]]:
    """In the order in which they are left out, from the last."""
    facts: list[list[tuple[str, str]]] = []
    if number := percent(status):
        facts.append([(f"{number:>3}", "")])
    elif status.progress and status.progress.sums.size and status.state.active:
        facts.append([(size(status.progress.sums.size), "")])
    if status.rate is not None:
        facts.append([(rate_words(status.rate), MUTED)])
    if status.left is not None:
        facts.append([(f"{duration(status.left)} left", MUTED)])
    return facts


def counts(told: Sequence[Told]) -> str:
    """How many there are of which kind."""
    states = Counter(one.status.state for one in told)
    return ", ".join(
        f"{states[state]} {words}" for state, words in _COUNTED.items() if states[state]
    )


_COUNTED = {
    JobState.RUNNING: "at work",
    JobState.CANCELLING: "cancelling",
    JobState.QUEUED: "waiting",
    JobState.FAILED: "failed",
    JobState.DIFFERENT: "with differences",
    JobState.DONE: "done",
    JobState.CANCELLED: "cancelled",
}


def panel_line(told: Told, width: int) -> Content:
    """One job in columns: sign, title, what it does, and how far it is or what there is to say."""
    status = told.status
    room = max(_TITLE, min(_TITLE_MOST, width - _COLUMNS))
    meter = max(_BAR, min(_BAR_MOST, width - _COLUMNS - room + _BAR))
    title = head(told.job.title, room)
    line: list[tuple[str, str]] = [
        (f"{_SIGNS.get(status.state, '·')} ", style(status)),
        (title + " " * (room - cell_len(title)), ""),
        (f"  {brief(status):<{_WORD}}  ", style(status)),
    ]
    if status.state.active:
        line += _columns(status, meter)
    elif told.waiting is not None:
        line.append((waits(told.waiting), MUTED))
    else:
        line.append((ended_words(status), MUTED))
    return Content.assemble(*line).truncate(width, ellipsis=True)


def _columns(status: JobStatus, width: int) -> list[tuple[str, str]]:
    """Bar, percent, bytes, rate, time left; blank where they are not known."""
    rate = rate_words(status.rate) if status.rate is not None else ""
    left = f"{duration(status.left)} left" if status.left is not None else ""
    meter = bar(status.fraction, width) if percent(status) else [(" " * width, "")]
    rest = [(f"{percent(status):>5}", ""), (f"{_amount(status):>15}", ""), (f"{rate:>9}", MUTED)]
    return [*meter, *rest, (f"{left:>14}", MUTED)]


def _amount(status: JobStatus) -> str:
    if status.progress is None:
        return ""
    done, total = status.progress.sums, status.progress.total
    return f"{size(done.size)} of {size(total.size)}" if total else size(done.size)


def waits(waiting: Waiting) -> str:
    """What a queued job waits for."""
    if waiting.volumes:
        names = ", ".join(map(safe, waiting.volumes))
        return f"waits for {names}: {waiting.jobs[0].title}"
    return f"waits for one of {counted(len(waiting.jobs), 'job')} to end"


SEVERITIES: dict[JobState, Literal["information", "warning", "error"]] = {
    JobState.DIFFERENT: "warning",
    JobState.FAILED: "error",
}
"""How urgent the end of a job is."""


def end_words(status: JobStatus) -> str:
    """How it ended, in sentences for a toast."""
    words = ended_words(status)
    if status.state is JobState.FAILED and status.error is not None and status.error.hint:
        words += f"\n{safe_text(status.error.hint)}"
    if status.report is not None:
        words = f"{str(status.state).capitalize()}: {words}."
        lost = sum(loss.count for loss in status.report.losses)
        if lost:
            words += f" {counted(lost, 'thing')} could not be kept; {key_of('jobs')} names them."
    elif status.state is JobState.CANCELLED:
        words = "Cancelled: nothing half-made is left."
    return words


def ended_words(status: JobStatus) -> str:
    """How it ended, on one line."""
    if status.report is not None:
        sums = status.report.sums
        words = f"{counted(sums.files, 'file')}, {size(sums.size)}"
        return f"{words}, verified"
    if status.error is not None and status.state is JobState.FAILED:
        return sentence(status.error)
    return "nothing half-made is left" if status.state is JobState.CANCELLED else ""


def _cells(parts: Iterable[tuple[str, str]]) -> int:
    return sum(cell_len(text) for text, _ in parts)
