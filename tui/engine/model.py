"""What the engine and the agent tell, as frozen values parsed at the border.

Names and paths inside a volume are `str` with surrogate escapes for bytes that are not UTF-8
(`os.fsdecode`), paths are absolute inside the volume: `/`, `/etc/app.conf`.
"""

from __future__ import annotations

import stat
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class ContainerState(StrEnum):
    """`State` of a container in `GET /containers/json`."""

    CREATED = "created"
    RUNNING = "running"
    PAUSED = "paused"
    RESTARTING = "restarting"
    REMOVING = "removing"
    EXITED = "exited"
    DEAD = "dead"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, _value: object) -> ContainerState:
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class Mount:
    """One place where one container has the volume mounted; a container may have several."""

    container_id: str
    container: str
    """Name of the container, without the leading slash."""
    image: str
    state: ContainerState
    destination: str
    read_only: bool
    project: str | None = None
    """Compose project of the container."""

    @property
    def running(self) -> bool:
        """Whether processes of the container exist, paused ones included."""
        return self.state in {
            ContainerState.RUNNING,
            ContainerState.PAUSED,
            ContainerState.RESTARTING,
        }


@dataclass(frozen=True, slots=True)
class VolumeSize:
    """A size that was measured once; it ages."""

    size: int
    """Apparent bytes of the files, hard links once, holes counted."""
    measured: datetime
    files: int | None = None
    """Number of entries that are not folders; None where the engine measured."""


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume with everybody who has it mounted."""

    name: str
    driver: str
    scope: str
    mountpoint: str
    """Path on the engine's machine; empty where the driver tells none."""
    created: datetime | None
    """None where the engine does not tell it, as Docker before 23 does not."""
    labels: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    """Driver options as the engine tells them; show them through `masked_options`."""
    mounts: tuple[Mount, ...] = ()
    """One per mount point of each attached container, our helpers left out."""
    anonymous: bool = False
    """The engine's own label says so."""
    looks_anonymous: bool = False
    """A name of 64 hex digits without that label."""
    project: str | None = None
    """Compose project, from the volume's label."""
    size: VolumeSize | None = None
    """None: not known."""
    stamp: str = ""
    """`CreatedAt` in the engine's words, whatever time that is there."""
    incomplete: bool | None = None
    """Whether it was being filled when whoever filled it ended, or still is; None: not known."""

    @property
    def in_use(self) -> bool:
        """Whether any container that is not ours has it mounted, running or not."""
        return bool(self.mounts)

    @property
    def running(self) -> bool:
        """Whether a container that uses it runs."""
        return any(mount.running for mount in self.mounts)

    @property
    def containers(self) -> int:
        """Number of attached containers, each counted once."""
        return len({mount.container_id for mount in self.mounts})

    @property
    def plain(self) -> bool:
        """A local volume without options: safe to mount without being asked."""
        return self.driver == "local" and not self.options


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What `GET /version` and `GET /info` tell of the engine."""

    name: str
    """`Docker` or `Podman`."""
    version: str
    api_version: str
    os: str
    architecture: str
    """Go's word: `amd64`, `arm64`, …"""
    hostname: str = ""
    identity: str = ""
    """Tells engines apart in the state folder: id and data root."""
    demo: bool = False
    """The private engine with the demo's volumes."""

    @property
    def api(self) -> tuple[int, int]:
        """The API version as numbers that compare."""
        major, _, minor = self.api_version.partition(".")
        return int(major), int(minor)


@dataclass(frozen=True, slots=True)
class Helper:
    """One of our helper containers, as `voltui helpers` lists it."""

    container_id: str
    name: str
    volume: str
    client: str
    """`host/pid` of the voltui that made it."""
    state: ContainerState
    created: datetime | None
    read_only: bool = True


class EntryKind(StrEnum):
    """Type of an entry."""

    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"
    FIFO = "fifo"
    SOCKET = "socket"
    BLOCK = "block"
    CHAR = "char"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, mode: int) -> EntryKind:
        """Kind that the type bits of `mode` say."""
        return _KINDS.get(stat.S_IFMT(mode), cls.UNKNOWN)


_KINDS = {
    stat.S_IFREG: EntryKind.FILE,
    stat.S_IFDIR: EntryKind.DIRECTORY,
    stat.S_IFLNK: EntryKind.SYMLINK,
    stat.S_IFIFO: EntryKind.FIFO,
    stat.S_IFSOCK: EntryKind.SOCKET,
    stat.S_IFBLK: EntryKind.BLOCK,
    stat.S_IFCHR: EntryKind.CHAR,
}


class Entry(NamedTuple):
    """Whatever stands in a folder, as `lstat` sees it."""

    name: str
    mode: int
    """Type and permission bits, as `st_mode`."""
    uid: int
    gid: int
    size: int
    mtime: int
    """Whole seconds since the epoch, negative before it."""
    mtime_nsec: int
    nlink: int
    inode: int
    rdev: int
    """Device number: major << 32 | minor; 0 for what is no device."""
    target: str
    """Where a symbolic link points; empty for the rest."""
    errno: int
    """0, or why the entry could not be read: then only name and type are known."""

    @property
    def kind(self) -> EntryKind:
        """Type of the entry."""
        return EntryKind.of(self.mode)

    @property
    def mtime_ns(self) -> int:
        """Nanoseconds since the epoch."""
        return self.mtime * 1_000_000_000 + self.mtime_nsec


@dataclass(frozen=True, slots=True)
class EntryBatch:
    """A part of a listing in columns, all of the same length; the fields are those of `Entry`."""

    names: list[str]
    modes: array[int]
    uids: array[int]
    gids: array[int]
    sizes: array[int]
    mtimes: array[int]
    mtime_nsecs: array[int]
    nlinks: array[int]
    inodes: array[int]
    rdevs: array[int]
    targets: list[str]
    errnos: array[int]

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Entry]:
        return map(
            Entry._make,
            zip(
                self.names,
                self.modes,
                self.uids,
                self.gids,
                self.sizes,
                self.mtimes,
                self.mtime_nsecs,
                self.nlinks,
                self.inodes,
                self.rdevs,
                self.targets,
                self.errnos,
                strict=True,
            ),
        )


class FileVersion(NamedTuple):
    """What tells whether a file changed since it was opened."""

    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True, slots=True)
class FileStat:
    """Everything `statx` tells of one entry."""

    entry: Entry
    version: FileVersion
    atime_ns: int
    btime_ns: int | None
    """Birth time; None where the file system keeps none."""
    blocks: int
    """Blocks of 512 bytes on disk."""


@dataclass(frozen=True, slots=True)
class FileRange:
    """Bytes of a regular file from `offset` on."""

    data: bytes
    offset: int
    version: FileVersion
    """Of the moment the range was read; `version.size` is the size of the file."""

    @property
    def reaches_end(self) -> bool:
        """Whether nothing followed the range when it was read."""
        return self.offset + len(self.data) >= self.version.size


@dataclass(frozen=True, slots=True)
class DiskUsage:
    """Sum over a folder and what is below it; partial ones come while it is being counted."""

    apparent: int
    """Bytes of the files, hard links once, holes counted."""
    disk: int
    """Bytes on disk, folders included."""
    files: int
    """Entries that are not folders."""
    directories: int
    errors: int
    """Entries that could not be read: above 0 the sums are too low."""
