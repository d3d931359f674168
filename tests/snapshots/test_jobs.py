"""Jobs as pictures: look at it before accepting another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from tests.jobs import TOTAL, Steps
from tests.showcase import engine
from tests.snapshots.test_snapshots import NARROW, WIDE, Compare, seen
from tui.app import VolumeApp
from tui.engine.errors import HelperLost
from tui.engine.transfers.progress import Loss, Progress, Report, Stage, Sums
from tui.jobs import Job, JobState, Question, ask
from tui.messages import StartJob

SIZES = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "200x50"])
REPORT = Report(
    TOTAL,
    (Loss("socket", 3, ("run/a.sock", "run/b.sock", "tmp/c")), Loss("acl", 1, ("etc/\x1b[31m",))),
    changed=2,
    changed_paths=("base/1", "pg_wal/7"),
    digest="9f" * 32,
)
LOST = HelperLost("The helper of registry ended unexpectedly.", hint="Try again with r.")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """The time that jobs see; it stands still until it is set."""
    now = [1000.0]
    for name in ("tui.jobs.job.monotonic", "tui.widgets.job_list.monotonic"):
        monkeypatch.setattr(name, lambda: now[0])
    return lambda moment: now.__setitem__(0, 1000.0 + moment)


def job(volume: str, steps: Steps) -> Job:
    command = f"docker run --rm -v {volume}:/from:ro -v {volume}-2:/to busybox cp -a /from/. /to/"
    return Job(f"Clone {volume} to {volume}-2", [volume], steps.operation, command, "clone")


async def reached(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.005)


async def begin(pilot: Pilot[None], clock: Callable[[float], None]) -> list[Steps]:
    """One that copies, one that failed, one that is done with differences, two that wait."""
    app = pilot.app
    assert isinstance(app, VolumeApp)
    await seen(pilot, "gitea-data")
    steps = [Steps(fails=LOST), Steps(ends=REPORT), Steps(), Steps(), Steps()]
    jobs = [
        job(volume, one)
        for volume, one in zip(
            ("registry", "share", "pgdata", "pgdata", "minio-data"), steps, strict=True
        )
    ]
    for ended, one in zip(steps[:2], jobs[:2], strict=True):
        app.post_message(StartJob(one))
        ended.go()
        await reached(lambda one=one: one.state.ended)  # type: ignore[misc]
    for one in jobs[2:]:
        app.post_message(StartJob(one))
    await reached(steps[2].stands)
    clock(4)
    steps[2].tell(Progress(Stage.COPYING, Sums(1600, 1400, 200, 800 << 20), TOTAL))
    await reached(lambda: jobs[2].status.rate is not None and jobs[2].status.heard == 1004.0)
    await reached(steps[4].stands)
    app.clear_notifications()
    return steps


def jobs(
    clock: Callable[[float], None], *keys: str, then: str
) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def act(pilot: Pilot[None]) -> None:
        await begin(pilot, clock)
        await seen(pilot, "78%")
        await pilot.press(*keys)
        await seen(pilot, then)
        await asyncio.sleep(0.3)
        await pilot.pause()

    return act


@SIZES
def test_at_a_glance(
    snap_compare: Compare, clock: Callable[[float], None], size: tuple[int, int]
) -> None:
    run = jobs(clock, then="failed")
    assert snap_compare(VolumeApp(engine()), terminal_size=size, run_before=run)


@SIZES
def test_all_of_them(
    snap_compare: Compare, clock: Callable[[float], None], size: tuple[int, int]
) -> None:
    run = jobs(clock, "J", "j", "j", then="Elapsed")
    assert snap_compare(VolumeApp(engine()), terminal_size=size, run_before=run)


@pytest.mark.parametrize(
    ("keys", "then"),
    [("G", "Try again"), ("Gk", "run/b.sock"), ("j", "waits for pgdata")],
    ids=["failed", "differences", "queued"],
)
def test_one_of_them(
    snap_compare: Compare, clock: Callable[[float], None], keys: str, then: str
) -> None:
    run = jobs(clock, "J", *keys, then=then)
    assert snap_compare(VolumeApp(engine()), terminal_size=NARROW, run_before=run)


@pytest.mark.parametrize("env", [("NO_COLOR", "1"), ("COLORTERM", "")], ids=["none", "16"])
def test_few_colours(
    snap_compare: Compare,
    clock: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
    env: tuple[str, str],
) -> None:
    monkeypatch.setenv(*env)
    monkeypatch.setenv("TERM", "xterm")
    run = jobs(clock, then="failed")
    assert snap_compare(VolumeApp(engine()), terminal_size=WIDE, run_before=run)


def test_ascii(snap_compare: Compare, clock: Callable[[float], None]) -> None:
    run = jobs(clock, "J", "j", "j", then="Elapsed")
    assert snap_compare(VolumeApp(engine(), ascii=True), terminal_size=NARROW, run_before=run)


def test_none_yet(snap_compare: Compare) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot, "gitea-data")
        await pilot.press("J")
        await seen(pilot, "No job yet")
        await pilot.pause()

    assert snap_compare(VolumeApp(engine()), terminal_size=NARROW, run_before=run)


def test_quitting(snap_compare: Compare, clock: Callable[[float], None]) -> None:
    run = jobs(clock, "q", then="under way?")
    assert snap_compare(VolumeApp(engine()), terminal_size=NARROW, run_before=run)


def test_cleaning_up(snap_compare: Compare, clock: Callable[[float], None]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, VolumeApp)
        await seen(pilot, "gitea-data")
        steps = Steps(tidies=True)
        app.post_message(StartJob(one := job("pgdata", steps)))
        await reached(steps.stands)
        await pilot.press("J", "c")
        await seen(pilot, "cleaning up")
        await pilot.pause()
        assert one.state is JobState.CANCELLING

    assert snap_compare(VolumeApp(engine()), terminal_size=NARROW, run_before=run)


def test_a_question(snap_compare: Compare, clock: Callable[[float], None]) -> None:
    question = Question(
        "One folder holds everything",
        "All in backup.tar stands in one folder, pgdata.",
        "what is in pgdata becomes the volume",
        "the volume gets a folder pgdata",
    )

    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot, "gitea-data")
        steps = Steps(before=lambda: ask(question))
        pilot.app.post_message(StartJob(job("pgdata", steps)))
        await seen(pilot, "becomes the volume")
        await pilot.pause()

    assert snap_compare(VolumeApp(engine()), terminal_size=NARROW, run_before=run)
