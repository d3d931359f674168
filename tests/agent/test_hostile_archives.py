"""What means harm or is broken is refused by name, and nothing outside of the folder is touched."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.agent.asking import ask
from tests.agent.conftest import Start
from tests.agent.fidelity import read_tree
from tests.agent.hostile_archives import (
    END,
    GOOD,
    HOSTILE,
    folder,
    hard,
    hostile,
    link,
    many,
    member,
)
from tests.agent.unpacking import losses, refusal, unpack
from tui.engine.protocol import FrameType, encode_frame


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """What stands beside the volume."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "file").write_text("safe")
    return folder


@pytest.mark.parametrize("name", HOSTILE)
def test_what_means_harm_is_refused(start: Start, tmp_path: Path, name: str) -> None:
    archive, words = hostile(name)
    volume = tmp_path / "volume"
    volume.mkdir()
    before = {path.name for path in Path("/etc").iterdir()}
    said = refusal(start(volume).connect(), archive)
    assert words in said
    assert "evil" in said or '"' in said or name in {"nothing", "no archive"}
    assert said.endswith(".")
    assert {path.name for path in Path("/etc").iterdir()} == before
    assert {path.name for path in tmp_path.iterdir()} <= {"volume", "home"}


def test_a_link_that_was_put_there_meanwhile_is_not_followed(
    start: Start, volume: Path, outside: Path
) -> None:
    agent = start(volume).connect()
    with agent.request("unpack", "/", devices=False, max_entries=0, max_size=0) as answers:
        answers.feed(folder("a") + b"".join(folder(f"b{n}") for n in range(40)))
        while not (volume / "b30").exists():
            pass
        (volume / "a").rename(volume / "moved")
        (volume / "a").symlink_to(outside)
        answers.feed(member("a/file", b"evil") + END)
        answers.end()
        with pytest.raises(Exception, match="a"):
            list(answers)
    assert (outside / "file").read_text() == "safe"
    assert [path.name for path in outside.iterdir()] == ["file"]


def test_names_are_shown_printable(start: Start, volume: Path) -> None:
    name = "\x1b[31m\n\udcff" + "x" * 5000 + "/../y"
    said = refusal(start(volume).connect(), member(name) + END)
    assert said.isprintable()
    assert len(said) < 1000


def test_links_out_are_kept_as_links(start: Start, volume: Path, outside: Path) -> None:
    target = str(outside / "file")
    unpack(start(volume).connect(), link("out", target) + hard("again", "out") + END)
    assert os.readlink(volume / "out") == os.readlink(volume / "again") == target
    assert (outside / "file").stat().st_nlink == 1


def test_what_is_harmless_is_kept(start: Start, volume: Path) -> None:
    archive = (
        folder("./") + folder("a") + folder("./a/") + member("Twin") + member("twin")
        + member(".//a/./b") + member("a/.voltui-file") + member("/backup/data") + END
    )  # fmt: skip
    agent = start(volume).connect()
    answer = unpack(agent, archive)
    assert losses(answer) == {}
    assert set(read_tree(volume)) == {
        b"", b"/a", b"/Twin", b"/twin", b"/a/b", b"/a/.voltui-file", b"/backup", b"/backup/data",
    }  # fmt: skip
    assert ask(agent, "verify")["count"] == 0


def test_names_that_are_too_long_are_lost_by_name(start: Start, volume: Path) -> None:
    long = "n" * 256
    archive = (
        member(long) + folder(f"a/{long}") + member(f"a/{long}/below") + member("kept")
        + hard("again", long) + END
    )  # fmt: skip
    answer = unpack(start(volume).connect(), archive)
    assert losses(answer) == {"name": 3, "link": 1}
    assert set(read_tree(volume)) == {b"", b"/a", b"/kept"}


@pytest.mark.parametrize(("limits", "refused"), [
    ({"max_entries": 99}, True), ({"max_entries": 100}, False),
    ({"max_size": 699}, True), ({"max_size": 700}, False),
])  # fmt: skip
def test_bombs_end_at_their_limit(
    start: Start, volume: Path, limits: dict[str, Any], refused: bool
) -> None:
    archive = GOOD + many(99)
    agent = start(volume).connect()
    if refused:
        assert "more than" in refusal(agent, archive, **limits)
    else:
        unpack(agent, archive, **limits)
    assert len(list(volume.iterdir())) <= 100


def test_an_archive_cut_at_any_place_is_refused(start: Start, tmp_path: Path) -> None:
    archive = GOOD + folder("a") + member("a/" + "b" * 150, b"y" * 600) + END
    agent = start(tmp_path).connect()
    for size in (*range(1, len(archive), 97), len(archive) - 1):
        target = tmp_path / str(size)
        target.mkdir()
        assert "cut off" in refusal(agent, archive[:size], f"/{size}")


def test_what_came_before_the_refusal_stays_for_the_client(start: Start, volume: Path) -> None:
    agent = start(volume).connect()
    refusal(agent, GOOD + member("../evil") + END)
    assert (volume / "good").read_bytes() == b"x" * 700
    with pytest.raises(Exception, match="unpacked"):
        ask(agent, "verify")


def test_nothing_is_promised_before_the_end_of_the_stream(start: Start, volume: Path) -> None:
    process = start(volume)
    process.greet()
    process.ask(5, "unpack", "/", devices=False, max_entries=0, max_size=0)
    process.sendall(encode_frame(5, FrameType.FEED, GOOD + END))
    for _ in range(2):  # it still waits for END
        assert process.next().type is FrameType.PROGRESS
    process.sendall(encode_frame(5, FrameType.END))
    assert process.final(5)[1].type is FrameType.DONE


def test_python_reads_what_is_built_here() -> None:
    with tarfile.open(fileobj=io.BytesIO(GOOD + folder("a") + link("l", "x") + END)) as archive:
        assert archive.getnames() == ["good", "a", "l"]
