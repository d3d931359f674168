"""An engine in memory, for the states of the screen that a real one shows only rarely."""

from __future__ import annotations

import queue
import re
import stat
import threading
from array import array
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from errno import EACCES, EINVAL, ENOENT
from typing import Any, TypeAlias

from tests.archives import members
from tests.fake_emptying import FakeEmptying
from tests.fake_looking import FakeLooking
from tests.fake_removing import FakeRemoving
from tests.fake_transfers import FakeTransfers
from tui.engine import Endpoint, Engine
from tui.engine.archives import ArchiveFormat, ArchiveSum
from tui.engine.cancel import refuse_cancelled, waking
from tui.engine.changes import Connected, EngineChange
from tui.engine.creating import NewVolume
from tui.engine.errors import EngineError, FileFailed, NameTaken, VolumeNotFound
from tui.engine.files import VolumeFiles
from tui.engine.filesearch import Needle, Searched
from tui.engine.lineindex import STEP, LineCounts
from tui.engine.listings import Listings
from tui.engine.model import (
    EngineInfo,
    Entry,
    EntryBatch,
    EntryKind,
    FileRange,
    FileStat,
    FileVersion,
    Volume,
    VolumeSize,
)
from tui.engine.mounts import ContainerMount
from tui.engine.watching import FolderChanged, Watching

LOCAL = Endpoint("unix:///var/run/docker.sock", "local", "default socket")
REMOTE = Endpoint("tcp://db1.example:2375", "db1.example:2375", "DOCKER_HOST")
DOCKER = EngineInfo("Docker", "27.3.1", "1.47", "linux", "amd64", "host")

Node: TypeAlias = "bytes | str | Mapping[str, Node] | int | EngineError"
"""A file, a link, a folder, something special by its `st_mode`, or what reading it raises."""


class FakeFiles(FakeLooking, VolumeFiles):
    """A tree of nodes in place of a helper."""

    _root = (2, 0)

    def __init__(self, engine: FakeEngine, volume: Volume) -> None:
        self.volume = volume
        self._engine = engine
        self.tree: Node = engine.trees.get(volume.name, {})
        self.left = False
        self.listings = Listings()
        self.reach = engine.reach

        self.watched: list[str] = []
        self.watching = False
        self.changed: queue.SimpleQueue[FolderChanged | EngineError | None] = queue.SimpleQueue()
        """What is put here is told to who watches a folder."""

    def entries(self, path: str) -> Generator[EntryBatch, None, None]:
        yield from self.listings.noted(path, self._entries(path))

    def _entries(self, path: str) -> Generator[EntryBatch, None, None]:
        self._engine.wait()
        if self.volume.name not in {volume.name for volume in self._engine.listed}:
            raise VolumeNotFound(f"There is no volume {self.volume.name}.")
        node = self._node(path)
        if isinstance(node, EngineError):
            raise node
        if not isinstance(node, Mapping):
            raise FileFailed(f"{path} is no folder.", path=path, errno=EINVAL)
        entries = [self._entry(name, child) for name, child in node.items()]
        for start in range(0, len(entries), 256):
            self._engine.wait()
            yield batch(entries[start : start + 256])
            if self._engine.stops_listing:
                self._engine.answers.clear()

    def stat(self, path: str) -> FileStat:
        self._engine.wait()
        entry = self._entry(path.rpartition("/")[2], self._node(path))
        version = FileVersion(entry.inode, entry.size, entry.mtime_ns, entry.mtime_ns)
        return FileStat(entry, version, entry.mtime_ns, None, entry.size // 512 + 1)

    def read(self, path: str, offset: int = 0, length: int = 65536) -> FileRange:
        self._engine.wait()
        self._engine.reads.append(path)
        node = self._node(path)
        if isinstance(node, EngineError):
            raise node
        if not isinstance(node, bytes):
            raise FileFailed(f"{path} is no regular file.", path=path, errno=EINVAL)
        version = FileVersion(1, len(node), 0, 0)
        return FileRange(node[offset : offset + length], offset, version)

    def archive(
        self, path: str, kind: ArchiveFormat
    ) -> Generator[EntryBatch | ArchiveSum, None, None]:
        data = self.read(path, 0, 1 << 30).data
        entries = members(data, kind)
        self._engine.wait()
        yield batch(entries)
        yield ArchiveSum(len(entries))

    def watch(
        self, path: str, since: float | None = None
    ) -> Generator[Watching | FolderChanged, None, None]:
        self.watched.append(path)
        assert since is not None
        self.watching = True
        try:
            yield Watching(polled=False)
            while True:
                with waking(lambda: self.changed.put(None)):
                    change = self.changed.get()
                    refuse_cancelled()
                if isinstance(change, EngineError):
                    raise change
                if change is not None:
                    yield change
        finally:
            self.watching = False

    def readlink(self, path: str) -> str:
        node = self._node(path)
        assert isinstance(node, str)
        return node

    def lines(
        self, path: str, offset: int = 0, unit: str = ""
    ) -> Generator[LineCounts, None, None]:
        assert unit == ""
        data = self.read(path, 0, 1 << 30).data
        steps = range(offset, len(data), STEP)
        counts = tuple(data.count(b"\n", step, step + STEP) for step in steps)
        yield LineCounts(offset, counts, len(data), True, data.endswith(b"\n"))

    def search_file(
        self,
        path: str,
        needle: Needle,
        offset: int,
        *,
        backwards: bool = False,
        until: int | None = None,
        limit: int = 1,
    ) -> Generator[Searched, None, None]:
        pattern = re.escape(needle.pattern) if needle.fixed else needle.pattern
        data = self.read(path, 0, 1 << 30).data
        flags = re.IGNORECASE if needle.ignore_case else 0
        found = [match.span() for match in re.finditer(pattern, data, flags)]
        if backwards:
            hits = [hit for hit in found[::-1] if (until or 0) <= hit[0] < offset]
        else:
            hits = [hit for hit in found if offset <= hit[0] < (until or len(data))]
        yield Searched(0 if backwards else len(data), tuple(hits[:limit]), True)

    def leave(self) -> None:
        self.left = True

    def _node(self, path: str) -> Node:
        node: Node = self.tree
        for part in path.split("/")[1:]:
            if part == "":
                continue
            if isinstance(node, EngineError):
                raise node
            if not isinstance(node, Mapping) or part not in node:
                raise FileFailed(f"{path} does not exist.", path=path, errno=ENOENT)
            node = node[part]
        return node

    def _entry(self, name: str, node: Node) -> Entry:
        mode, size, target = stat.S_IFREG | 0o644, 0, ""
        if isinstance(node, Mapping) or (isinstance(node, FileFailed) and node.errno == EACCES):
            mode, size = stat.S_IFDIR | 0o755, 4096
        elif isinstance(node, str):
            mode, size, target = stat.S_IFLNK | 0o777, len(node), node
        elif isinstance(node, int):
            mode = node
        elif isinstance(node, bytes):
            size = len(node)
        rdev = 1 << 32 | 3 if stat.S_ISCHR(mode) else 0
        mtime = self._engine.times.get(name, 1_795_000_000)
        return Entry(name, mode, 999, 999, size, mtime, 0, 1, hash(name) & 0xFFFF, rdev, target, 0)


def batch(entries: Sequence[Entry]) -> EntryBatch:
    """Entries as the wire has them: columns."""
    columns = list(zip(*entries, strict=True)) if entries else [()] * 12
    kinds = [None, "I", "I", "I", "q", "q", "I", "I", "Q", "Q", None, "I"]
    parts: list[Any] = [
        array(kind, column) if kind else list(column)
        for kind, column in zip(kinds, columns, strict=True)
    ]
    names, modes, uids, gids, sizes, mtimes, nsecs, nlinks, inodes, rdevs, targets, errnos = parts
    return EntryBatch(
        names, modes, uids, gids, sizes, mtimes, nsecs, nlinks, inodes, rdevs, targets, errnos
    )


class FakeEngine(FakeEmptying, FakeRemoving, FakeTransfers, Engine):
    """Volumes and trees in dictionaries; fails or hangs when told to."""

    def __init__(
        self,
        volumes: Sequence[Volume] = (),
        trees: Mapping[str, Node] | None = None,
        *,
        endpoint: Endpoint = LOCAL,
        read_only: bool = False,
        info: EngineInfo = DOCKER,
    ) -> None:
        super().__init__(endpoint, read_only=read_only)
        self.listed = list(volumes)
        self.trees: Mapping[str, Node] = trees or {}
        self.times: dict[str, int] = {}
        self.measured: dict[str, VolumeSize] = {}
        self._sized: dict[str, VolumeSize] = {}
        self.error: EngineError | None = None
        self.answers = threading.Event()
        """Clear it, and every call waits until it is set."""
        self.answers.set()
        self.stuck = ""
        """Name of an entry that is looked at in vain until `freed` is set."""
        self.freed = threading.Event()
        self.mounted: dict[str, list[ContainerMount]] = {}
        self.stops_listing = False
        """Clear `answers` behind each part of a listing."""
        self.reads: list[str] = []
        self.opened: list[FakeFiles] = []
        self.closed = threading.Event()
        self.happened: queue.SimpleQueue[EngineChange | None] = queue.SimpleQueue()
        """What is put here is told as a change."""
        self.info_told = info
        self.held = {}
        self.unremovable = {}
        self.asked_to_remove = []
        self.served = {}
        self.stopped_told = []
        self.unstartable = {}
        self.left_half_made, self.undiscardable, self.cloned = [], {}, []
        self.undeletable, self.roots_emptied = {}, []

    def wait(self) -> None:
        self.answers.wait()
        if self.error is not None:
            raise self.error

    def reach(self, name: str) -> None:
        self.wait()
        if name == self.stuck:
            self.freed.wait()

    def mounts(self, container: str) -> list[ContainerMount]:
        self.wait()
        return list(self.mounted.get(container, ()))

    def info(self) -> EngineInfo:
        self.wait()
        return self.info_told

    def volumes(self) -> list[Volume]:
        self.wait()
        return [
            replace(volume, size=self._sized.get(volume.name, volume.size))
            for volume in self.listed
        ]

    def inspect(self, name: str) -> dict[str, Any]:
        self.wait()
        volume = next(volume for volume in self.listed if volume.name == name)
        return {"Name": name, "Driver": volume.driver, "Mountpoint": volume.mountpoint}

    def sizes(self, volumes: Sequence[Volume]) -> Generator[tuple[str, VolumeSize], None, None]:
        for volume in volumes:
            self.wait()
            if volume.name in self.measured:
                self._sized[volume.name] = self.measured[volume.name]
                yield volume.name, self.measured[volume.name]

    def changes(self) -> Generator[EngineChange, None, None]:
        yield Connected(again=False)
        while True:
            with waking(lambda: self.happened.put(None)):
                change = self.happened.get()
                refuse_cancelled()
            if change is not None:
                yield change

    def open(self, volume: Volume) -> VolumeFiles:
        files = FakeFiles(self, volume)
        self.opened.append(files)
        return files

    def drivers(self) -> list[str]:
        self.wait()
        return ["local", "rclone"]

    def create(self, new: NewVolume) -> Volume:
        self.refuse_read_only()
        self.wait()
        if new.name in {volume.name for volume in self.listed}:
            raise NameTaken(
                f"There is a volume named {new.name} already.", hint="Choose another name."
            )
        volume = Volume(
            new.name, new.driver, "local", f"/var/lib/docker/volumes/{new.name}/_data", MEASURED,
            labels=new.labels, options=new.options,
        )  # fmt: skip
        self.listed.append(volume)
        return volume

    def sweep(self) -> None:
        self.wait()

    def close(self) -> None:
        self.closed.set()


def denied(path: str) -> FileFailed:
    """What an unreadable folder answers."""
    return FileFailed(f"{path} cannot be read: permission denied.", path=path, errno=EACCES)


_SPECIAL = {
    EntryKind.FIFO: stat.S_IFIFO, EntryKind.SOCKET: stat.S_IFSOCK,
    EntryKind.BLOCK: stat.S_IFBLK, EntryKind.CHAR: stat.S_IFCHR,
}  # fmt: skip


def kind_mode(kind: EntryKind) -> int:
    """`st_mode` of something special."""
    return _SPECIAL[kind] | 0o644


MEASURED = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
