"""What the app says of its jobs, whatever is shown: the end by a toast, a question by a dialog."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial

from textual.app import App
from textual.widgets import Input

from tui.attention import Attended
from tui.content.jobs import SEVERITIES, end_words
from tui.jobs import Job, Jobs, JobState, Question
from tui.messages import JobChanged
from tui.screens.asking import ask
from tui.screens.jobs import JobsScreen
from tui.screens.main import MainScreen

QUIET = 1.0
"""Seconds without a key before a question takes the keys."""

AGAIN = 0.25
"""Seconds after which it is looked again whether it may."""

LONG = 10.0
"""Seconds of work, and of nobody being there, after which the end rings the terminal's bell."""


class JobTeller:
    """Owns the jobs of an app and hears of them."""

    def __init__(self, app: App[None]) -> None:
        self.jobs = Jobs()
        self.jobs.listen(self._heard)
        self._app = app
        self._told: set[Job] = set()
        self._asked: list[Question] = []
        """Questions that a dialog asked once; then the list of jobs does."""

    def _heard(self, job: Job) -> None:
        """Called in any thread."""
        with suppress(RuntimeError):  # The loop is closed: the program has quit meanwhile.
            self._app.post_message(JobChanged(job))

    def changed(self, job: Job) -> None:
        """Say what has to be said; a bug of the job's thread ends the program here."""
        if job.bug is not None:
            raise job.bug
        if job.state.ended and job not in self._told:
            self._told.add(job)
            self._tell_end(job)
        if job.status.question is not None:
            self._ask_soon(job)

    def _ask_soon(self, job: Job) -> None:
        """Ask where the user has nothing else before them and types nothing; the strip says that
        a job asks all the while.
        """
        question, app = job.status.question, self._app
        if question is None or question in self._asked:
            return
        free = isinstance(app.screen, JobsScreen | MainScreen)
        quiet = not isinstance(app, Attended) or app.attention.quiet_for(QUIET)
        if free and quiet and not isinstance(app.focused, Input):
            self._asked.append(question)
            ask(app, job)
        else:
            app.set_timer(AGAIN, partial(self._ask_soon, job))

    def _tell_end(self, job: Job) -> None:
        status = job.status
        self._app.notify(
            end_words(status),
            title=job.title,
            severity=SEVERITIES.get(status.state, "information"),
            markup=False,
            timeout=8 if status.state is JobState.FAILED else 5,
        )
        long = (status.seconds(time.monotonic()) or 0) >= LONG
        if long and isinstance(self._app, Attended) and self._app.attention.quiet_for(LONG):
            self._app.bell()
