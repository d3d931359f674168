"""Everything known of one job."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from tui.content.jobs import Told, bar, doing, percent, style, waits
from tui.content.lines import MUTED, Line, indented, joined, labelled, styled
from tui.engine.transfers.progress import Progress, Report
from tui.jobs import JobState, JobStatus
from tui.keymap import key_of
from tui.losses import report_sentences
from tui.presentation import (
    counted,
    duration,
    rate_words,
    safe,
    safe_text,
    sentence,
    size_words,
)

_BAR = 30
_SILENCE = 5
"""Seconds without a word after which that is said."""


def job_details(told: Told, now: float, width: int) -> Content:
    """How it is at the monotonic time `now`, whatever became of it, nothing cut."""
    status = told.status
    lines: list[Line] = [*styled(told.job.title, width, "bold $primary")]
    lines += indented(_state(told, width), ("State".ljust(9), MUTED))
    if status.question is not None:
        lines += labelled("Asks", status.question.text.replace("\n", " "), width, "$warning")
        lines += labelled("", f"{key_of('jobs.answer')} answers it.", width, MUTED)
    if status.error is not None and status.state is JobState.FAILED:
        lines += labelled("Error", sentence(status.error), width, "$error")
        if status.error.hint:
            lines += labelled("", safe_text(status.error.hint), width, "")
    if status.report is not None:
        for label, value, colour in _result(status.report):
            lines += labelled(label, value, width, colour)
    elif status.progress is not None:
        for label, value in _amounts(status, status.progress):
            lines += labelled(label, value, width, "")
    for label, value in _times(status, now):
        lines += labelled(label, value, width, "")
    if told.job.command:
        lines += [[], *labelled("docker", told.job.command, width, MUTED)]
    return joined(lines)


def _state(told: Told, width: int) -> list[Line]:
    status = told.status
    line: Line = [(doing(status), style(status) or "bold")]
    if number := percent(status):
        cells = max(4, min(_BAR, width - 36))
        line += [("  ", ""), *bar(status.fraction, cells), (f" {number}", "")]
    if status.state is JobState.CANCELLING:
        line.append(("  until nothing half-made is left", MUTED))
    if status.state is JobState.CANCELLED:
        line.append(("  nothing half-made is left", MUTED))
    if told.waiting is not None:
        return [line, *styled(waits(told.waiting), width - 9, MUTED)]
    return [line]


def _amounts(status: JobStatus, progress: Progress) -> Iterator[tuple[str, str]]:
    done, total = progress.sums, progress.total
    of_size = f" of {size_words(total.size)}" if total else ""
    of_files = f" of {total.files:,}" if total else ""
    yield "Bytes", f"{size_words(done.size)}{of_size}"
    yield "Files", f"{done.files:,}{of_files}"
    if progress.written is not None:
        yield "Written", size_words(progress.written)
    if status.rate is not None:
        yield "Rate", rate_words(status.rate)
    if status.left is not None:
        yield "Left", f"{duration(status.left)} of {progress.stage}"


def _result(report: Report) -> Iterator[tuple[str, str, str]]:
    sums = report.sums
    words = f"{counted(sums.files, 'file')} in {counted(sums.directories, 'folder')}"
    yield "Result", f"{words}, {size_words(sums.size)}, all of it verified", ""
    for told in report_sentences(report):
        yield "Note", told, "$warning"
    if report.volume is not None:
        yield "Volume", safe(report.volume.name), ""
    for path in report.files:
        yield "File", safe(str(path)), ""
    if report.digest:
        yield "SHA-256", safe(report.digest), ""


def _times(status: JobStatus, now: float) -> Iterator[tuple[str, str]]:
    seconds = status.seconds(now)
    if seconds is not None:
        yield ("Took" if status.state.ended else "Elapsed"), duration(seconds)
    silent = now - status.heard if status.heard is not None else 0
    if status.state.active and status.question is None and silent >= _SILENCE:
        yield "Silent", f"nothing was heard for {int(silent)} s"
