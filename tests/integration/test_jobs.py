"""Jobs with clones of a real engine: the queue, a cancel in the middle, a retry."""

from __future__ import annotations

from tests.engines.waiting import wait_for
from tests.integration.conftest import Things, named
from tests.jobs import WAIT
from tui.engine import Engine
from tui.engine.creating import NewVolume
from tui.engine.transfers.progress import Stage
from tui.jobs import Job, Jobs, JobState

FILES = 3000


def clone(engine: Engine, source: str, target: str) -> Job:
    volume = named(engine, source)
    return Job(
        f"Clone {source} to {target}",
        [source, target],
        lambda: engine.clone(volume, NewVolume(target)),
    )


def exists(things: Things, name: str) -> bool:
    volumes = things.engine.api.get("/volumes")["Volumes"] or []
    return name in {each["Name"] for each in volumes}


def test_of_two_clones_of_a_volume_one_is_cancelled_and_done_again(
    engine: Engine, things: Things
) -> None:
    source, first, second = things.volume(), things.name(), things.name()
    for number in range(FILES):
        (things.folder(source) / f"{number}").write_bytes(b"x" * 1024)
    jobs = Jobs()
    jobs.add(one := clone(engine, source, first))
    jobs.add(two := clone(engine, source, second))
    waiting = jobs.waiting(two)
    assert waiting is not None
    assert (waiting.jobs, waiting.volumes) == ((one,), (source,))
    wait_for(lambda: one.status.stage is Stage.COPYING or one.state.ended, "the copying", 60)
    assert exists(things, first)
    one.cancel()
    wait_for(lambda: one.state.ended, "the end of the cancelled one", 60)
    assert one.state is JobState.CANCELLED, one.status.error
    assert not exists(things, first), "nothing half-made is left"
    jobs.add(again := one.retry())
    assert jobs.wait(WAIT)
    for job, target in ((two, second), (again, first)):
        assert job.state is JobState.DONE, job.status.error
        report = job.status.report
        assert report is not None
        assert (report.sums.files, report.sums.size) == (FILES, FILES * 1024)
        assert len(list(things.folder(target).iterdir())) == FILES
