"""The same on Docker 26.1 (API 1.45) and Podman 4.3 as on Docker 20.10."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.engines.packages import podman_programs, trixie_docker_programs
from tests.engines.podman import Podman
from tests.engines.private import PrivateEngine
from tests.engines.waiting import wait_for
from tests.integration.conftest import named
from tui.engine import Engine, resolve
from tui.engine.errors import VolumeNotFound

pytestmark = pytest.mark.slow

_CAPS = {"CapP", "CapE", "CapB"}
"""Begins of the lines of /proc/PID/status that tell what a process may do, or get."""

_TO_WRITE = (0, 1, 3, 4, 27, 31)
"""CHOWN DAC_OVERRIDE FOWNER FSETID MKNOD SETFCAP: linux/capability.h."""

Other = PrivateEngine | Podman


@pytest.fixture(scope="module", params=["Docker 26.1", "Podman 4.3"])
def other(request: pytest.FixtureRequest) -> Iterator[Other]:
    if request.param == "Podman 4.3":
        with Podman(podman_programs()) as podman:
            yield podman
    else:
        with PrivateEngine(programs=trixie_docker_programs()) as docker:
            yield docker


@pytest.fixture
def opened(other: Other, tmp_path: Path) -> Iterator[Engine]:
    with closing(Engine(resolve(other.url), state=tmp_path)) as engine:
        yield engine


@contextmanager
def volume(other: Other, **body: object) -> Iterator[str]:
    name = str(other.api.post("/volumes/create", body)["Name"])
    yield name
    other.api.delete(f"/volumes/{name}", force=1)


def helpers(other: Other) -> list[object]:
    filters = '{"label":["voltui.helper"]}'
    return list(other.api.get("/containers/json", all=1, filters=filters))


def test_the_engine_tells_what_it_is(other: Other, opened: Engine) -> None:
    info = opened.info()
    expected = ("Podman", (1, 41)) if isinstance(other, Podman) else ("Docker", (1, 45))
    assert (info.name, info.api) == expected
    assert info.architecture in {"amd64", "arm64"}


def test_a_volume_is_listed_read_and_measured(other: Other, opened: Engine) -> None:
    with volume(other, Name="data", Labels={"com.docker.compose.project": "shop"}) as name:
        folder = other.path(other.api.get(f"/volumes/{name}")["Mountpoint"])
        (folder / "file").write_bytes(b"x" * 5000)
        listed = named(opened, name)
        assert listed.project == "shop"
        assert listed.created is not None
        assert dict(opened.sizes([listed]))[name].size == 5000
        files = opened.open(listed)
        assert [entry.name for batch in files.entries("/") for entry in batch] == ["file"]
        assert files.read("/file", 0, 10).data == b"x" * 10
        assert helpers(other)
        assert not named(opened, name).in_use
        opened.close()
        wait_for(lambda: not helpers(other), "the end of the helper")


def test_an_anonymous_volume_survives_being_browsed(other: Other, opened: Engine) -> None:
    with volume(other) as name:
        listed = named(opened, name)
        assert listed.anonymous or listed.looks_anonymous
        list(opened.open(listed).entries("/"))
        opened.close()
        wait_for(lambda: not helpers(other), "the end of the helper")
        assert other.api.get(f"/volumes/{name}")["Name"] == name


def test_a_deleted_volume_is_not_made_again(other: Other, opened: Engine) -> None:
    with volume(other, Name="going") as name:
        listed = named(opened, name)
        other.api.delete(f"/volumes/{name}")
        with pytest.raises(VolumeNotFound):
            opened.open(listed).stat("/")
        assert name not in {found.name for found in opened.volumes()}
        other.api.post("/volumes/create", {"Name": name})


def test_a_volume_is_emptied_and_stays(other: Other, opened: Engine) -> None:
    with volume(other, Name="full", Labels={"kept": "yes"}) as name:
        folder = other.path(other.api.get(f"/volumes/{name}")["Mountpoint"])
        (folder / "folder").mkdir()
        (folder / "folder" / "file").write_bytes(b"x" * 5000)
        os.chown(folder, 999, 888)
        folder.chmod(0o1750)
        files = opened.open(named(opened, name))
        assert [entry.name for batch in files.entries("/") for entry in batch] == ["folder"]
        *_, last = opened.empty(files.volume, root=files.root)
        assert (last.files, last.directories, last.size, last.remaining) == (1, 1, 5000, 0)
        assert list(files.entries("/")) == []
        # Podman gives a volume the owner and mode of where its first container mounts it.
        assert (folder.stat().st_uid, folder.stat().st_gid) == (999, 888)
        assert folder.stat().st_mode & 0o7777 == 0o1750
        assert named(opened, name).labels == {"kept": "yes"}
        opened.close()
        wait_for(lambda: not helpers(other), "the end of the helpers")


def test_the_helper_that_writes_has_its_rights_and_no_more(other: Other, opened: Engine) -> None:
    with volume(other, Name="written") as name:
        with opened.open_helpers().writing(named(opened, name)):
            (listed,) = opened.helpers()
            attrs = other.api.get(f"/containers/{listed.container_id}/json")
            status = other.path(f"/proc/{attrs['State']['Pid']}/status").read_text()
        assert not listed.read_only
        rights = {int(line.split()[1], 16) for line in status.splitlines() if line[:4] in _CAPS}
        assert rights == {sum(1 << number for number in _TO_WRITE)}
        wait_for(lambda: not helpers(other), "the end of the helper")
