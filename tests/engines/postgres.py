"""A PostgreSQL image without a registry: Debian's packages, with the official image's ways.

Source of those: the image `postgres` keeps its data in `/var/lib/postgresql/data`, makes a cluster
there if it is empty, and runs as the user postgres (999).
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tests.engines.busybox import busybox_archive
from tests.engines.packages import Programs, unpacked

if TYPE_CHECKING:
    from tests.engines.api import EngineAPI

IMAGE = "voltui-postgres:latest"
DATA = "/var/lib/postgresql/data"
_PROGRAMS = ("postgres", "initdb", "psql", "pgbench", "pg_ctl")
_LOADED = ("plpgsql.so", "dict_snowball.so")
"""Libraries that the server loads by itself."""
_USER = 999
_ENTRYPOINT = """#!/bin/sh
set -e
mkdir -p "$PGDATA"
chown -R postgres: "$PGDATA"
chmod 700 "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    su postgres -s /bin/sh -c "initdb -D $PGDATA --auth=trust --no-locale -E UTF8 -N"
fi
exec su postgres -s /bin/sh -c "exec postgres -D $PGDATA -c listen_addresses= $*"
"""


def import_postgres(api: EngineAPI, busybox: Path) -> str:
    """Make the image where the engine lacks it and return its name."""
    known = {tag for found in api.get("/images/json") for tag in found.get("RepoTags") or []}
    if not known & {IMAGE, f"localhost/{IMAGE}"}:
        root = unpacked("postgres", (_package(),))
        programs = next(root.glob("usr/lib/postgresql/*/bin")).relative_to(root)
        repository, _, tag = IMAGE.partition(":")
        changes = [
            f"ENV PATH=/{programs}:/bin",
            f"ENV PGDATA={DATA}",
            "ENV PGTZ=GMT",
            'ENTRYPOINT ["/docker-entrypoint.sh"]',
            f"VOLUME {DATA}",
        ]
        api.post_tar(
            "/images/create",
            _archive(root, programs, busybox),
            fromSrc="-",
            repo=repository,
            tag=tag,
            changes="\n".join(changes),
        )
    return IMAGE


def _package() -> str:
    """The release's own server, which the package `postgresql` depends on."""
    command = ["apt-cache", "depends", "postgresql"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Depends: (postgresql-\d+)", told)
    assert found, told
    return found[1]


def _archive(root: Path, programs: Path, busybox: Path) -> bytes:
    """Root file system: busybox, the programs with their data, and the libraries they need."""
    buffer = io.BytesIO(busybox_archive(busybox, {"postgres": _USER}))
    with tarfile.open(fileobj=buffer, mode="a") as archive:
        version = programs.parts[-2]
        libraries = programs.parent / "lib"
        inside = [programs / name for name in _PROGRAMS] + [libraries / name for name in _LOADED]
        for path in inside:
            archive.add(root / path, str(path))
        share = Path("usr/share/postgresql") / version
        archive.add(root / share, str(share))
        for library in sorted(_needed(root, inside)):
            archive.add(os.path.realpath(library), library.removeprefix(str(root)).lstrip("/"))
        _add_file(archive, "docker-entrypoint.sh", _ENTRYPOINT.encode(), 0o755)
        for folder, mode in (("var/run/postgresql", 0o1777), (DATA.lstrip("/"), 0o700)):
            member = tarfile.TarInfo(folder)
            member.type, member.mode = tarfile.DIRTYPE, mode
            archive.addfile(member)
    return buffer.getvalue()


def _needed(root: Path, files: list[Path]) -> Iterator[str]:
    """Paths of the libraries, those that the machine lacks in the unpacked packages."""
    environment = Programs((root,)).environment()
    command = ["ldd", *(str(root / file) for file in files)]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    yield from set(re.findall(r"(/\S+\.so\S*) \(0x", told.stdout))


def _add_file(archive: tarfile.TarFile, name: str, data: bytes, mode: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), mode
    archive.addfile(member, io.BytesIO(data))
