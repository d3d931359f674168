"""Jobs on the screen: the strip, the panel, the toast, quitting."""

from __future__ import annotations

import pytest

from tests.jobs import Steps
from tests.showcase import engine
from tests.ui.screen import Seen, running
from tui.engine.errors import HelperLost
from tui.jobs import Job, JobState
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
