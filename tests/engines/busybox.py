"""A busybox image without a registry: the static binary, through the import call of the engine."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.engines.api import EngineAPI

IMAGE = "voltui-busybox:latest"


def import_busybox(api: EngineAPI, binary: Path, *, image: str = IMAGE) -> str:
    """Make the image where the engine lacks it and return its name."""
    known = {tag for found in api.get("/images/json") for tag in found.get("RepoTags") or []}
    if not known & {image, f"localhost/{image}"}:
        repository, _, tag = image.partition(":")
        api.post_tar(
            "/images/create",
            busybox_archive(binary),
            fromSrc="-",
            repo=repository,
            tag=tag,
            changes='CMD ["sh"]',
        )
    return image


def busybox_archive(binary: Path, users: Mapping[str, int] | None = None) -> bytes:
    """Root file system as a tar archive: the binary, a link for each of its applets, and users
    beside root.
    """
    passwd, group = "root:x:0:0:root:/root:/bin/sh\n", "root:x:0:\n"
    for user, number in (users or {}).items():
        passwd += f"{user}:x:{number}:{number}::/tmp:/bin/sh\n"
        group += f"{user}:x:{number}:\n"
    listed = subprocess.run([str(binary), "--list"], capture_output=True, text=True, check=True)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for folder, mode in (("bin", 0o755), ("etc", 0o755), ("root", 0o700), ("tmp", 0o1777)):
            member = tarfile.TarInfo(folder)
            member.type, member.mode = tarfile.DIRTYPE, mode
            archive.addfile(member)
        _add_file(archive, "bin/busybox", binary.read_bytes(), 0o755)
        _add_file(archive, "etc/passwd", passwd.encode(), 0o644)
        _add_file(archive, "etc/group", group.encode(), 0o644)
        for applet in sorted(set(listed.stdout.split()) - {"busybox"}):
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
    return buffer.getvalue()


def _add_file(archive: tarfile.TarFile, name: str, data: bytes, mode: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), mode
    archive.addfile(member, io.BytesIO(data))
