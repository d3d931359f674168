"""What each entry of a folder holds: the right sums, in parts, hard links once."""

from __future__ import annotations

import os
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tui.engine.agent import AgentConnection
from tui.engine.diskusage import FolderSum, FolderUsage, folder_usage
from tui.engine.errors import FileFailed
from tui.engine.model import DiskUsage, EntryKind


def whole(agent: AgentConnection, path: str = "/") -> FolderUsage:
    *_, last = folder_usage(agent, path)
    assert last.complete
    assert all(child.complete for child in last.children)
    return last


def by_name(usage: FolderUsage) -> dict[str, FolderSum]:
    children = {child.name: child for child in usage.children}
    assert len(children) == len(usage.children)
    return children


def blocks(*paths: Path) -> int:
    return sum(os.lstat(path).st_blocks for path in paths) * 512


def add_up(usage: FolderUsage, own: Path) -> None:
    total, children = usage.total, usage.children
    folders = sum(child.kind is EntryKind.DIRECTORY for child in children)
    assert total.apparent == sum(child.apparent for child in children)
    assert total.disk == sum(child.disk for child in children) + blocks(own)
    assert total.files == sum(child.files for child in children)
    assert total.directories == sum(child.directories for child in children) + folders
    assert total.errors == sum(child.errors for child in children)


def test_each_entry(start: Start, volume: Path) -> None:
    (volume / "a/deep/er").mkdir(parents=True)
    (volume / "a/deep/er/file").write_bytes(b"x" * 10_000)
    (volume / "a/one").write_bytes(b"x")
    (volume / "empty").mkdir()
    with open(volume / "sparse", "wb") as sparse:
        sparse.truncate(1 << 40)
    (volume / "link").symlink_to("12345")
    os.mkfifo(volume / "fifo")
    usage = whole(start(volume).connect())
    children = by_name(usage)
    a = volume / "a"
    in_a = blocks(a, a / "deep", a / "deep/er", a / "deep/er/file", a / "one")
    directory, file = EntryKind.DIRECTORY, EntryKind.FILE
    assert children == {
        "a": FolderSum("a", directory, 10_001, in_a, 2, 2, 0, complete=True),
        "empty": FolderSum("empty", directory, 0, blocks(volume / "empty"), 0, 0, 0, complete=True),
        "sparse": FolderSum("sparse", file, 1 << 40, 0, 1, 0, 0, complete=True),
        "link": FolderSum("link", EntryKind.SYMLINK, 5, 0, 1, 0, 0, complete=True),
        "fifo": FolderSum("fifo", EntryKind.FIFO, 0, 0, 1, 0, 0, complete=True),
    }
    add_up(usage, volume)


def test_the_same_as_gnu_du(start: Start, volume: Path) -> None:
    for number in range(40):
        folder = volume / f"{number % 7}" / f"{number}"
        folder.mkdir(parents=True)
        for file in range(number * 5):
            (folder / str(file)).write_bytes(b"x" * (file * 700))
    usage = whole(start(volume).connect())
    said = subprocess.run(
        ["du", "-s", "--block-size=1", *(str(volume / child.name) for child in usage.children)],
        capture_output=True,
        text=True,
        check=True,
    )
    expected = {
        os.path.basename(path): int(size)
        for size, path in (line.split("\t") for line in said.stdout.splitlines())
    }
    assert {child.name: child.disk for child in usage.children} == expected
    add_up(usage, volume)


def test_hard_links_count_once(start: Start, volume: Path) -> None:
    (volume / "a").mkdir()
    (volume / "b").mkdir()
    (volume / "a/file").write_bytes(b"x" * 50_000)
    for number in range(5):
        os.link(volume / "a/file", volume / f"b/again-{number}")
    os.link(volume / "a/file", volume / "here")
    usage = whole(start(volume).connect())
    assert usage.total.apparent == 50_000
    assert usage.total.files == 7
    assert usage.unsure == 0
    add_up(usage, volume)


def test_children_come_as_they_are_counted(start: Start, abyss: Path) -> None:
    agent = start(abyss.parent).connect()
    while True:  # counting is over before the first partial sum on a fast machine
        sums = list(folder_usage(agent, "/"))
        seen = [by_name(usage)[abyss.name] for usage in sums if usage.children]
        if len(seen) > 1:
            break
    levels = [child.directories for child in seen]
    assert levels == sorted(levels)
    assert levels[-1] == 20_000
    assert seen[-1].complete


def test_many_files(start: Start, crowd: Path) -> None:
    usage = whole(start(crowd).connect())
    assert len(usage.children) == 10_001
    rest = by_name(usage)[""]
    assert (rest.kind, rest.files) == (EntryKind.FILE, 10_000)
    assert usage.total.files == 20_000
    add_up(usage, crowd)


def test_the_largest_files_are_told(start: Start, volume: Path) -> None:
    for number in range(10_100):
        os.close(os.open(volume / str(number), os.O_CREAT | os.O_WRONLY))
    for number in (0, 5_000, 10_099):
        (volume / str(number)).write_bytes(b"x" * 5_000)
    children = by_name(whole(start(volume).connect()))
    assert {children[name].apparent for name in ("0", "5000", "10099")} == {5_000}
    assert children[""].files == 100


def test_a_folder_without_rights_is_an_error(start: Start, volume: Path) -> None:
    for name in ("open", "closed"):
        (volume / name).mkdir()
        (volume / name / "file").write_bytes(b"x" * 100)
    (volume / "closed").chmod(0)
    weak = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    usage = whole(start(volume, prefix=weak).connect())
    children = by_name(usage)
    assert (children["closed"].errors, children["closed"].files) == (1, 0)
    assert (children["open"].errors, children["open"].files) == (0, 1)
    assert usage.total.errors == 1


def test_only_folders(start: Start, volume: Path) -> None:
    (volume / "file").touch()
    (volume / "link").symlink_to(".")
    agent = start(volume).connect()
    for path, sentence in {
        "/file": "/file is not a folder.",
        "/none": "/none does not exist.",
        "/link": "/link is reached through a symbolic link, which voltui does not follow.",
    }.items():
        with pytest.raises(FileFailed) as failure:
            whole(agent, path)
        assert str(failure.value) == sentence
    total = whole(agent).total
    assert total == DiskUsage(1, blocks(volume), 2, 0, 0)


def test_going_away_in_the_middle(start: Start, abyss: Path) -> None:
    agent = start(abyss).connect()
    for _ in range(10):
        with closing(folder_usage(agent, "/")) as parts:
            next(parts)
    assert whole(agent).total.directories == 20_000


def test_twenty_thousand_levels_with_few_descriptors(start: Start, abyss: Path) -> None:
    agent = start(abyss, prefix=("prlimit", "--nofile=64:64")).connect()
    total = whole(agent).total
    assert (total.directories, total.files, total.errors) == (20_000, 0, 0)
