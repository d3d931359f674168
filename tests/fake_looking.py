"""What looks around a tree of nodes in memory, as the agent does in a volume."""

from __future__ import annotations

import fnmatch
import hashlib
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from errno import EINVAL
from typing import TYPE_CHECKING

from tui.engine.diskusage import FolderSum, FolderUsage
from tui.engine.errors import EngineError, FileFailed
from tui.engine.hashing import Hashed
from tui.engine.model import DiskUsage, Entry
from tui.engine.search import Found, Matched, SearchSum
from tui.engine.space import Space

if TYPE_CHECKING:
    from tests.fakes import Node

ROOM = Space(1 << 40, 1 << 38, 1 << 37, 1 << 20, 1 << 19, 0xEF53, False)
"""Of the file system that all volumes are on: 128 GiB free."""

LIMIT = 1000
"""Results of one search."""


class FakeLooking:
    """Needs `_node`, `_entry` and `reach` of the fake files it is mixed into."""

    _node: Callable[[str], Node]
    _entry: Callable[[str, Node], Entry]
    reach: Callable[[str], None]

    def space(self) -> Space:
        self.reach("/")
        return ROOM

    def find(
        self, path: str, pattern: str, *, glob: bool = False, limit: int = 0
    ) -> Generator[list[Found] | SearchSum, None, None]:
        most = limit or LIMIT
        found: list[Found] = []
        seen = errors = 0
        for below, node in self._below(path, self._node(path)):
            self.reach(below.rpartition("/")[2])
            seen += 1
            errors += isinstance(node, EngineError)
            name = below.rpartition("/")[2]
            if fnmatch.fnmatch(name, pattern) if glob else _fuzzy(pattern, name):
                found.append(Found(below, self._entry(name, node)))
        for start in range(0, min(len(found), most), 100):
            yield found[start : start + 100]
            yield SearchSum(seen, 0, 0, 0, errors, start, complete=False, cut=False)
        cut = len(found) > most
        yield SearchSum(seen, 0, 0, 0, errors, min(len(found), most), not cut and not errors, cut)

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
        try:
            wanted = re.compile(re.escape(pattern) if fixed else pattern, ignore_case * re.I)
        except re.error as error:
            raise FileFailed(f"Not a pattern: {error}.", path=path, errno=EINVAL) from None
        files = size = binary = count = 0
        for below, node in self._below(path, self._node(path)):
            self.reach(below.rpartition("/")[2])
            if not isinstance(node, bytes) or not fnmatch.fnmatch(below, glob or "*"):
                continue
            files, size = files + 1, size + len(node)
            if b"\0" in node:
                binary += 1
                continue
            matches = list(_matches(wanted, below, node))[: (limit or LIMIT) - count]
            count += len(matches)
            if matches:
                yield matches
            yield SearchSum(files, files, size, binary, 0, count, complete=False, cut=False)
        yield SearchSum(files, files, size, binary, 0, count, complete=True, cut=False)

    def folder_usage(self, path: str) -> Generator[FolderUsage, None, None]:
        node = self._node(path)
        if isinstance(node, EngineError):
            raise node
        assert isinstance(node, Mapping)
        sums: list[FolderSum] = []
        for name, child in node.items():
            self.reach(name)
            sums.append(self._sum(name, child))
            yield FolderUsage(list(sums), _total(sums), complete=False)
        yield FolderUsage(sums, _total(sums), complete=True)

    def usage(self, path: str) -> Generator[DiskUsage, None, None]:
        for told in self.folder_usage(path):
            yield told.total

    def hash(self, path: str, algorithm: str = "sha256") -> Generator[Hashed, None, None]:
        node = self._node(path)
        if isinstance(node, EngineError):
            raise node
        assert isinstance(node, bytes)
        for done in range(0, len(node), max(1, len(node) // 4)):
            if done:
                self.reach(path.rpartition("/")[2])
            yield Hashed(algorithm, done, len(node), None)
        digest = hashlib.new(algorithm, node).hexdigest()
        yield Hashed(algorithm, len(node), len(node), digest)

    def _below(self, path: str, node: Node) -> Iterator[tuple[str, Node]]:
        for name, child in node.items() if isinstance(node, Mapping) else ():
            below = f"{path.rstrip('/')}/{name}"
            yield below, child
            yield from self._below(below, child)

    def _sum(self, name: str, node: Node) -> FolderSum:
        below = [child for _, child in self._below("", node)]
        data = [len(child) for child in [node, *below] if isinstance(child, bytes | str)]
        folders = sum(isinstance(child, Mapping) for child in [node, *below])
        errors = sum(isinstance(child, EngineError) for child in [node, *below])
        disk = sum(-(-size // 4096) * 4096 for size in data) + 4096 * folders
        kind = self._entry(name, node).kind
        files = len(below) + 1 - folders
        return FolderSum(name, kind, sum(data), disk, files, folders, errors, complete=True)


def _total(sums: list[FolderSum]) -> DiskUsage:
    return DiskUsage(
        sum(each.apparent for each in sums),
        sum(each.disk for each in sums) + 4096,
        sum(each.files for each in sums),
        sum(each.directories for each in sums),
        sum(each.errors for each in sums),
    )


def _matches(wanted: re.Pattern[str], path: str, node: bytes) -> Iterator[Matched]:
    offset = 0
    for number, line in enumerate(node.split(b"\n"), 1):
        text = line.decode("utf-8", "surrogateescape")
        if match := wanted.search(text):
            yield Matched(path, number, offset, text, match.start(), match.end())
        offset += len(line) + 1


def _fuzzy(pattern: str, name: str) -> bool:
    if pattern.islower():
        name = name.casefold()
    rest = iter(name)
    return all(char in rest for char in pattern)
