"""The helper's image: one static binary, imported into the engine, never pulled.

Source: Engine API `POST /images/create?fromSrc=-`. The tag is the digest of the binary, so the
image is made once per engine and version and is shared by every client.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from tui.engine.connection import Connection
from tui.engine.errors import EngineFailed, HelperFailed

if TYPE_CHECKING:
    from docker.api.client import APIClient

REPOSITORY = "voltui-agent"
LABEL = "voltui.agent"
PROGRAM = "/voltui-agent"
MOUNTPOINT = "/v"
_IMPORT_DEADLINE = 60.0
_UNUSED_FOR = timedelta(days=7)


def image_tag(architecture: str) -> str:
    """`voltui-agent:<digest>` for an architecture; `HelperFailed` where we have no agent."""
    return f"{REPOSITORY}:{_digest(architecture)}"


def import_image(connection: Connection, architecture: str) -> None:
    """Make the image on the engine; of two clients that do so at once one image stays."""
    digest = _digest(architecture)
    changes = [f'ENTRYPOINT ["{PROGRAM}"]', f"LABEL {LABEL}={digest}"]
    archive = _archive(_binary(architecture))

    def make(client: APIClient) -> None:
        said = client.import_image_from_data(
            archive, repository=REPOSITORY, tag=digest, changes=changes
        )
        # Podman 4.3 ignores the tag of an import.
        client.tag(_imported_id(said), REPOSITORY, digest)

    connection.call(make, _IMPORT_DEADLINE)
    for image in _ours(connection):
        if image.get("Labels", {}).get(LABEL) == digest and not _tags(image):
            _remove(connection, image)


def sweep_images(connection: Connection, architecture: str) -> None:
    """Remove images of other versions of the agent: ours, unused and older than 7 days."""
    current = image_tag(architecture)
    for image in _ours(connection):
        made = datetime.fromtimestamp(image.get("Created", 0), UTC)
        if current not in _tags(image) and datetime.now(UTC) - made > _UNUSED_FOR:
            _remove(connection, image)


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


def _archive(program: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        folder = tarfile.TarInfo(MOUNTPOINT.strip("/"))
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(folder)
        member = tarfile.TarInfo(PROGRAM.strip("/"))
        member.size, member.mode = len(program), 0o755
        archive.addfile(member, io.BytesIO(program))
    return buffer.getvalue()


def _imported_id(said: str) -> str:
    """The id in the last line of the import's answer, a stream of JSON objects."""
    for line in reversed(said.split()):
        try:
            status = json.loads(line).get("status", "")
        except ValueError:
            continue
        if status:
            return str(status)
    raise HelperFailed(f"The engine did not import the helper's image: {said.strip()}")


def _ours(connection: Connection) -> list[dict[str, Any]]:
    return connection.call(lambda client: client.images(filters={"label": LABEL}, all=False))


def _tags(image: dict[str, Any]) -> list[str]:
    tags = [tag for tag in image.get("RepoTags") or [] if tag != "<none>:<none>"]
    return [tag.removeprefix("localhost/") for tag in tags]


def _remove(connection: Connection, image: dict[str, Any]) -> None:
    """Remove an image unless somebody uses it or was quicker."""
    try:
        connection.call(lambda client: client.remove_image(image["Id"], noprune=True))
    except EngineFailed as error:
        if error.status not in {404, 409}:
            raise
