"""Removing a volume with those who hold it: all stopped before one goes, and brought back when
anything goes wrong.
"""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.engines.waiting import wait_for
from tests.integration.conftest import Things, named
from tests.integration.removals import (
    STUBBORN,
    Step,
    exists,
    held,
    inspected,
    kept,
    next_second,
    remove_with,
    removed,
    state,
    steps_of,
)
from tui.engine import Engine, resolve
from tui.engine.cancel import Cancel
from tui.engine.errors import Cancelled, EngineError, EngineFailed, VolumeChanged, VolumeInUse
from tui.engine.model import ContainerState
from tui.engine.removing import Doing, Outcome, Removed, Removing


def test_all_are_stopped_before_the_first_is_removed(things: Things, engine: Engine) -> None:
    volume, holders, made = held(things, engine)
    seen: dict[Step, list[str]] = {}

    def look(step: Step) -> None:
        seen[step] = [state(things.engine.api, container) for container in made]

    first, second = (holder.name for holder in holders)
    steps, told = remove_with(engine, volume, holders, look)

    assert told == Removed(volume.name, Outcome.REMOVED, None, (first, second))
    assert steps == [
        (Doing.CHECK, ""),
        (Doing.STOP, first),
        (Doing.STOP, second),
        (Doing.REMOVE_CONTAINER, first),
        (Doing.REMOVE_CONTAINER, second),
        (Doing.REMOVE_VOLUME, ""),
    ]
    assert seen[Doing.REMOVE_CONTAINER, first] == ["exited", "exited"]
    assert seen[Doing.REMOVE_VOLUME, ""] == ["gone", "gone"]
    assert not exists(things.engine.api, volume.name)


def test_nothing_is_stopped_where_somebody_else_holds_it_too(
    things: Things, engine: Engine
) -> None:
    volume, holders, made = held(things, engine)

    steps, told = remove_with(engine, volume, holders[:1])

    kept(told, VolumeInUse, holders[1].name)
    assert steps == [(Doing.CHECK, "")]
    assert [state(things.engine.api, container) for container in made] == ["running", "running"]


def test_one_that_comes_while_they_are_stopped_brings_them_back(
    things: Things, engine: Engine
) -> None:
    volume, holders, made = held(things, engine)
    first, second = (holder.name for holder in holders)

    def come(step: Step) -> None:
        if step == (Doing.STOP, second):
            assert state(things.engine.api, made[0]) == "exited", "in the middle"
            things.container([f"{volume.name}:/d"], ["sleep", "1000"], start=True)

    steps, told = remove_with(engine, volume, holders, come)

    kept(told, VolumeInUse, "(running)")
    assert steps[-2:] == [(Doing.START_AGAIN, second), (Doing.START_AGAIN, first)]
    assert told.started_again == (second, first)
    assert told.containers == ()
    assert [state(things.engine.api, container) for container in made] == ["running", "running"]
    assert engine.stopped() == []


def test_one_that_comes_after_they_were_removed_is_told_with_them(
    things: Things, engine: Engine
) -> None:
    volume, holders, _ = held(things, engine, ["sleep", "1000"])

    def come(step: Step) -> None:
        if step[0] is Doing.REMOVE_VOLUME:
            things.container([f"{volume.name}:/d"], ["true"])

    _, told = remove_with(engine, volume, holders, come)

    kept(told, VolumeInUse, "(created)")
    assert told.containers == (holders[0].name,)
    assert exists(things.engine.api, volume.name)


def test_a_cancel_brings_them_back_and_leaves_the_rest(things: Things, engine: Engine) -> None:
    volume, holders, made = held(things, engine)
    rest = named(engine, things.volume())
    cancel = Cancel()
    told: list[Removing | Removed] = []
    for each in engine.remove([volume, rest], {volume.name: holders}, cancel):
        told.append(each)
        if each == Removing(volume.name, Doing.STOP, holders[1].name):
            cancel.cancel()
    first, second = (each for each in told if isinstance(each, Removed))

    assert first.outcome is Outcome.NOT_TRIED
    assert isinstance(first.error, Cancelled)
    assert first.started_again == (holders[1].name, holders[0].name)
    assert (Doing.START_AGAIN, holders[0].name) in steps_of(told)
    assert second == Removed(rest.name, Outcome.NOT_TRIED)
    assert [state(things.engine.api, container) for container in made] == ["running", "running"]
    assert exists(things.engine.api, rest.name)


@pytest.mark.parametrize("last", [Doing.STOP, Doing.REMOVE_CONTAINER])
def test_closing_brings_them_back_unheard(things: Things, engine: Engine, last: Doing) -> None:
    volume, holders, made = held(things, engine)
    with closing(engine.remove([volume], {volume.name: holders})) as removal:
        for told in removal:
            second = last is not Doing.STOP or told == Removing(
                volume.name, Doing.STOP, holders[1].name
            )
            if isinstance(told, Removing) and told.doing is last and second:
                assert state(things.engine.api, made[0]) == "exited", "in the middle"
                break
    assert [state(things.engine.api, container) for container in made] == ["running", "running"]
    assert engine.stopped() == []


def test_what_was_paused_is_paused_again(things: Things, engine: Engine) -> None:
    volume, _, made = held(things, engine)
    things.engine.api.post(f"/containers/{made[0]}/pause")
    holders = {holder.container_id: holder for holder in engine.holders(volume)}
    assert holders[made[0]].state is ContainerState.PAUSED

    def come(step: Step) -> None:
        if step == (Doing.STOP, holders[made[1]].name):
            assert state(things.engine.api, made[0]) == "exited", "in the middle"
            things.container([f"{volume.name}:/d"], ["true"])

    _, told = remove_with(engine, volume, [holders[each] for each in made], come)

    kept(told, VolumeInUse)
    assert len(told.started_again) == 2
    assert [state(things.engine.api, each) for each in made] == ["paused", "running"]


def test_one_that_keeps_restarting_is_stopped_and_goes_on_restarting(
    things: Things, engine: Engine
) -> None:
    name = things.volume()
    host = {
        "NetworkMode": "none", "Binds": [f"{name}:/d"], "RestartPolicy": {"Name": "always"},
    }  # fmt: skip
    container = things.container([], ["false"], start=True, HostConfig=host)
    wait_for(lambda: state(things.engine.api, container) == "restarting", "a restart", 60)
    volume = named(engine, name)

    def come(step: Step) -> None:
        if step[0] is Doing.STOP:
            things.container([f"{name}:/d"], ["true"])

    _, told = remove_with(engine, volume, engine.holders(volume), come)
    kept(told, VolumeInUse)
    assert len(told.started_again) == 1, told.error

    new = engine.holders(volume)
    _, told = remove_with(engine, volume, new)
    assert told.outcome is Outcome.REMOVED
    assert len(told.containers) == 2


def test_one_that_does_not_come_back_is_in_the_sentence(
    things: Things, engine: Engine, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    name = things.volume()
    host = {"NetworkMode": "none", "Binds": [f"{name}:/d", f"{source}:/s"]}
    container = things.container([], ["sleep", "1000"], start=True, HostConfig=host)
    volume = named(engine, name)
    (holder,) = engine.holders(volume)

    def spoil(step: Step) -> None:
        if step[0] is Doing.STOP:
            source.rmdir()
            source.write_text("a file cannot be mounted over a folder")
            things.container([f"{name}:/d"], ["true"])

    _, told = remove_with(engine, volume, [holder], spoil)

    kept(told, EngineError, "is in use by", f"{holder.name} was stopped and does not run again")
    assert told.error is not None
    assert "--recover" in told.error.hint
    assert told.started_again == ()
    (left,) = engine.stopped()
    assert (left.container_id, left.volume) == (container, name)

    source.unlink()
    source.mkdir()
    (again,) = engine.start_again([left])
    assert again.error is None
    assert state(things.engine.api, container) == "running"
    assert engine.stopped() == []


def test_one_that_ends_at_once_did_not_come_back(things: Things, engine: Engine) -> None:
    script = "[ -e /d/ran ] && exit 3; touch /d/ran; sleep 1000"
    volume, holders, _ = held(things, engine, ["sh", "-c", script])
    ran = things.folder(volume.name) / "ran"
    wait_for(ran.exists, "the first run")

    def come(step: Step) -> None:
        if step[0] is Doing.STOP:
            things.container([f"{volume.name}:/d"], ["true"])

    _, told = remove_with(engine, named(engine, volume.name), holders, come)
    kept(told, EngineError, f"{holders[0].name} was started again and ended at once with status 3")


def test_one_that_somebody_removed_meanwhile_is_fine(things: Things, engine: Engine) -> None:
    volume, holders, made = held(things, engine)

    def remove(step: Step) -> None:
        if step == (Doing.STOP, holders[0].name):
            things.engine.api.delete(f"/containers/{made[0]}", force=1)
        if step == (Doing.REMOVE_CONTAINER, holders[1].name):
            things.engine.api.delete(f"/containers/{made[1]}")

    _, told = remove_with(engine, volume, holders, remove)

    assert told == Removed(volume.name, Outcome.REMOVED), "and none of them is called ours"


def test_one_that_was_started_since_it_was_seen_is_refused(things: Things, engine: Engine) -> None:
    name = things.volume()
    container = things.container([f"{name}:/d"], ["sleep", "1000"])
    volume = named(engine, name)
    (holder,) = engine.holders(volume)
    things.engine.api.post(f"/containers/{container}/start")

    _, told = remove_with(engine, volume, [holder])

    kept(told, VolumeInUse, f"{holder.name} was started meanwhile")
    assert state(things.engine.api, container) == "running"


def test_one_that_is_started_after_it_was_stopped_is_never_forced(
    things: Things, engine: Engine
) -> None:
    volume, holders, made = held(things, engine)

    def start(step: Step) -> None:
        if step == (Doing.REMOVE_CONTAINER, holders[0].name):
            things.engine.api.post(f"/containers/{made[0]}/start")

    _, told = remove_with(engine, volume, holders, start)

    kept(told, EngineFailed, "running")
    assert told.containers == ()
    assert [state(things.engine.api, container) for container in made] == ["running", "running"]


def test_each_has_the_time_to_stop_that_is_its_own(things: Things, engine: Engine) -> None:
    volume, holders, (container,) = held(things, engine, STUBBORN, StopTimeout=2, StopSignal="TERM")
    assert holders[0].stop_timeout == 2
    begun = time.monotonic()
    statuses = []

    def look(step: Step) -> None:
        if step[0] is Doing.REMOVE_CONTAINER:
            statuses.append(inspected(things.engine.api, container)["State"]["ExitCode"])

    _, told = remove_with(engine, volume, holders, look)

    assert told.outcome is Outcome.REMOVED
    assert statuses == [137], "killed in the end"
    assert 2 <= time.monotonic() - begun < 10


def test_its_anonymous_volumes_stay_behind(things: Things, engine: Engine) -> None:
    name = things.volume()
    things.container([f"{name}:/d"], ["sleep", "1000"], start=True, Volumes={"/own": {}})
    volume = named(engine, name)
    holders = engine.holders(volume)
    (anonymous,) = holders[0].anonymous

    _, told = remove_with(engine, volume, holders)

    assert told.outcome is Outcome.REMOVED
    assert exists(things.engine.api, anonymous)
    removed(engine, named(engine, anonymous))


def test_one_started_with_rm_is_refused_while_it_runs_only(things: Things, engine: Engine) -> None:
    name = things.volume()
    host = {"NetworkMode": "none", "Binds": [f"{name}:/d"], "AutoRemove": True}
    container = things.container([], ["sleep", "1000"], HostConfig=host, Volumes={"/own": {}})
    volume = named(engine, name)
    (created,) = engine.holders(volume)
    assert created.refusal == ""
    things.engine.api.post(f"/containers/{container}/start")
    (running,) = engine.holders(volume)

    for chosen in (created, running):
        steps, told = remove_with(engine, volume, [chosen])
        kept(told, VolumeInUse, "--rm", "anonymous volumes")
        assert steps == [(Doing.CHECK, "")]
    assert state(things.engine.api, container) == "running"


def test_a_created_one_with_rm_goes_and_leaves_its_volumes(things: Things, engine: Engine) -> None:
    name = things.volume()
    host = {"NetworkMode": "none", "Binds": [f"{name}:/d"], "AutoRemove": True}
    things.container([], ["sleep", "1000"], HostConfig=host, Volumes={"/own": {}})
    volume = named(engine, name)
    holders = engine.holders(volume)

    _, told = remove_with(engine, volume, holders)

    assert told.outcome is Outcome.REMOVED
    (anonymous,) = holders[0].anonymous
    assert exists(things.engine.api, anonymous)
    removed(engine, named(engine, anonymous))


def test_nothing_is_stopped_that_cannot_be_noted(things: Things, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder of the journal would be")
    with closing(Engine(resolve(things.engine.url), state=tmp_path / "state")) as engine:
        volume, holders, (container,) = held(things, engine, ["sleep", "1000"])
        _, told = remove_with(engine, volume, holders)
    kept(told, EngineError, f"{holders[0].name} was not stopped", "cannot be written")
    assert state(things.engine.api, container) == "running"


def test_two_volumes_of_one_container_go_both(things: Things, engine: Engine) -> None:
    """It writes to both until it is stopped for the first one; the second is known to be the same
    although nobody holds it any more in its turn.
    """
    first, second = things.volume(), things.volume()
    script = "sleep 1.1; touch /a/written /b/written; sleep 1000"
    things.container([f"{first}:/a", f"{second}:/b"], ["sh", "-c", script], start=True)
    volumes = [named(engine, name) for name in (first, second)]
    holders = engine.holders(volumes[0])
    wait_for((things.folder(second) / "written").exists, "the container to write")

    told = [
        each
        for each in engine.remove(volumes, {first: holders, second: holders})
        if isinstance(each, Removed)
    ]

    assert told == [
        Removed(first, Outcome.REMOVED, None, (holders[0].name,)),
        Removed(second, Outcome.REMOVED),
    ]


def test_the_second_of_two_that_was_made_anew_meanwhile_stays(
    things: Things, engine: Engine
) -> None:
    first, second = things.volume(), things.volume()
    things.container([f"{first}:/a", f"{second}:/b"], ["sleep", "1000"], start=True)
    volumes = [named(engine, name) for name in (first, second)]
    holders = engine.holders(volumes[0])

    told: list[Removed] = []
    for each in engine.remove(volumes, {first: holders, second: holders}):
        if isinstance(each, Removed):
            told.append(each)
        elif (each.volume, each.doing) == (second, Doing.CHECK):
            things.engine.api.delete(f"/volumes/{second}")
            next_second(volumes[1].stamp)
            things.volume(second)

    assert told[0].outcome is Outcome.REMOVED
    kept(told[1], VolumeChanged, "made anew")
