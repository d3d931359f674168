"""What the tests of imports share: archives made with the usual tools, and what is in a volume."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tarfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.engines.private import PrivateEngine
from tests.engines.waiting import wait_for
from tests.integration.cli import Said, voltui
from tests.integration.conftest import Things
from tui.engine.errors import Cancelled, UsageError
from tui.engine.transfers.progress import Operation, Progress, Report
from tui.engine.transfers.questions import Asker, Collisions

OURS = ".voltui-"

COMPRESS: dict[str, list[str]] = {
    "tar": ["cat"],
    "tar.gz": ["gzip", "-1"],
    "tar.bz2": ["bzip2"],
    "tar.xz": ["xz", "-1"],
}


class Told(Asker):
    """Answers as it was told, and keeps what was asked."""

    def __init__(self, *, unwrap: bool | None = None, overwrite: bool | None = None) -> None:
        self._unwrap = unwrap
        self._overwrite = overwrite
        self.folders: list[str] = []
        self.collisions: list[Collisions] = []

    def unwrap(self, folder: str) -> bool:
        self.folders.append(folder)
        return _said(self._unwrap)

    def overwrite(self, collisions: Collisions) -> bool:
        self.collisions.append(collisions)
        return _said(self._overwrite)


def _said(answer: bool | None) -> bool:
    if answer is None:
        raise UsageError("Nobody can be asked.")
    return answer


def finished(operation: Operation) -> Report:
    """Bring it to its end."""
    states = list(operation)
    report = states[-1].report
    assert report is not None
    return report


def sample(folder: Path, *, size: int = 300_000) -> None:
    """A small tree with owners, modes, links and times."""
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "rows").write_bytes(os.urandom(size))
    (folder / "data" / "again").hardlink_to(folder / "data" / "rows")
    (folder / "link").symlink_to("data/rows")
    (folder / "script").write_text("#!/bin/sh\n")
    (folder / "script").chmod(0o4755)
    os.chown(folder / "script", 1234, 4321)
    (folder / "script").chmod(0o4755)
    os.utime(folder / "script", ns=(10**18, 10**18 + 123_456_789))
    (folder / "empty").mkdir(mode=0o700)
    os.chown(folder, 999, 998)
    folder.chmod(0o2750)
    os.utime(folder, ns=(10**18, 10**18))


def tar_of(folder: Path, path: Path, *arguments: str) -> Path:
    """What GNU tar makes of a folder, its own entry included."""
    options = ["--format=posix", "--sparse", "--xattrs", "--xattrs-include=*", "--acls"]
    command = ["tar", *options, "-cf", str(path), "-C", str(folder), *(arguments or ["."])]
    subprocess.run(command, check=True)
    return path


def members(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """An archive of these members, whatever they are."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for info, data in entries:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """One of them."""
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    info.mode = 0o755 if kind == tarfile.DIRTYPE else 0o644
    return info


def print_of(folder: Path) -> dict[str, tuple[object, ...]]:
    """Everything that is in a folder, and its own owner and mode: to be compared byte for byte."""
    found: dict[str, tuple[object, ...]] = {".": _looked(folder, own=True)}
    for path in sorted(folder.rglob("*")):
        found[str(path.relative_to(folder))] = _looked(path)
    return found


def _looked(path: Path, *, own: bool = False) -> tuple[object, ...]:
    told = path.lstat()
    contents = ""
    if path.is_symlink():
        contents = os.readlink(path)
    elif path.is_file():
        contents = hashlib.sha256(path.read_bytes()).hexdigest()
    times = () if own else (told.st_mtime_ns, told.st_ino, told.st_nlink)
    return told.st_mode, told.st_uid, told.st_gid, contents, *times


def volume_with(things: Things, fill: Callable[[Path], object]) -> tuple[str, Path]:
    """A volume filled on its mountpoint; its name and that."""
    name = things.volume()
    folder = things.folder(name)
    fill(folder)
    return name, folder


def old(folder: Path) -> None:
    """What stands in a volume before it is replaced."""
    (folder / "old").mkdir()
    (folder / "old" / "file").write_bytes(b"old" * 1000)
    (folder / "script").write_bytes(b"of before")
    os.chown(folder, 77, 78)
    folder.chmod(0o751)


def imported(things: Things, *arguments: str) -> Said:
    """`voltui import`."""
    return voltui(things.engine.url, "import", *arguments)


def exists(engine: PrivateEngine, name: str) -> bool:
    """Whether there is a volume of that name."""
    listed = engine.api.get("/volumes")["Volumes"] or ()
    return any(volume["Name"] == name for volume in listed)


def nothing_of_ours(folder: Path) -> bool:
    """Whether no name of ours is left in the root of a volume."""
    return not [path.name for path in folder.iterdir() if path.name.startswith(OURS)]


def until(operation: Operation, wanted: Callable[[Progress], bool]) -> Progress:
    """Go on to the first state that is wanted."""
    for state in operation:
        if wanted(state):
            return state
    raise AssertionError("it never came")


def thrown_into(operation: Operation) -> None:
    """Cancel it as a job does, and let it clean up."""
    operation.throw(Cancelled("It was cancelled."))
    list(operation)


def no_helpers(things: Things) -> None:
    """Wait until the helpers of an ended client are gone."""
    wait_for(lambda: not things.helpers(), "the end of the helpers")


def helpers_of(volume: str) -> list[int]:
    """Processes that have the volume mounted."""
    found = []
    for mounts in Path("/proc").glob("[0-9]*/mountinfo"):
        with suppress(OSError):
            if f"/{volume}/_data " in mounts.read_text():
                found.append(int(mounts.parent.name))
    assert found
    return found


def soon(true: Callable[[], bool]) -> None:
    """Wait for what is over in an instant: without a pause between two looks."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end, "it never came"
