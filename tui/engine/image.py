"""The helper's image: one static binary, given to the engine by us, never pulled.

Source: Engine API `POST /images/load`, Docker image specification v1.2. The tag is the digest of
the binary, so the image is made once per engine and version and is shared by every client.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from tui.engine.connection import Connection
from tui.engine.errors import EngineFailed, HelperFailed
from tui.engine.volumes import parse_time

if TYPE_CHECKING:
    from docker.api.client import APIClient

_log = logging.getLogger(__name__)

REPOSITORY = "voltui-agent"
LABEL = "voltui.agent"
PROGRAM = "/voltui-agent"
MOUNTPOINT = "/v"
_LOAD_DEADLINE = 60.0
_UNUSED_FOR = timedelta(days=7)


def image_tag(architecture: str) -> str:
    """`voltui-agent:<digest>` for an architecture; `HelperFailed` where we have no agent."""
    return f"{REPOSITORY}:{_digest(architecture)}"


def load_image(connection: Connection, architecture: str) -> None:
    """Make the image on the engine. The same content has the same id: clients that do so at once
    end with one image.
    """
    archive = _archive(architecture)

    def load(client: APIClient) -> list[dict[str, Any]]:
        return list(client.load_image(archive))

    for said in connection.call(load, _LOAD_DEADLINE):
        if isinstance(said, dict) and "error" in said:
            raise HelperFailed(f"The engine did not take the helper's image: {said['error']}")


def sweep_images(connection: Connection, architecture: str) -> None:
    """Remove images of other versions of the agent: ours, unused and older than 7 days."""
    current = image_tag(architecture)
    filters = json.dumps({"label": [LABEL]})
    for image in connection.get("/images/json", filters=filters):
        tags = [tag.removeprefix("localhost/") for tag in image.get("RepoTags") or []]
        try:
            if current not in tags and _unused_long(connection, image["Id"]):
                _remove(connection, image["Id"])
        except EngineFailed as error:
            _log.debug("image %s was not removed: %s", image["Id"], error)


@cache
def _binary(architecture: str) -> bytes:
    name = f"voltui-agent-linux-{architecture}"
    program = resources.files("tui").joinpath("agent", "bin", name)
    try:
        return program.read_bytes()
    except FileNotFoundError:
        raise HelperFailed(
            f"voltui has no helper for engines on {architecture or 'an unknown architecture'}.",
            hint="Helpers exist for amd64 and arm64; the list of volumes works everywhere.",
        ) from None


@cache
def _digest(architecture: str) -> str:
    return hashlib.sha256(_binary(architecture)).hexdigest()[:16]


def _archive(architecture: str) -> bytes:
    """The image as `docker save` writes one: a layer, its configuration and the manifest."""
    digest = _digest(architecture)
    layer = _tar({MOUNTPOINT.strip("/"): None, PROGRAM.strip("/"): _binary(architecture)})
    config = {
        "architecture": architecture,
        "os": "linux",
        "created": "1970-01-01T00:00:00Z",
        "config": {"Entrypoint": [PROGRAM], "Labels": {LABEL: digest}},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
    }
    manifest = {
        "Config": "config.json",
        "RepoTags": [f"{REPOSITORY}:{digest}"],
        "Layers": ["layer.tar"],
    }
    members = {
        "layer.tar": layer,
        "config.json": json.dumps(config).encode(),
        "manifest.json": json.dumps([manifest]).encode(),
    }
    return _tar(members)


def _tar(members: Mapping[str, bytes | None]) -> bytes:
    """An archive of files that may be executed and, for None, folders."""
    import tarfile  # Late: the first frame does not need it.

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.mode = 0o755
            member.type = tarfile.DIRTYPE if data is None else tarfile.REGTYPE
            member.size = len(data or b"")
            archive.addfile(member, io.BytesIO(data or b""))
    return buffer.getvalue()


def _unused_long(connection: Connection, image: str) -> bool:
    """Whether the image was tagged more than 7 days ago; False where the engine does not tell."""
    attrs = connection.get(f"/images/{image}/json")
    tagged = parse_time((attrs.get("Metadata") or {}).get("LastTagTime"))
    return tagged is not None and datetime.now(UTC) - tagged > _UNUSED_FOR


def _remove(connection: Connection, image: str) -> None:
    """Remove an image unless somebody uses it or was quicker."""
    try:
        connection.call(lambda client: client.remove_image(image, noprune=True))
    except EngineFailed as error:
        if error.status not in {404, 409}:
            raise
