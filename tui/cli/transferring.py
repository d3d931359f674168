"""A transfer in the foreground: how far it is on stderr, what it could not keep, its end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import click

from tui.cli.interrupting import interruptible
from tui.cli.progress import ProgressLine
from tui.engine.cancel import Cancel, working_for
from tui.engine.errors import Cancelled, UsageError
from tui.losses import report_sentences
from tui.presentation import counted, safe, size_words

if TYPE_CHECKING:
    from tui.engine.holders import Holder
    from tui.engine.transfers.progress import Operation, Progress, Report, Sums
    from tui.jobs.rate import Rate

NOT_ALL = 1
"""Exit status with `--strict`, where something was lost, changed meanwhile or was left undone."""

strict_option = click.option(
    "--strict", is_flag=True, help="Exit with 1 where something could not be kept or changed."
)
hot_option = click.option(
    "--hot", is_flag=True, help="Do it although running containers may write to the volume."
)


def run(begin: Callable[[], Operation]) -> Report:
    """Drive a transfer to its end, and give its report. A signal ends the program once everything
    half-made is gone; raises `EngineError`.
    """
    from tui.engine.transfers.progress import Stage
    from tui.jobs.rate import Rate

    cancel = Cancel()
    rate = Rate()
    report: Report | None = None
    thrown = False
    try:
        with (
            interruptible(cancel) as signal,
            ProgressLine() as line,
            working_for(cancel),
            closing(begin()) as states,
        ):
            state: Progress | None = next(states)
            while state is not None:
                rate.take(state, time.monotonic())
                line.show(progress_words(state, rate))
                report = state.report
                if cancel.called and not thrown and state.stage not in {Stage.CLEANING, Stage.DONE}:
                    thrown = True
                    state = states.throw(Cancelled("It was cancelled."))
                else:
                    state = next(states, None)
    except Cancelled:
        click.echo("voltui: Cancelled; nothing half-made is left.", err=True)
        sys.exit(signal.status or NOT_ALL)
    if report is None:
        raise RuntimeError("A transfer ended without a report.")
    return report


def tell_losses(report: Report, *, strict: bool) -> int:
    """Say on stderr what was not kept and what changed meanwhile; the exit status."""
    for told in report_sentences(report):
        click.echo(f"voltui: {told}", err=True)
    return NOT_ALL if strict and (report.losses or report.changed or report.in_part) else 0


def refuse_writers(volume: str, writers: Sequence[Holder], verb: str) -> None:
    """Raise `UsageError`, exit status 2, where containers may write to the volume; `verb`: what is
    done to it.
    """
    if writers:
        names = ", ".join(holder.name for holder in writers)
        raise UsageError(
            f"{volume} is mounted read-write by {names}, which may write to it now.",
            hint=f"Stop what writes, or give --hot to {verb} it while that runs.",
        )


def progress_words(progress: Progress, rate: Rate) -> str:
    """How far it is, on one line."""
    now = time.monotonic()
    parts = [_sums(progress.sums, progress.total)]
    if speed := rate.size(now):
        parts.append(f"{size_words(round(speed))}/s")
    if left := rate.left(now):
        parts.append(f"{round(left):,} s left")
    return f"{safe(progress.stage)}: {', '.join(part for part in parts if part)}".removesuffix(": ")


def _sums(done: Sums, total: Sums | None) -> str:
    if not done.entries and total is None:
        return ""
    if total is None:
        return f"{size_words(done.size)}, {counted(done.entries, 'entry')}"
    of = counted(total.entries or done.entries, "entry")
    if total.entries:
        of = f"{done.entries:,} of {of}"
    return f"{size_words(done.size)} of {size_words(total.size)}, {of}"
