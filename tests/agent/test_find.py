"""Finding by name: fuzzy and globs, names of any bytes, trees that do harm."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tests.agent.opened import watch_opens
from tests.agent.trees import HOSTILE_NAMES, Chain
from tui.engine.agent import AgentConnection
from tui.engine.errors import FileFailed
from tui.engine.model import EntryKind
from tui.engine.protocol import FrameType
from tui.engine.search import Found, SearchSum, find


def found(
    agent: AgentConnection, path: str, pattern: str, *, glob: bool = False, limit: int = 0
) -> tuple[dict[str, Found], SearchSum]:
    results: dict[str, Found] = {}
    for part in find(agent, path, pattern, glob=glob, limit=limit):
        if isinstance(part, SearchSum):
            total = part
        else:
            assert not results.keys() & {result.path for result in part}, "told twice"
            results |= {result.path: result for result in part}
    assert total.complete
    assert total.found == len(results)
    return results, total


def tree(folder: Path, *files: str) -> None:
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * len(file))


def test_fuzzy(start: Start, volume: Path) -> None:
    tree(volume, "src/main.go", "src/Makefile", "docs/manual/index.md", "log/mail.log")
    agent = start(volume).connect()
    for pattern, paths in {
        "mg": {"/src/main.go", "/log/mail.log"},
        "MF": set(),
        "Mf": {"/src/Makefile"},
        "mkf": {"/src/Makefile"},
        "mal": {"/docs/manual", "/log/mail.log", "/src/Makefile"},
        "s/m": {"/src/main.go", "/src/Makefile", "/docs/manual", "/docs/manual/index.md"},
        "none": set(),
    }.items():
        results, total = found(agent, "/", pattern)
        assert set(results) == paths, pattern
        assert (total.entries, total.errors, total.cut) == (8, 0, False)
    assert set(found(agent, "/src", "mg")[0]) == {"/src/main.go"}


def test_what_is_told_of_an_entry(start: Start, volume: Path) -> None:
    tree(volume, "a/file")
    (volume / "a/link").symlink_to("/etc")
    os.mkfifo(volume / "a/fifo")
    (volume / "a/file").chmod(0o4751)
    agent = start(volume).connect()
    results, _ = found(agent, "/", "a/f")
    entry = results["/a/file"].entry
    made = (volume / "a/file").stat()
    assert (entry.name, entry.size, entry.mode) == ("file", 6, stat.S_IFREG | 0o4751)
    assert (entry.inode, entry.mtime_ns) == (made.st_ino, made.st_mtime_ns)
    assert results["/a/fifo"].entry.kind is EntryKind.FIFO
    link = found(agent, "/a", "link")[0]["/a/link"].entry
    assert (link.kind, link.target) == (EntryKind.SYMLINK, "/etc")


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("*.go", {"/src/main.go", "/src/deep/er/util.go", "/[x]/a.go"}),
        ("m*.go", {"/src/main.go"}),
        ("????.go", {"/src/main.go", "/src/deep/er/util.go"}),
        ("[!m]*.go", {"/src/deep/er/util.go", "/[x]/a.go"}),
        ("[l-n]ain.g[aeiou]", {"/src/main.go"}),
        ("src/*.go", {"/src/main.go"}),
        ("/src/*.go", {"/src/main.go"}),
        ("src/**/*.go", {"/src/main.go", "/src/deep/er/util.go"}),
        ("**/er/*", {"/src/deep/er/util.go"}),
        ("src/**", {"/src/main.go", "/src/deep", "/src/deep/er", "/src/deep/er/util.go"}),
        (r"\[x\]", {"/[x]"}),
        ("é?", {"/é€"}),
        ("MAIN.GO", set()),
    ],
)
def test_globs(start: Start, volume: Path, pattern: str, paths: set[str]) -> None:
    tree(volume, "src/main.go", "src/deep/er/util.go", "[x]/a.go", "é€")
    results, _ = found(start(volume).connect(), "/", pattern, glob=True)
    assert set(results) == paths


def test_patterns_that_are_none(start: Start, volume: Path) -> None:
    agent = start(volume).connect()
    for pattern, glob, words in (
        ("", False, "empty"),
        ("x" * 5_000, False, "longer"),
        ("a\0b", False, "NUL"),
        ("[a", True, r"no \]"),
    ):
        with pytest.raises(FileFailed, match=words) as failure:
            found(agent, "/", pattern, glob=glob)
        assert failure.value.errno == errno.EINVAL
    (volume / "file").touch()
    with pytest.raises(FileFailed, match="/file is not a folder"):
        found(agent, "/file", "x")
    with pytest.raises(FileFailed, match="/none does not exist"):
        found(agent, "/none", "x")


def test_names_of_any_bytes(start: Start, volume: Path) -> None:
    folder = os.fsencode(volume / "all")
    os.mkdir(folder)
    for name in HOSTILE_NAMES:
        os.close(os.open(os.path.join(folder, name), os.O_CREAT | os.O_WRONLY))
    agent = start(volume).connect()
    for name in HOSTILE_NAMES:
        pattern = os.fsdecode(name)
        assert f"/all/{pattern}" in found(agent, "/", pattern)[0], "its own pattern"
    everything, _ = found(agent, "/", "all/*", glob=True)
    assert {result.entry.name for result in everything.values()} == {
        os.fsdecode(name) for name in HOSTILE_NAMES
    }


def test_links_lead_nowhere_and_specials_are_not_opened(start: Start, volume: Path) -> None:
    inside = volume / "inside"
    tree(inside, "needle")
    (inside / "loop").symlink_to("..")
    (inside / "out").symlink_to("/")
    os.mkfifo(inside / "fifo-needle")
    agent = start(volume).connect()
    with watch_opens(inside) as opened:
        results, total = found(agent, "/", "needle")
    assert set(results) == {"/inside/needle", "/inside/fifo-needle"}
    assert total.entries == 5
    assert not opened & {"needle", "fifo-needle", "loop", "out"}


def test_twenty_thousand_levels(start: Start, abyss: Path) -> None:
    results, total = found(start(abyss).connect(), "/", "none")
    assert (len(results), total.entries, total.errors) == (0, 20_000, 0)


def test_a_path_past_path_max(start: Start, tmp_path: Path) -> None:
    with Chain(tmp_path, "d" * 250, 40) as chain:
        chain.write("needle", b"x")
        agent = start(tmp_path, prefix=("prlimit", "--nofile=64:64")).connect()
        results, _ = found(agent, "/", "needle")
        (path,) = results
        assert len(path) > 10_000
        assert agent.stat(path).entry.size == 1


def test_cut_at_the_limit(start: Start, crowd: Path) -> None:
    agent = start(crowd).connect()
    results, total = found(agent, "/", "file", limit=777)
    assert len(results) == 777
    assert total.cut
    results, total = found(agent, "/", "file", limit=20_001)
    assert len(results) == 20_000
    assert not total.cut


def test_going_away_ends_it(start: Start, crowd: Path) -> None:
    process = start(crowd)
    agent = process.connect()
    with closing(find(agent, "/", "f")) as parts:
        next(parts)
    for _ in range(20):
        with closing(find(agent, "/", "f")) as parts:
            next(parts)
    assert len(found(agent, "/", "f")[0]) == 20_000


def test_cancel_is_answered(start: Start, crowd: Path) -> None:
    process = start(crowd)
    process.greet()
    process.ask(2, "find", "/", pattern=b"f", glob=False)
    while process.next().type is not FrameType.ENTRIES:
        continue
    process.cancel(2)
    before, final = process.final(2)
    ended = final.type is FrameType.DONE or b"ECANCELED" in final.payload
    assert ended, before


def test_folders_that_vanish_meanwhile(start: Start, volume: Path) -> None:
    for number in range(300):
        tree(volume, *(f"{number}/{sub}/file" for sub in range(3)))
    agent = start(volume).connect()
    with closing(find(agent, "/", "file")) as parts:
        for number in range(0, 300, 2):
            shutil.rmtree(volume / str(number))
        sums = [part for part in parts if isinstance(part, SearchSum)]
    assert sums[-1].complete
    assert len(found(agent, "/", "file")[0]) == 450
