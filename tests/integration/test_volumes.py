"""The list of volumes, on a real engine."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.engines.private import PrivateEngine
from tests.integration.conftest import Things, named
from tui.engine import Engine, resolve
from tui.engine.errors import VolumeNotFound
from tui.engine.model import ContainerState


def test_all_containers_are_found_and_each_of_their_mounts(engine: Engine, things: Things) -> None:
    volume = things.volume(Labels={"com.docker.compose.project": "shop"})
    twice = [f"{volume}:/data", f"{volume}:/backup:ro"]
    running = things.container(twice, ["sleep", "1000"], start=True)
    created = things.container([f"{volume}:/data"], ["true"])
    exited = things.container([f"{volume}:/data"], ["true"], start=True)
    things.engine.api.post(f"/containers/{exited}/wait")

    found = named(engine, volume)

    assert {(m.container_id, m.destination, m.read_only, m.state) for m in found.mounts} == {
        (running, "/data", False, ContainerState.RUNNING),
        (running, "/backup", True, ContainerState.RUNNING),
        (created, "/data", False, ContainerState.CREATED),
        (exited, "/data", False, ContainerState.EXITED),
    }
    assert found.containers == 3
    assert found.project == "shop"


def test_creation_time_is_unknown_where_the_engine_tells_another_time(
    engine: Engine, things: Things
) -> None:
    volume = things.volume()
    told = things.engine.api.get(f"/volumes/{volume}")["CreatedAt"]
    folder = things.folder(volume)
    past = datetime(2001, 1, 1, tzinfo=UTC).timestamp()
    assert folder.stat().st_ctime > past
    assert told
    assert named(engine, volume).created is None


def test_an_anonymous_volume_of_20_10_only_looks_anonymous(engine: Engine, things: Things) -> None:
    container = things.container(["/anonymous"], ["true"])
    attrs = things.engine.api.get(f"/containers/{container}/json")
    name = attrs["Mounts"][0]["Name"]
    found = named(engine, name)
    assert (found.anonymous, found.looks_anonymous, found.in_use) == (False, True, True)


def test_an_open_helper_is_nobodys_user(engine: Engine, things: Things) -> None:
    volume = things.volume()
    list(engine.open(named(engine, volume)).entries("/"))
    assert things.helpers(), "the helper is open"
    assert not named(engine, volume).in_use
    assert [helper.volume for helper in engine.helpers()] == [volume]


def test_long_names_and_hostile_labels_come_through(engine: Engine, things: Things) -> None:
    label = "\x1b]0;pwn\x07[/]\u202e" + "x" * 2000
    volume = things.volume("v" * 200, Labels={"evil": label, "\x1b[2J": ""})
    found = named(engine, volume)
    assert found.labels == {"evil": label, "\x1b[2J": ""}


def test_sizes_are_measured_kept_and_aged(
    engine_20: PrivateEngine, engine: Engine, things: Things, tmp_path: Path
) -> None:
    volumes = [things.volume() for _ in range(6)]
    for number, name in enumerate(volumes):
        (things.folder(name) / "file").write_bytes(b"x" * 1000 * number)
    (things.folder(volumes[5]) / "link").hardlink_to(things.folder(volumes[5]) / "file")
    foreign = things.volume(DriverOpts={"type": "nfs", "device": ":/x", "o": "addr=192.0.2.1"})
    assert named(engine, volumes[0]).size is None

    measured = dict(engine.sizes(engine.volumes()))

    assert [measured[name].size for name in volumes] == [0, 1000, 2000, 3000, 4000, 5000]
    assert measured[volumes[5]].files == 2
    assert foreign not in measured
    assert named(engine, foreign).size is None
    assert not things.helpers()
    assert not dict(engine.sizes(engine.volumes())), "all of them are fresh"
    later = Engine(resolve(engine_20.url), state=tmp_path / "state")
    kept = named(later, volumes[3]).size
    later.close()
    assert kept is not None
    assert kept.size == 3000
    assert datetime.now(UTC) - kept.measured < timedelta(minutes=1)


def test_a_measurement_that_is_closed_leaves_no_helper(engine: Engine, things: Things) -> None:
    for _ in range(6):
        things.volume()
    sizes = engine.sizes(engine.volumes())
    next(sizes)
    assert things.helpers(), "it is in the middle"
    sizes.close()
    assert not things.helpers()


def test_one_volume_that_cannot_be_mounted_spoils_no_other_size(
    engine: Engine, things: Things
) -> None:
    volumes = [things.volume() for _ in range(3)]
    things.folder(volumes[1]).rename(things.folder(volumes[1]).with_name("gone"))
    listed = [volume for volume in engine.volumes() if volume.name in volumes]
    assert set(dict(engine.sizes(listed))) == {volumes[0], volumes[2]}
    things.folder(volumes[1]).with_name("gone").rename(things.folder(volumes[1]))


def test_inspect_is_the_engines_answer_with_secrets_masked(engine: Engine, things: Things) -> None:
    options = {"type": "cifs", "device": "//host/share", "o": "username=joe,password=hush"}
    volume = things.volume(DriverOpts=options)
    attrs = engine.inspect(volume)
    assert attrs["Name"] == volume
    assert attrs["Options"]["o"] == "username=joe,password=****"
    with pytest.raises(VolumeNotFound, match="no volume named nowhere"):
        engine.inspect("nowhere")


@pytest.mark.parametrize("moment", [0.0, 0.02, 0.05, 0.1, 0.2, 0.3])
def test_closing_in_the_middle_of_a_measurement_leaves_no_helper(
    engine: Engine, things: Things, moment: float
) -> None:
    """Whether the helper is being created, started or asked, or not yet."""
    for _ in range(6):
        things.volume()
    listed = engine.volumes()
    measuring = threading.Thread(target=lambda: list(engine.sizes(listed)), daemon=True)
    measuring.start()
    measuring.join(moment)
    engine.close()
    assert not things.helpers()
    measuring.join()
