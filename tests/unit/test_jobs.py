"""Jobs: their threads, their queue, how they end."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator

import pytest

from tests.jobs import WAIT, Steps, finished, report
from tui.engine.cancel import working_for
from tui.engine.errors import Cancelled, EngineError, HelperLost
from tui.engine.transfers.progress import Operation, Progress, Stage, Sums
from tui.jobs import Job, Jobs, JobState, Question, ask
from tui.jobs.rate import Rate


def copy(steps: Steps, *volumes: str) -> Job:
    return Job(f"Clone {volumes[0]}", volumes, steps.operation, kind="clone")


def test_a_job_works_in_a_thread_of_its_own_and_ends_with_its_report() -> None:
    jobs, steps = Jobs(), Steps()
    job = copy(steps, "pgdata")
    jobs.add(job)
    steps.half()
    assert steps.thread is not threading.current_thread()
    assert steps.thread is not None
    assert steps.thread.daemon
    status = job.status
    assert (status.state, status.stage, status.fraction) == (JobState.RUNNING, Stage.COPYING, 0.5)
    steps.go()
    assert jobs.wait(WAIT)
    assert job.status.state is JobState.DONE
    assert job.status.report == report()
    assert job.status.ended is not None
    assert job.bug is None
    assert steps.cleaned.is_set()


def test_a_source_that_changed_meanwhile_is_told_by_the_state() -> None:
    job = finished(report(changed=2))
    assert job.state is JobState.DIFFERENT


def test_an_error_is_kept_and_the_operation_cleans_up() -> None:
    jobs, steps = Jobs(), Steps(fails=HelperLost("The helper ended.", hint="Try again."))
    jobs.add(job := copy(steps, "pgdata"))
    steps.half()
    steps.go()
    assert jobs.wait(WAIT)
    assert job.state is JobState.FAILED
    assert str(job.status.error) == "The helper ended."
    assert job.bug is None
    assert steps.cleaned.is_set()


def test_a_cancel_is_shown_until_nothing_half_made_is_left() -> None:
    jobs, steps = Jobs(), Steps(tidies=True)
    jobs.add(job := copy(steps, "pgdata"))
    steps.half()
    job.cancel()
    steps.cleaning()
    assert job.status.state is JobState.CANCELLING
    assert job.status.stage is Stage.CLEANING
    steps.tidy.set()
    assert jobs.wait(WAIT)
    assert job.state is JobState.CANCELLED
    assert steps.cleaned.is_set()


def test_a_cancel_between_two_states_of_an_operation_that_never_waits_ends_it() -> None:
    cleaned = threading.Event()

    def endless() -> Operation:
        try:
            while True:
                yield Progress(Stage.COPYING)
        finally:
            with working_for(None):
                yield Progress(Stage.CLEANING)
            cleaned.set()

    jobs = Jobs()
    jobs.add(job := Job("Clone", ["a"], endless))
    job.cancel()
    assert jobs.wait(WAIT)
    assert cleaned.is_set()
    assert job.state is JobState.CANCELLED


def test_what_was_done_before_the_cancel_came_is_done() -> None:
    jobs, steps = Jobs(), Steps(commits=True)
    jobs.add(job := copy(steps, "pgdata"))
    steps.half()
    job.cancel()
    steps.go()
    assert jobs.wait(WAIT)
    assert job.state is JobState.DONE


def test_a_failure_of_the_cleaning_up_after_a_cancel_is_told() -> None:
    def stubborn() -> Operation:
        try:
            while True:
                yield Progress(Stage.COPYING)
        except Cancelled:
            raise EngineError("Volume pgdata-copy is left, half-made.") from None

    jobs = Jobs()
    jobs.add(job := Job("Clone", ["a"], stubborn))
    job.cancel()
    assert jobs.wait(WAIT)
    assert job.state is JobState.FAILED
    assert "half-made" in str(job.status.error)


def test_one_job_at_a_time_works_on_a_volume_and_two_on_an_engine() -> None:
    jobs = Jobs()
    steps = [Steps() for _ in range(4)]
    first, same, second, third = (
        copy(one, *names)
        for one, names in zip(steps, [("a", "b"), ("b", "c"), ("d",), ("e",)], strict=True)
    )
    for job in (first, same, second, third):
        jobs.add(job)
    assert [job.state.active for job in jobs.all] == [True, False, True, False]
    waiting = jobs.waiting(same)
    assert waiting is not None
    assert (waiting.jobs, waiting.volumes) == ((first,), ("b",))
    waiting = jobs.waiting(third)
    assert waiting is not None
    assert (waiting.jobs, waiting.volumes) == ((first, second), ())
    assert jobs.waiting(first) is None
    for one in steps:
        one.go()
    assert jobs.wait(WAIT)
    assert {job.state for job in jobs.all} == {JobState.DONE}


def test_a_job_is_not_overtaken_by_one_that_came_later_for_the_same_volume() -> None:
    jobs = Jobs()
    steps = [Steps() for _ in range(3)]
    running, waits, later = (
        copy(one, *names) for one, names in zip(steps, [("a",), ("a", "b"), ("b",)], strict=True)
    )
    for job in (running, waits, later):
        jobs.add(job)
    waiting = jobs.waiting(later)
    assert waiting is not None
    assert waiting.jobs == (waits,)
    for one in steps:
        one.go()
    assert jobs.wait(WAIT)


def test_a_queued_job_that_is_cancelled_never_begins() -> None:
    jobs, running, steps = Jobs(), Steps(), Steps()
    jobs.add(copy(running, "a"))
    jobs.add(job := copy(steps, "a"))
    job.cancel()
    assert job.state is JobState.CANCELLED
    running.go()
    assert jobs.wait(WAIT)
    assert steps.thread is None


def test_a_retry_is_a_new_job_of_the_same_kind() -> None:
    jobs, steps = Jobs(), Steps(fails=EngineError("No."))
    steps.go()
    jobs.add(job := copy(steps, "a"))
    assert jobs.wait(WAIT)
    steps.fails = None
    steps.go()
    jobs.add(again := job.retry())
    assert jobs.wait(WAIT)
    assert (job.state, again.state) == (JobState.FAILED, JobState.DONE)
    assert (again.title, again.volumes, again.kind) == (job.title, job.volumes, "clone")
    assert jobs.all == (job, again)
    jobs.clear()
    assert len(jobs.all) == 0


def test_all_of_them_are_cancelled_at_the_end_and_none_begins_then() -> None:
    jobs = Jobs()
    steps = [Steps() for _ in range(4)]
    for one, name in zip(steps, "abab", strict=True):
        jobs.add(copy(one, name))
    jobs.cancel()
    assert jobs.wait(WAIT)
    assert {job.state for job in jobs.all} == {JobState.CANCELLED}
    assert [one.thread is None for one in steps] == [False, False, True, True]


def asking(answers: list[bool]) -> Callable[[], Operation]:
    def operation() -> Operation:
        yield Progress(Stage.PREPARING)
        answers.append(ask(Question("A single folder", "Unwrap it?")))
        yield Progress(Stage.DONE, report=report())

    return operation


@pytest.mark.parametrize("yes", [True, False])
def test_a_job_that_asks_waits_for_the_answer(yes: bool) -> None:
    jobs, asked = Jobs(), threading.Event()
    answers: list[bool] = []
    jobs.listen(lambda job: asked.set() if job.status.question else None)
    jobs.add(job := Job("Import", ["a"], asking(answers)))
    assert asked.wait(WAIT)
    question = job.status.question
    assert question is not None
    job.answer(Question("A single folder", "Unwrap it?"), not yes)  # Not the one that is asked.
    job.answer(question, yes)
    assert jobs.wait(WAIT)
    assert answers == [yes]
    assert job.status.question is None
    assert job.state is JobState.DONE


def test_a_cancel_ends_a_question() -> None:
    jobs, asked = Jobs(), threading.Event()
    answers: list[bool] = []
    jobs.listen(lambda job: asked.set() if job.status.question else None)
    jobs.add(job := Job("Import", ["a"], asking(answers)))
    assert asked.wait(WAIT)
    job.cancel()
    assert jobs.wait(WAIT)
    assert (job.state, job.status.question, answers) == (JobState.CANCELLED, None, [])


def test_a_bug_is_handed_to_who_listens_with_its_traceback() -> None:
    def broken() -> Generator[Progress, None, None]:
        yield Progress(Stage.COPYING)
        raise ZeroDivisionError("a bug")

    bugs: queue.SimpleQueue[BaseException] = queue.SimpleQueue()
    jobs = Jobs()
    jobs.listen(lambda job: bugs.put(job.bug) if job.bug else None)
    jobs.add(job := Job("Clone", ["a"], broken))
    bug = bugs.get(timeout=WAIT)
    assert job.state is JobState.FAILED
    assert isinstance(bug, ZeroDivisionError)
    assert bug.__traceback__ is not None


def test_an_operation_that_ends_without_a_report_is_a_bug() -> None:
    def silent() -> Operation:
        yield Progress(Stage.COPYING)

    jobs = Jobs()
    jobs.listen(lambda _job: None)
    jobs.add(job := Job("Clone", ["a"], silent))
    assert jobs.wait(WAIT)
    assert isinstance(job.bug, RuntimeError)


def sums(size: int, entries: int = 0) -> Sums:
    return Sums(entries=entries, size=size)


def test_the_rate_is_that_of_the_last_seconds_and_falls_while_nothing_comes() -> None:
    rate = Rate()
    for second in range(11):
        size = 100 * second if second <= 5 else 500 + 1000 * (second - 5)
        rate.take(Progress(Stage.COPYING, sums(size), sums(10_000)), float(second))
    assert rate.size(10.0) == pytest.approx(5100 / 6)
    assert rate.size(22.0) == pytest.approx(5100 / 18)
    assert rate.left(10.0) == pytest.approx(4500 * 6 / 5100)
    assert rate.left(22.0) is None, "nothing came for long"


def test_no_rate_and_no_time_left_are_made_up() -> None:
    rate = Rate()
    assert rate.size(0.0) is None
    rate.take(Progress(Stage.COPYING, sums(0), sums(1000)), 0.0)
    rate.take(Progress(Stage.COPYING, sums(500), sums(1000)), 0.2)
    assert rate.size(0.5) is None, "half a second says nothing"
    rate.take(Progress(Stage.COPYING, sums(500)), 2.0)
    assert rate.size(2.0) == pytest.approx(250)
    assert rate.left(2.0) is None, "the total is not known"
    rate.take(Progress(Stage.VERIFYING, sums(10), sums(1000)), 2.1)
    assert rate.size(2.2) is None, "another stage begins anew"


def test_many_small_files_are_what_takes_the_time_that_is_left() -> None:
    rate = Rate()
    total = sums(1000, entries=1000)
    rate.take(Progress(Stage.COPYING, sums(0), total), 0.0)
    rate.take(Progress(Stage.COPYING, sums(900, entries=100), total), 2.0)
    assert rate.left(2.0) == pytest.approx(18)
    rate.take(Progress(Stage.COPYING, sums(1000, entries=1000), total), 3.0)
    assert rate.left(3.0) == 0
