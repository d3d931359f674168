"""What the tests on a real engine share."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import docker
import pytest

from tests.engines.api import EngineAPIError
from tests.engines.private import PrivateEngine
from tests.engines.waiting import wait_for
from tui.engine import Engine, resolve
from tui.engine.model import Volume


class Things:
    """Volumes and containers of one test on one engine, removed at its end."""

    def __init__(self, engine: PrivateEngine) -> None:
        self.engine = engine
        self._volumes: list[str] = []
        self._containers: list[str] = []

    def volume(self, name: str = "", **body: object) -> str:
        """Create a volume; its name."""
        name = name or f"test-{secrets.token_hex(4)}"
        self.engine.api.post("/volumes/create", {"Name": name, **body})
        self._volumes.append(name)
        return name

    def name(self) -> str:
        """A name for a volume that somebody else makes; it is removed at the end."""
        return self.owned(f"test-{secrets.token_hex(4)}")

    def owned(self, name: str) -> str:
        """That name, for a volume that is removed at the end."""
        self._volumes.append(name)
        return name

    def container(
        self, binds: list[str], command: list[str], *, start: bool = False, **body: object
    ) -> str:
        """Create a container of the busybox image with mounts; its id."""
        answer = self.engine.api.post(
            "/containers/create",
            {
                "Image": self.engine.busybox(),
                "Cmd": command,
                "StopSignal": "SIGKILL",
                "HostConfig": {"Binds": binds, "NetworkMode": "none"},
                **body,
            },
        )
        container = str(answer["Id"])
        self._containers.append(container)
        if start:
            self.engine.api.post(f"/containers/{container}/start")
        return container

    def folder(self, volume: str) -> Path:
        """The mountpoint of a volume as this machine sees it."""
        return self.engine.path(self.engine.api.get(f"/volumes/{volume}")["Mountpoint"])

    def remove_volume(self, name: str) -> None:
        """Remove a volume before the test's end, as soon as no helper has it."""
        wait_for(lambda: not self.helpers(), "the end of the helpers")
        self.engine.api.delete(f"/volumes/{name}")

    def log(self, container: str) -> str:
        """What a container wrote to stdout and stderr so far."""
        with closing(docker.APIClient(self.engine.url, version="1.41")) as client:
            return bytes(client.logs(container)).decode()

    def helpers(self) -> list[str]:
        """Ids of the helper containers on the engine, in any state."""
        filters = '{"label":["voltui.helper"]}'
        found = self.engine.api.get("/containers/json", all=1, filters=filters)
        return [str(container["Id"]) for container in found]

    def remove(self) -> None:
        """Remove what is left of all that was made; the helpers of the test have to be gone."""
        own = set(self.helpers()) - set(self._containers)
        wait_for(lambda: not own & set(self.helpers()), "the end of the test's helpers")
        for container in self._containers:
            _remove(self.engine, f"/containers/{container}", force=1, v=1)
        for volume in self._volumes:
            _remove(self.engine, f"/volumes/{volume}")


def _remove(engine: PrivateEngine, path: str, **query: object) -> None:
    try:
        engine.api.delete(path, **query)
    except EngineAPIError as error:
        if error.status != 404:
            raise


@pytest.fixture
def things(engine_20: PrivateEngine) -> Iterator[Things]:
    """A factory of volumes and containers on the session's engine."""
    made = Things(engine_20)
    yield made
    made.remove()


@pytest.fixture
def engine(things: Things, tmp_path: Path) -> Iterator[Engine]:
    """The session's engine as voltui sees it; closed before the things are removed."""
    with closing(Engine(resolve(things.engine.url), state=tmp_path / "state")) as opened:
        yield opened


def named(engine: Engine, name: str) -> Volume:
    """The volume of that name, as listed."""
    return next(volume for volume in engine.volumes() if volume.name == name)


Make = Callable[..., PrivateEngine]
"""The fixture `fresh_engine`: a started engine that a test may break."""
