"""HelperContainer: our container that mounts volumes and runs the agent.

Sources: Engine API `POST /containers/create`, `/start`, `DELETE /containers/{id}`. A running
helper ends itself when its stdin ends; the sweep removes only those that cannot run any more.
"""

from __future__ import annotations

import json
import logging
import os
import socket
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any

from tui.engine.agent import AgentConnection
from tui.engine.attach import attach
from tui.engine.cancel import working_for
from tui.engine.connection import Connection
from tui.engine.errors import (
    CallRefused,
    EngineError,
    EngineFailed,
    EngineTimeout,
    EngineUnreachable,
    HelperFailed,
    VolumeNotFound,
)
from tui.engine.identity import inspect_volume, refuse_other
from tui.engine.image import MOUNTPOINT, image_tag, load_image
from tui.engine.model import ContainerState, EngineInfo, Helper, Volume
from tui.engine.volumes import (
    CLIENT_LABEL,
    HELPER_LABEL,
    JOB_LABEL,
    VOLUME_LABEL,
    parse_helpers,
    parse_time,
)

if TYPE_CHECKING:
    from docker.api.client import APIClient

_log = logging.getLogger(__name__)

_START_DEADLINE = 60.0
_MEMORY = 256 * 1024 * 1024
_TO_READ = ["DAC_OVERRIDE"]
_TO_WRITE = ["DAC_OVERRIDE", "FOWNER", "CHOWN", "FSETID", "MKNOD", "SETFCAP"]
_NEVER_STARTED_FOR = timedelta(minutes=2)


class HelperContainer:
    """A running helper; one volume stands at the agent's root, several at `/0`, `/1`, … of it."""

    def __init__(self, connection: Connection, container: str, agent: AgentConnection) -> None:
        self._connection = connection
        self.container = container
        """Name of the container."""
        self.agent = agent

    @classmethod
    def start(
        cls,
        connection: Connection,
        info: EngineInfo,
        volumes: Sequence[Volume],
        *,
        writing: Collection[str] = (),
    ) -> HelperContainer:
        """Mount the volumes, read-only but those whose names are in `writing`, and speak to the
        agent; raises `EngineError`.

        A volume that is gone is not made again: it is looked at right before and right after the
        container is created, and one that this creation made is removed. Whatever fails, the
        container is removed by its name, as an answer that was lost may have made it.
        """
        for volume in volumes:
            refuse_other(volume, inspect_volume(connection, volume.name))
        job = os.urandom(8).hex()
        container = f"voltui-{job}"
        try:
            _create(connection, _payload(info, volumes, job, writing), info, container)
            _refuse_ghosts(connection, volumes, job)
            agent = _start(connection, container)
        except BaseException:
            with working_for(None):
                _discard(connection, container, volumes, job)
            raise
        names = [volume.name for volume in volumes]
        _log.debug("%s mounts %r, to write to %r", container, names, list(writing))
        return cls(connection, container, agent)

    def close(self) -> None:
        """Remove the container, never a volume with it; after that the volume is free.

        Where the engine cannot do it, the helper ends by itself as its stdin ends.
        """
        _log.debug("%s is closed", self.container)
        try:
            _remove(self._connection, self.container)
        except EngineError as error:
            _log.debug("%s was not removed: %s", self.container, error)
        finally:
            self.agent.close()


def this_client() -> str:
    """Tells this voltui from others: `host/pid`."""
    return f"{socket.gethostname()}/{os.getpid()}"


def list_helpers(connection: Connection) -> list[Helper]:
    """All helper containers on the engine, those of other clients included."""
    filters = json.dumps({"label": [HELPER_LABEL]})
    return parse_helpers(connection.get("/containers/json", all="1", filters=filters))


def sweep_helpers(connection: Connection) -> list[str]:
    """Remove helpers that ended, or were created 2 minutes ago and never started; their ids."""
    helpers = list_helpers(connection)
    if all(helper.state is ContainerState.RUNNING for helper in helpers):
        return []
    now = parse_time(connection.get("/info").get("SystemTime")) or datetime.now(UTC)
    removed = []
    for helper in helpers:
        late = helper.created is not None and now - helper.created > _NEVER_STARTED_FOR
        ended = helper.state in {ContainerState.EXITED, ContainerState.DEAD}
        if ended or (helper.state is ContainerState.CREATED and late):
            try:
                _remove(connection, helper.container_id)
            except EngineFailed as error:
                _log.debug("%s was not removed: %s", helper.name, error)
            else:
                removed.append(helper.container_id)
    return removed


def _remove_volume(client: APIClient, name: str) -> None:
    client.remove_volume(name)


def _create(connection: Connection, payload: dict[str, Any], info: EngineInfo, name: str) -> None:
    def create(client: APIClient) -> None:
        client.create_container_from_config(payload, name=name)

    try:
        connection.call(create, _START_DEADLINE)
    except EngineFailed as error:
        if error.status != 404:
            raise
        load_image(connection, info.architecture)
        connection.call(create, _START_DEADLINE)


def _payload(
    info: EngineInfo, volumes: Sequence[Volume], job: str, writing: Collection[str]
) -> dict[str, Any]:
    """The create payload: no network, no log, nothing writable but the volumes in `writing`."""
    return {
        "Image": image_tag(info.architecture),
        "User": "0:0",
        "Tty": False,
        "OpenStdin": True,
        "StdinOnce": True,
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "NetworkDisabled": True,
        "Healthcheck": {"Test": ["NONE"]},
        "StopSignal": "SIGKILL",
        "Env": [f"GOMEMLIMIT={_MEMORY * 3 // 4}"],
        "Labels": {
            HELPER_LABEL: "1",
            VOLUME_LABEL: ",".join(volume.name for volume in volumes),
            CLIENT_LABEL: this_client(),
        },
        "HostConfig": {
            **_host_config(info, bool(writing)),
            "Mounts": list(_mounts(info, volumes, job, writing)),
        },
    }


def _host_config(info: EngineInfo, writes: bool) -> dict[str, Any]:
    """Rights and limits."""
    return {
        "NetworkMode": "none",
        # Podman deletes the anonymous volumes that are mounted together with the container.
        "AutoRemove": info.name != "Podman",
        "ReadonlyRootfs": True,
        "CapDrop": ["ALL"],
        "CapAdd": _TO_WRITE if writes else _TO_READ,
        "SecurityOpt": ["no-new-privileges:true", "label=disable"],
        "PidsLimit": 128,
        # Pages of a tmpfs volume count as the memory of who wrote them, and kill it.
        **({} if writes else {"Memory": _MEMORY, "MemorySwap": _MEMORY}),
        "LogConfig": {"Type": "none"},
    }


def _mounts(
    info: EngineInfo, volumes: Sequence[Volume], job: str, writing: Collection[str]
) -> Iterator[dict[str, Any]]:
    """One volume at the agent's root, several below it by their number."""
    for index, volume in enumerate(volumes):
        target = MOUNTPOINT if len(volumes) == 1 else f"{MOUNTPOINT}/{index}"
        yield _mount(info, volume, target, job, volume.name in writing)


def _mount(
    info: EngineInfo, volume: Volume, target: str, job: str, writing: bool
) -> dict[str, Any]:
    if info.name == "Podman" and volume.plain and volume.mountpoint:
        # The first container that mounts a volume there gives its root folder the owner and mode
        # that the target has in its image (run on 4.3), once: ours must not be that one.
        return {
            "Type": "bind",
            "Source": volume.mountpoint,
            "Target": target,
            "ReadOnly": not writing,
        }
    return {
        "Type": "volume",
        "Source": volume.name,
        "Target": target,
        "ReadOnly": not writing,
        "VolumeOptions": {"NoCopy": True, "Labels": {JOB_LABEL: job}},
    }


def _refuse_ghosts(connection: Connection, volumes: Sequence[Volume], job: str) -> None:
    """Refuse what vanished meanwhile: the engine made it anew, empty, with our label."""
    for volume in volumes:
        attrs = inspect_volume(connection, volume.name)
        if _made_by(attrs, job):
            raise VolumeNotFound(f"There is no volume named {volume.name}.")
        refuse_other(volume, attrs)


def _discard(connection: Connection, container: str, volumes: Sequence[Volume], job: str) -> None:
    """Remove a container that did not become a helper, and volumes that came with it."""
    with suppress(EngineError):
        _remove(connection, container)
    for volume in volumes:
        with suppress(EngineError):
            if _made_by(inspect_volume(connection, volume.name), job):
                connection.call(partial(_remove_volume, name=volume.name))


def _made_by(attrs: dict[str, Any], job: str) -> bool:
    return (attrs.get("Labels") or {}).get(JOB_LABEL) == job


def _start(connection: Connection, container: str) -> AgentConnection:
    try:
        stream = attach(connection.endpoint, connection.api_version(), container, _START_DEADLINE)
    except EngineFailed as error:
        raise _not_started(error) from error
    agent = AgentConnection(stream)
    try:
        connection.call(lambda client: client.start(container), _START_DEADLINE)
        agent.hello()
    except EngineFailed as error:
        agent.close()
        raise _not_started(error) from error
    except BaseException:
        agent.close()
        raise
    return agent


def _not_started(error: EngineFailed) -> HelperFailed:
    return HelperFailed(
        f"The engine could not mount the volume: {error}",
        hint="The driver or its options may be wrong, or its storage is away.",
    )


def _remove(connection: Connection, container: str) -> None:
    """Remove a helper and never a volume; one that is gone is fine, one that is going is awaited.

    Where the engine does not answer or refuses, the helper ends by itself as its stdin ends.
    """

    def remove(client: APIClient) -> None:
        client.remove_container(container, force=True, v=False)

    def wait(client: APIClient) -> None:
        client.wait(container, condition="removed", timeout=ceil(connection.deadline))

    try:
        try:
            connection.call(remove)
        except EngineFailed as error:
            if error.status != 409:
                raise
            connection.call(wait)
    except EngineFailed as error:
        if error.status != 404:
            raise
    except (EngineUnreachable, EngineTimeout, CallRefused):
        return
