"""VolumeFiles: everything one does to files in one volume."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

from tui.engine import archives, diskusage, hashing, search
from tui.engine.agent import AgentConnection
from tui.engine.archives import ArchiveFormat, ArchiveSum
from tui.engine.completeness import Completeness
from tui.engine.diskusage import FolderUsage
from tui.engine.errors import HelperLost
from tui.engine.filesearch import Needle, Searched, search_file
from tui.engine.following import Followed, keep_following
from tui.engine.hashing import Hashed
from tui.engine.helpers import OpenHelpers
from tui.engine.identity import RootIdentity, refuse_other_root, root_identity
from tui.engine.lineindex import LineCounts, lines
from tui.engine.listings import Listings
from tui.engine.marker import marked
from tui.engine.model import DiskUsage, EntryBatch, FileRange, FileStat, Volume
from tui.engine.search import Found, Matched, SearchSum
from tui.engine.space import Space, space
from tui.engine.watching import FolderChanged, Watching, watch

T = TypeVar("T")


class VolumeFiles:
    """The inside of one volume; its helper starts at the first need, and again after a loss."""

    def __init__(
        self,
        helpers: OpenHelpers,
        volume: Volume,
        completeness: Completeness | None = None,
    ) -> None:
        """Whether the volume is whole is noted in `completeness` when it is looked into."""
        self._helpers = helpers
        self.volume = volume
        self._completeness = completeness
        self._known: AgentConnection | None = None
        self._root: RootIdentity | None = None
        self.listings = Listings()
        """Folders that were listed a moment ago."""

    def entries(self, path: str) -> Generator[EntryBatch, None, None]:
        """List a folder in batches as they are read; closing the generator ends the reading."""
        with closing(self._stream(lambda agent: agent.entries(path))) as batches:
            yield from self.listings.noted(path, batches)

    def usage(self, path: str) -> Generator[DiskUsage, None, None]:
        """Count what a folder holds: partial sums, the last one is complete."""
        yield from self._stream(lambda agent: agent.usage(path))

    def watch(
        self, path: str, since: float | None = None
    ) -> Generator[Watching | FolderChanged, None, None]:
        """Tell what changes in a folder until closed; the helper stays open meanwhile.

        `since`: moment on the monotonic clock from which on changes are told, else from now on.
        Raises `FileFailed` once the folder is gone.
        """
        begin = time.monotonic() if since is None else since
        yield from self._stream(lambda agent: watch(agent, path, begin))

    def archive(
        self, path: str, kind: ArchiveFormat
    ) -> Generator[EntryBatch | ArchiveSum, None, None]:
        """List the members of a tar or zip file in batches; the last item is their sum."""
        yield from self._stream(lambda agent: archives.archive(agent, path, kind))

    def stat(self, path: str) -> FileStat:
        """What `lstat` tells of one entry."""
        return self._once(lambda agent: agent.stat(path))

    def read(self, path: str, offset: int = 0, length: int = 65536) -> FileRange:
        """At most `length` bytes of a regular file; anything else is `FileFailed`, unopened."""
        return self._once(lambda agent: agent.read(path, offset, length))

    def readlink(self, path: str) -> str:
        """Where a symbolic link points."""
        return self._once(lambda agent: agent.readlink(path))

    def lines(
        self, path: str, offset: int = 0, unit: str = ""
    ) -> Generator[LineCounts, None, None]:
        """Count the line ends of a file from a step's begin on, for a `LineIndex`."""
        yield from self._stream(lambda agent: lines(agent, path, offset, unit))

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
        """Find what begins at `offset` or behind it, backwards before it, nearest first."""

        def ask(agent: AgentConnection) -> Generator[Searched, None, None]:
            return search_file(
                agent, path, needle, offset, backwards=backwards, until=until, limit=limit
            )

        yield from self._stream(ask)

    def follow(self, path: str, offset: int, identity: str = "") -> Generator[Followed, None, None]:
        """What happens to a file from `offset` on, without end, whatever happens to the engine."""
        yield from keep_following(self._agent, path, offset, identity)

    def find(
        self, path: str, pattern: str, *, glob: bool = False, limit: int = 0
    ) -> Generator[list[Found] | SearchSum, None, None]:
        """Entries below a folder by their names: fuzzy, or a glob (`search.find`)."""
        yield from self._stream(
            lambda agent: search.find(agent, path, pattern, glob=glob, limit=limit)
        )

    def grep(
        self,
        path: str,
        pattern: str,
        *,
        fixed: bool = False,
        ignore_case: bool = False,
        glob: str = "",
        limit: int = 0,
    ) -> Generator[list[Matched] | SearchSum, None, None]:
        """Lines below a folder that match an RE2 pattern or hold a text (`search.grep`)."""
        yield from self._stream(
            lambda agent: search.grep(
                agent,
                path,
                pattern,
                fixed=fixed,
                ignore_case=ignore_case,
                glob=glob,
                limit=limit,
            )
        )

    def folder_usage(self, path: str) -> Generator[FolderUsage, None, None]:
        """What each entry of a folder holds: partial sums, the last is complete."""
        yield from self._stream(lambda agent: diskusage.folder_usage(agent, path))

    def hash(self, path: str, algorithm: str = "sha256") -> Generator[Hashed, None, None]:
        """The digest of a regular file, in the last one that comes."""
        yield from self._stream(lambda agent: hashing.hash_file(agent, path, algorithm))

    def space(self) -> Space:
        """Room of the file system that the volume is on."""
        return self._once(lambda agent: space(agent, "/"))

    @property
    def root(self) -> RootIdentity | None:
        """Which root folder was seen last; None before anything was."""
        return self._root

    def leave(self) -> None:
        """The view left the volume: its helper closes after 5 s instead of 30 s."""
        self._helpers.leave(self.volume.name)

    def _once(self, ask: Callable[[AgentConnection], T]) -> T:
        """Ask the agent; a helper that turns out to be lost is opened again, once."""
        try:
            with self._agent() as agent:
                return ask(agent)
        except HelperLost:
            with self._agent() as agent:
                return ask(agent)

    def _stream(
        self, ask: Callable[[AgentConnection], Generator[T, None, None]]
    ) -> Generator[T, None, None]:
        """The same for answers that come in parts: again only while none has come."""
        begun = False
        try:
            with self._agent() as agent, closing(ask(agent)) as parts:
                for part in parts:
                    begun = True
                    yield part
                return
        except HelperLost:
            if begun:
                raise
        with self._agent() as agent, closing(ask(agent)) as parts:
            yield from parts

    @contextmanager
    def _agent(self) -> Iterator[AgentConnection]:
        """A leased agent that sees the same root folder as the first one did.

        Storage behind driver options may have another root each time it is mounted (tmpfs).
        """
        with self._helpers.lease(self.volume) as agent:
            if agent is not self._known:
                self._check_root(root_identity(agent.stat("/")))
                if self._completeness is not None:
                    self._completeness.note(self.volume, incomplete=marked(agent))
                self._known = agent
            yield agent

    def _check_root(self, root: RootIdentity) -> None:
        """Refuse a volume that was deleted and made anew between two helpers."""
        if self.volume.plain:
            refuse_other_root(self.volume, root, self._root)
        self._root = root
