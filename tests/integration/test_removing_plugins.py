"""Volumes of drivers that cannot remove them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.engines.plugin import VolumePlugin
from tests.engines.private import PrivateEngine
from tests.integration.conftest import Make, named
from tests.integration.removals import exists, kept, removed
from tui.engine import Engine, resolve
from tui.engine.errors import EngineFailed
from tui.engine.model import Volume
from tui.engine.removing import Outcome


@pytest.fixture
def private(fresh_engine: Make) -> PrivateEngine:
    private: PrivateEngine = fresh_engine()
    return private


@pytest.fixture
def plugin(private: PrivateEngine) -> Iterator[VolumePlugin]:
    with VolumePlugin(private.path("/run/docker/plugins/cloud.sock")) as running:
        yield running


@pytest.fixture
def engine(private: PrivateEngine) -> Iterator[Engine]:
    with closing(Engine(resolve(private.url))) as opened:
        yield opened


@pytest.fixture
def volumes(private: PrivateEngine, plugin: VolumePlugin, engine: Engine) -> list[Volume]:
    for name, driver in (("before", "local"), ("remote", plugin.name), ("than", "local")):
        private.api.post("/volumes/create", {"Name": name, "Driver": driver})
    return [named(engine, name) for name in ("before", "remote", "than")]


def test_a_driver_that_refuses_is_quoted_and_stops_no_other(
    private: PrivateEngine, plugin: VolumePlugin, engine: Engine, volumes: list[Volume]
) -> None:
    plugin.refuses = "the bucket has object locks until 2031"

    told = removed(engine, *volumes)

    assert [each.outcome for each in told] == [Outcome.REMOVED, Outcome.KEPT, Outcome.REMOVED]
    kept(told[1], EngineFailed, "the bucket has object locks until 2031")
    assert exists(private.api, "remote")
    plugin.refuses = ""
    assert removed(engine, volumes[1])[0].outcome is Outcome.REMOVED
    assert not plugin.volumes


@pytest.mark.slow
def test_a_driver_that_is_gone_is_named(
    plugin: VolumePlugin, engine: Engine, volumes: list[Volume]
) -> None:
    plugin.close()  # From now on the engine takes 15 s for whatever asks all drivers.
    told = removed(engine, *volumes)
    assert [each.outcome for each in told] == [Outcome.REMOVED, Outcome.KEPT, Outcome.REMOVED]
    kept(told[1], EngineFailed, "cloud")


@pytest.mark.slow
def test_a_driver_that_is_gone_hides_no_volume(
    private: PrivateEngine, plugin: VolumePlugin, volumes: list[Volume]
) -> None:
    plugin.close()
    with closing(Engine(resolve(private.url), deadline=3.0)) as hasty:
        assert {volume.name for volume in hasty.volumes()} == {"before", "remote", "than"}
