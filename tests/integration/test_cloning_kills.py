"""Client, helper and engine killed in the middle of a clone: what is half-made is not taken
for whole, and what is left is offered for removal.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.engines.private import PrivateEngine
from tests.engines.waiting import wait_for
from tests.integration.conftest import Make, Things, named
from tests.integration.test_cli import VOLTUI
from tests.integration.test_cloning import names, noted
from tui.engine import Engine, resolve
from tui.engine.creating import NewVolume
from tui.engine.errors import EngineError
from tui.engine.marker import MARKER
from tui.jobs import Job, JobState

FILES = 3_000
POINTS = 20


def filled(things: Things) -> str:
    name = things.volume()
    folder = things.folder(name)
    for number in range(FILES):
        (folder / f"{number:05}").write_bytes(b"x" * 1000)
    return name


def copied(folder: Path) -> int:
    """Entries of a clone that is being made; 0 where there is none yet."""
    try:
        return len(os.listdir(folder))
    except OSError:
        return 0


def wait_until_copied(folder: Path, entries: int, ended: subprocess.Popen[bytes] | Job) -> int:
    """Wait until so many entries are there; how many there are then."""
    end = time.monotonic() + 60
    while (now := copied(folder)) < entries:
        done = ended.state.ended if isinstance(ended, Job) else ended.poll() is not None
        assert not done, "the clone ended before"
        assert time.monotonic() < end
    return now


def point_of(number: int) -> int:
    """How many entries there have to be at one of the points spread over the copy."""
    return 1 + FILES * number // POINTS


def points(few: int) -> list[object]:
    """All of them, of which a few are not slow."""
    chosen = {POINTS * number // few + POINTS // (2 * few) for number in range(few)}
    return [
        number if number in chosen else pytest.param(number, marks=pytest.mark.slow)
        for number in range(POINTS)
    ]


@pytest.mark.parametrize("number", points(2))
def test_a_client_that_is_killed_leaves_what_is_offered_for_removal(
    things: Things, tmp_path: Path, number: int
) -> None:
    name, new = filled(things), things.name()
    state = tmp_path / "home" / "state"
    place = things.folder(name).parent.parent / new / "_data"
    command = [*VOLTUI, "--host", things.engine.url, "clone", name, new]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as client:
        seen = wait_until_copied(place, point_of(number), client)
        client.send_signal(signal.SIGKILL)
        said, _ = client.communicate()
    assert client.returncode == -signal.SIGKILL
    assert said == b""
    assert seen > 0
    wait_for(lambda: not things.helpers(), "the end of the helper", 20)
    assert (place / MARKER).exists()
    with closing(Engine(resolve(things.engine.url), state=state / "voltui")) as engine:
        assert named(engine, new).incomplete is True
        (left,) = engine.leftovers()
        assert (left.volume, left.kind, left.source) == (new, "clone", name)
        assert new in names(engine)  # Nothing goes unasked.
        (told,) = engine.discard([left])
        assert (told.removed, told.error) == (True, None)
        assert new not in names(engine)
        assert engine.leftovers() == []
    assert list((state / "voltui").glob("transfer-*")) == []


@pytest.mark.parametrize("number", points(1))
def test_a_helper_that_is_killed_leaves_nothing(
    engine: Engine, things: Things, tmp_path: Path, number: int
) -> None:
    name, new = filled(things), things.name()
    place = things.folder(name).parent.parent / new / "_data"
    job = Job("clone", [name, new], lambda: engine.clone(named(engine, name), NewVolume(new)))
    job.start()
    seen = wait_until_copied(place, point_of(number), job)
    (helper,) = things.helpers()
    things.engine.api.post(f"/containers/{helper}/kill")
    wait_for(lambda: job.state.ended, "the end of the clone", 60)
    assert seen > 0
    assert job.state is JobState.FAILED
    assert new not in names(engine)
    assert noted(tmp_path) == []


@pytest.mark.slow
def test_an_engine_that_is_killed_says_what_is_left(fresh_engine: Make, tmp_path: Path) -> None:
    """At each of the points; the engine comes back in between."""
    private = fresh_engine()
    things = Things(private)
    name = filled(things)
    for number in range(POINTS):
        new = f"new-{number}"
        place = things.folder(name).parent.parent / new / "_data"
        with closing(Engine(resolve(private.url), state=tmp_path / "state")) as engine:
            _kill_in_the_middle(private, engine, name, new, place, point_of(number))
        private.start()
        with closing(Engine(resolve(private.url), state=tmp_path / "state")) as engine:
            _discard_what_is_left(engine, new)
        assert noted(tmp_path) == []


def _kill_in_the_middle(
    private: PrivateEngine, engine: Engine, name: str, new: str, place: Path, entries: int
) -> None:
    source = named(engine, name)
    job = Job("clone", [name, new], lambda: engine.clone(source, NewVolume(new)))
    job.start()
    assert wait_until_copied(place, entries, job) > 0
    private.kill()
    wait_for(lambda: job.state.ended, "the end of the clone", 90)
    assert job.state is JobState.FAILED
    assert isinstance(job.status.error, EngineError)
    assert new in str(job.status.error)
    assert "could not be removed" in str(job.status.error)


def _discard_what_is_left(engine: Engine, new: str) -> None:
    def free() -> bool:
        engine.sweep()
        return not engine.helpers()

    wait_for(free, "the end of the helpers", 60)
    assert named(engine, new).incomplete is True
    (left,) = engine.leftovers()
    assert left.volume == new
    (told,) = engine.discard([left])
    assert (told.removed, told.error) == (True, None)
    assert new not in names(engine)
