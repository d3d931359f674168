"""Removing volumes on a real engine: exactly the named ones, each looked at again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.engines.private import PrivateEngine
from tests.engines.proxy import FaultProxy
from tests.engines.waiting import wait_for
from tests.integration.conftest import Things, named
from tests.integration.removals import exists, held, kept, next_second, remove_with, removed, state
from tui.engine import Engine, resolve
from tui.engine.creating import NewVolume
from tui.engine.errors import (
    CallRefused,
    HelperFailed,
    HelperLost,
    NameTaken,
    VolumeChanged,
    VolumeInUse,
    VolumeNotFound,
)
from tui.engine.removing import Doing, Outcome, Removed


def test_an_unused_volume_goes_although_it_is_being_browsed(things: Things, engine: Engine) -> None:
    volume = named(engine, things.volume())
    engine.open(volume).stat("/")

    assert removed(engine, volume) == [Removed(volume.name, Outcome.REMOVED)]
    assert not exists(things.engine.api, volume.name)


def test_a_live_view_ends_and_brings_nothing_back(things: Things, engine: Engine) -> None:
    volume = named(engine, things.volume())
    files = engine.open(volume)
    with closing(files.watch("/")) as changes:
        next(changes)
        assert things.helpers()
        assert removed(engine, volume)[0].outcome is Outcome.REMOVED
        with pytest.raises((HelperLost, HelperFailed, VolumeNotFound)):
            list(changes)
    with pytest.raises(VolumeNotFound):
        files.stat("/")
    assert not exists(things.engine.api, volume.name)
    assert not things.helpers()


def test_nothing_reads_a_volume_while_it_is_being_removed(things: Things, engine: Engine) -> None:
    volume = named(engine, things.volume())
    removal = engine.remove([volume])
    next(removal)
    with pytest.raises(HelperFailed, match="is being removed"):
        engine.open(volume).stat("/")
    assert dict(engine.sizes([volume])) == {}
    removal.close()
    assert engine.open(volume).stat("/")


def test_a_measurement_gives_way_and_goes_on_with_the_others(
    things: Things, engine: Engine
) -> None:
    volumes = [named(engine, things.volume()) for _ in range(4)]
    with closing(engine.sizes(volumes)) as sizes:
        first, _ = next(sizes)
        assert first == volumes[0].name
        assert len(things.helpers()) == 1
        assert removed(engine, volumes[3])[0].outcome is Outcome.REMOVED
        measured = {name for name, _ in sizes}
    assert volumes[2].name in measured
    assert volumes[3].name not in measured
    assert not things.helpers()


def test_the_helper_of_another_voltui_is_named_and_not_touched(
    things: Things, engine: Engine
) -> None:
    volume = named(engine, things.volume())
    with closing(Engine(resolve(things.engine.url))) as other:
        other.open(volume).stat("/")
        (told,) = removed(engine, volume)
        kept(told, VolumeInUse, "the helper of voltui ")
        assert told.error is not None
        assert "ends by itself" in told.error.hint
        assert other.open(volume).stat("/")
    wait_for(lambda: not things.helpers(), "the end of the other's helper")
    assert removed(engine, volume)[0].outcome is Outcome.REMOVED


def test_a_volume_in_use_stays_and_its_holder_is_named(things: Things, engine: Engine) -> None:
    name = things.volume()
    labels = {"com.docker.compose.project": "shop"}
    container = things.container([f"{name}:/data"], ["true"], Labels=labels)
    holder = things.engine.api.get(f"/containers/{container}/json")["Name"].lstrip("/")

    (told,) = removed(engine, named(engine, name))

    kept(told, VolumeInUse, f"{name} is in use by {holder} (created, of project shop).")
    assert exists(things.engine.api, name)


def test_one_that_came_into_use_since_it_was_listed_stays(things: Things, engine: Engine) -> None:
    volumes = [named(engine, things.volume()) for _ in range(3)]
    things.container([f"{volumes[1].name}:/data"], ["sleep", "1000"], start=True)

    told = removed(engine, *volumes)

    assert [each.outcome for each in told] == [Outcome.REMOVED, Outcome.KEPT, Outcome.REMOVED]
    kept(told[1], VolumeInUse, "running")


def test_one_that_comes_into_use_in_the_last_moment_stays(things: Things, engine: Engine) -> None:
    """The engine's own refusal is told with the name of who came."""
    volume = named(engine, things.volume())

    def come(step: tuple[Doing, str]) -> None:
        if step[0] is Doing.REMOVE_VOLUME:
            things.container([f"{volume.name}:/data"], ["true"])

    _, told = remove_with(engine, volume, [], come)
    kept(told, VolumeInUse, "(created)")


def test_one_that_somebody_else_removed_is_told_as_that(things: Things, engine: Engine) -> None:
    volume = named(engine, things.volume())
    things.engine.api.delete(f"/volumes/{volume.name}")

    (told,) = removed(engine, volume)

    assert told.outcome is Outcome.GONE
    assert isinstance(told.error, VolumeNotFound)
    assert not exists(things.engine.api, volume.name), "nor is it made again"


def test_one_made_anew_with_other_labels_stays(things: Things, engine: Engine) -> None:
    before = named(engine, things.volume())
    things.engine.api.delete(f"/volumes/{before.name}")
    things.volume(before.name, Labels={"other": "one"})

    (told,) = removed(engine, before)

    kept(told, VolumeChanged, "made anew")
    assert exists(things.engine.api, before.name)


def test_one_made_anew_just_alike_stays(things: Things, engine: Engine) -> None:
    """Docker 20.10 tells no creation: the stamp of the root folder has moved."""
    before = named(engine, things.volume())
    things.engine.api.delete(f"/volumes/{before.name}")
    next_second(before.stamp)
    things.volume(before.name)
    (things.folder(before.name) / "other").write_text("content")

    (told,) = removed(engine, before)

    kept(told, VolumeChanged, "was changed or made anew since it was listed")
    assert told.error is not None
    assert "Refresh" in told.error.hint
    assert removed(engine, named(engine, before.name))[0].outcome is Outcome.REMOVED


def test_a_volume_that_its_listed_holder_writes_to_is_the_same(
    things: Things, engine: Engine
) -> None:
    volume, holders, _ = held(things, engine, ["sleep", "1000"])
    next_second(volume.stamp)
    (things.folder(volume.name) / "written").touch()
    assert things.engine.api.get(f"/volumes/{volume.name}")["CreatedAt"] != volume.stamp

    _, told = remove_with(engine, volume, holders)

    assert told.outcome is Outcome.REMOVED


def test_one_whose_listed_holder_went_with_it_and_that_is_another_now_stays(
    things: Things, engine: Engine
) -> None:
    volume, holders, (container,) = held(things, engine, ["sleep", "1000"])
    things.engine.api.delete(f"/containers/{container}", force=1)
    things.engine.api.delete(f"/volumes/{volume.name}")
    next_second(volume.stamp)
    things.volume(volume.name)

    _, told = remove_with(engine, volume, holders)

    kept(told, VolumeChanged, "made anew")


def test_a_failure_does_not_stop_the_rest_and_nothing_else_goes(
    things: Things, engine: Engine
) -> None:
    spared = things.volume()
    gone, busy, free = (named(engine, things.volume()) for _ in range(3))
    things.engine.api.delete(f"/volumes/{gone.name}")
    things.container([f"{busy.name}:/d"], ["true"])
    before = {volume.name for volume in engine.volumes()}

    told = removed(engine, gone, busy, free)

    assert [(each.volume, each.outcome) for each in told] == [
        (gone.name, Outcome.GONE),
        (busy.name, Outcome.KEPT),
        (free.name, Outcome.REMOVED),
    ]
    assert {volume.name for volume in engine.volumes()} == before - {free.name}
    assert exists(things.engine.api, spared)


@pytest.fixture
def proxy(things: Things, make_proxy: Callable[[PrivateEngine], FaultProxy]) -> FaultProxy:
    return make_proxy(things.engine)


@pytest.fixture
def behind(proxy: FaultProxy) -> Iterator[Engine]:
    with closing(Engine(resolve(proxy.url), deadline=2.0)) as opened:
        yield opened


def test_a_proxy_that_allows_reading_only_is_named(
    things: Things, proxy: FaultProxy, behind: Engine
) -> None:
    volume, holders, (container,) = held(things, behind, ["sleep", "1000"])
    unused = named(behind, things.volume())
    proxy.refused_methods = frozenset({"DELETE", "POST"})

    kept(removed(behind, unused)[0], CallRefused, f"DELETE /volumes/{unused.name}")
    _, told = remove_with(behind, volume, holders)
    kept(told, CallRefused, "/stop")
    assert state(things.engine.api, container) == "running"


def test_a_lost_answer_is_settled_by_asking_again(
    things: Things, proxy: FaultProxy, behind: Engine
) -> None:
    volume = named(behind, things.volume())
    proxy.lost_methods = frozenset({"DELETE"})

    (told,) = removed(behind, volume)

    assert told == Removed(volume.name, Outcome.REMOVED)
    assert not exists(things.engine.api, volume.name)


def test_a_lost_answer_to_the_removal_of_a_container_is_settled_too(
    things: Things, proxy: FaultProxy, behind: Engine
) -> None:
    """The container is gone and told as removed; the volume was not asked for any more."""
    volume, holders, (container,) = held(things, behind, ["sleep", "1000"])
    proxy.lost_methods = frozenset({"DELETE"})

    _, told = remove_with(behind, volume, holders)

    assert told.outcome is Outcome.NOT_TRIED
    assert told.containers == (holders[0].name,)
    assert state(things.engine.api, container) == "gone"
    assert exists(things.engine.api, volume.name)


def test_an_unused_volume_costs_three_calls(
    things: Things, proxy: FaultProxy, behind: Engine
) -> None:
    volumes = [named(behind, things.volume()) for _ in range(5)]
    removed(behind, volumes[0])
    proxy.reset_counts()
    assert all(each.outcome is Outcome.REMOVED for each in removed(behind, *volumes[1:]))
    assert len(proxy.requests) == 3 * 4


def test_an_existing_name_is_refused(things: Things, engine: Engine) -> None:
    name = things.volume(Labels={"old": "yes"})

    with pytest.raises(NameTaken):
        engine.create(NewVolume(name))

    assert things.engine.api.get(f"/volumes/{name}")["Labels"] == {"old": "yes"}
