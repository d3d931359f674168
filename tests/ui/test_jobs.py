"""Jobs on the screen: the strip, the panel, the toast, quitting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes import FakeEngine
from tests.jobs import Steps
from tests.showcase import engine, volume
from tests.ui.screen import Seen, running
from tui.engine.errors import HelperLost
from tui.engine.transfers.progress import Operation, Progress, Stage
from tui.jobs import Job, JobState, Question, ask
from tui.messages import StartJob
from tui.widgets.job_lines import JobLines

LOST = HelperLost("The helper of pgdata ended unexpectedly.", hint="Press r to try again.")


def begin(seen: Seen, steps: Steps, name: str = "pgdata", kind: str = "Clone") -> Job:
    """As a dialog does it."""
    job = Job(f"{kind} {name} to {name}-copy", [name], steps.operation, f"docker run {name}")
    seen.app.post_message(StartJob(job))
    return job


async def at_half(seen: Seen, steps: Steps) -> None:
    await seen.until(steps.stands, "half of it")


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_job_is_seen_until_it_ends(size: tuple[int, int]) -> None:
    async with running(engine(), size) as seen:
        await seen.sees("gitea-data")
        lines = seen.app.screen.query_one(JobLines)
        assert not lines.display
        job = begin(seen, steps := Steps())
        await seen.sees("Clone pgdata to pgdata-copy", "copying", "50%")
        steps.go()
        await seen.until(lambda: job.state is JobState.DONE, "its end")
        await seen.sees("Done: 1,800 files, 1.0G, verified.")
        await seen.until(lambda: not lines.display, "the end of the line")


async def test_the_end_of_a_job_renews_the_list() -> None:
    made = replace(volume("pgdata-copy", 0), incomplete=True)
    fake = FakeEngine([made])
    async with running(fake) as seen:
        await seen.sees("! pgdata-copy")
        begin(seen, steps := Steps())
        await at_half(seen, steps)
        fake.listed = [replace(made, incomplete=False)]  # Which no event tells.
        steps.go()
        await seen.sees_no("! pgdata-copy")
        await seen.sees("pgdata-copy")


async def test_a_failure_stays_on_the_line_until_it_was_looked_at() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        job = begin(seen, steps := Steps(fails=LOST))
        steps.go()
        await seen.until(lambda: job.state is JobState.FAILED, "its end")
        seen.app.clear_notifications()
        await seen.sees("1 failed")
        await seen.press("J")
        await seen.sees("Jobs of this session", str(LOST), LOST.hint)
        await seen.press("J")
        await seen.sees("gitea-data")
        await seen.sees_no("1 failed")


async def test_a_job_is_cancelled_retried_and_cleared_in_the_list() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        first = begin(seen, steps := Steps(tidies=True))
        second = begin(seen, Steps())
        await at_half(seen, steps)
        await seen.press("J")
        await seen.sees("waits for pgdata: Clone pgdata to pgdata-copy")
        await seen.press("j", "c")
        await seen.sees("cleaning up", "until nothing half-made is left")
        assert not second.state.active, "it waits until all is gone"
        steps.tidy.set()
        await seen.until(lambda: first.state is JobState.CANCELLED, "the end of the cancelled one")
        await seen.until(lambda: second.state is JobState.RUNNING, "the turn of the second")
        await seen.press("r")
        await seen.until(lambda: len(seen.app.jobs.all) == 3, "a third one")
        assert seen.app.jobs.all[2].title == first.title
        await seen.press("x")
        await seen.until(lambda: len(seen.app.jobs.all) == 2, "the end of the first")
        await seen.press("s")
        await seen.sees("docker run pgdata")


async def quits(seen: Seen) -> None:
    await seen.until(lambda: not seen.app.is_running, "the end of the program")


@pytest.mark.parametrize("keys", [["q"], ["ctrl+q"], ["ctrl+c", "ctrl+c"]], ids=" ".join)
async def test_quitting_asks_while_a_job_is_under_way(keys: list[str]) -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        job = begin(seen, steps := Steps())
        await at_half(seen, steps)
        await seen.press(*keys)
        await seen.sees("Quit while 1 job is under way?", "What they have made so far is removed")
        await seen.press("enter")
        await seen.sees_no("under way?")
        assert job.state is JobState.RUNNING
        await seen.press(*keys)
        await seen.sees("under way?")
        await seen.press("y")
        await seen.until(lambda: job.state is JobState.CANCELLED, "its end")
        assert steps.cleaned.is_set()
        await quits(seen)


async def test_quitting_does_not_ask_once_all_have_ended() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        job = begin(seen, steps := Steps())
        steps.go()
        await seen.until(lambda: job.state is JobState.DONE, "its end")
        await seen.press("q")
        await quits(seen)


def question() -> None:
    if not ask(Question("A single folder", "Unwrap it?", "unwrap", "keep it")):
        raise HelperLost("It was kept.")


@pytest.mark.parametrize(("key", "state"), [("y", JobState.DONE), ("n", JobState.FAILED)])
async def test_a_job_asks_in_a_dialog(key: str, state: JobState) -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        job = begin(seen, steps := Steps(before=question))
        steps.go()
        await seen.sees("Unwrap it?")
        await seen.press("enter")
        await seen.sees_no("Unwrap it?")
        await seen.sees("1 asks")
        await seen.press("J", "a")
        await seen.sees("Unwrap it?", "keep it")
        await seen.press(key)
        await seen.until(lambda: job.state is state, "its end")


async def test_a_question_goes_with_its_job() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        job = begin(seen, Steps(before=question))
        await seen.sees("Unwrap it?")
        job.cancel()
        await seen.sees_no("Unwrap it?")
        assert job.state is JobState.CANCELLED


async def test_a_bug_in_a_job_ends_the_program_with_its_traceback() -> None:
    def broken() -> Operation:
        yield Progress(Stage.COPYING)
        raise ZeroDivisionError("a bug")

    async def run() -> None:
        async with running(engine()) as seen:
            await seen.sees("gitea-data")
            seen.app.post_message(StartJob(Job("Clone", ["a"], broken)))
            await quits(seen)

    with pytest.raises(ZeroDivisionError, match="a bug"):
        await run()


async def test_jobs_are_looked_at_only_while_one_works() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        job = begin(seen, steps := Steps())
        await at_half(seen, steps)
        lines = seen.app.screen.query_one(JobLines)
        assert lines.paced
        steps.go()
        await seen.until(lambda: job.state is JobState.DONE, "its end")
        await seen.until(lambda: not lines.paced, "the end of looking at it")
