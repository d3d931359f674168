"""Archives of volumes through the engine against its own archive call, which `docker cp` makes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial

import docker

from tests.bench.packing import fill
from tests.bench.ratio import Ratio, timed
from tests.engines.private import PrivateEngine
from tui.engine import Engine, resolve
from tui.engine.agent import AgentConnection
from tui.engine.protocol import FrameType, answer_object

_FILES = 50_000
_GIB = 1 << 30


def sending(engine: PrivateEngine) -> Iterator[Ratio]:
    """50,000 files of 1 KB and one of 1 GiB, each in a volume that is a tmpfs."""
    with (
        closing(Engine(resolve(engine.url))) as client,
        closing(docker.APIClient(engine.url, timeout=600)) as peer,
    ):
        for name, what, files, size, faster in (
            ("bench-many", "50,000 files of 1 KB", _FILES, 1024, 1.5),
            ("bench-large", "1 file of 1 GiB", 1, _GIB, 1.0),
        ):
            # The engine would unmount a tmpfs that no container holds.
            options = {"type": "tmpfs", "device": "tmpfs"}
            made = engine.api.post("/volumes/create", {"Name": name, "DriverOpts": options})
            volume = next(volume for volume in client.volumes() if volume.name == name)
            mounts = [f"{name}:/data"]
            container = peer.create_container(
                engine.busybox(),
                ["sleep", "3600"],
                host_config=peer.create_host_config(binds=mounts),
            )
            peer.start(container)
            with client.open_helpers().working([volume]) as agent:
                fill(engine.path(made["Mountpoint"]), files, size)
                yield Ratio(
                    f"send {what} through the engine / docker cp -",
                    faster,
                    timed(partial(_send, agent, files, size)),
                    timed(partial(_docker_cp, peer, container["Id"], files, size)),
                    rounds=5,
                    faster=True,
                )
            peer.remove_container(container, force=True)


def _send(agent: AgentConnection, files: int, size: int) -> None:
    stream = 0
    with agent.request("pack", "/", bulk=True) as answers:
        for frame in answers:
            if frame.type is FrameType.DATA:
                stream += len(frame.payload)
    done = answer_object(frame.payload)
    assert (done["files"], done["size"], done["stream"]) == (files, files * size, stream)


def _docker_cp(client: docker.APIClient, container: str, files: int, size: int) -> None:
    parts, _ = client.get_archive(container, "/data", chunk_size=1 << 20)
    assert sum(map(len, parts)) > files * (size + 512)
