"""What keeps a swap from happening, and what others do meanwhile: told, and nothing of it lost."""

from __future__ import annotations

import base64
import fcntl
import os
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.agent.asking import ask, refused
from tests.agent.conftest import Start
from tests.agent.process import AgentProcess
from tests.agent.stepped import stepped
from tests.agent.test_remove import hostile_tree, immutable, mounted
from tests.agent.test_settle import attributes, decorate
from tests.agent.test_swap import JOB, JOURNAL, OLD, STAGING, contents, recover, small, swap, whole
from tui.engine.agent import AgentConnection
from tui.engine.errors import HelperLost

KEPT = f"voltui-kept-{JOB}"


def swap_refused(agent: AgentConnection, job: str = JOB) -> str:
    return refused(agent, "swap", staging=f".voltui-new-{job}".encode(), job=job)


def paths(answer: list[str]) -> set[bytes]:
    return {base64.b64decode(path) for path in answer}


def test_contents_of_every_kind_change_places(start: Start, volume: Path) -> None:
    (volume / STAGING).mkdir()
    hostile_tree(volume)
    hostile_tree(volume / STAGING)
    new = contents(volume / STAGING)
    answer = swap(start(volume, prefix=("prlimit", "--nofile=64:64")).connect())
    assert "failed" not in answer
    assert contents(volume) == new


def test_the_folder_gets_what_was_kept_for_its_new_contents(start: Start, volume: Path) -> None:
    small(volume)
    wrapping = volume / STAGING / "wrapping"
    for name in os.listdir(volume / STAGING):
        wrapping.mkdir(exist_ok=True)
        (volume / STAGING / name).rename(wrapping / name)
    decorate(wrapping)
    expected = attributes(wrapping)
    agent = start(volume).connect()
    ask(agent, "lift", f"/{STAGING}", folder=b"wrapping")
    assert swap(agent)["losses"] == []
    assert attributes(volume) == expected


def test_an_immutable_entry_leaves_all_as_it_was(start: Start, volume: Path) -> None:
    both = small(volume)
    agent = start(volume).connect()
    with immutable(volume / "kind"):
        assert swap_refused(agent) == "EPERM"
        whole(volume, both, "rolled back")
        assert volume.stat().st_mtime_ns == 1_000_000_007


def test_what_cannot_be_removed_of_the_old_contents_is_told_and_tried_again(
    start: Start, volume: Path
) -> None:
    both = small(volume)
    agent = start(volume).connect()
    subprocess.run(["chattr", "+i", volume / "both" / "old"], check=True)
    try:
        (failure,) = swap(agent)["failed"]
        assert base64.b64decode(failure["path"]) == f"/{OLD}/both/old".encode()
        assert failure["code"] == "EPERM"
        assert contents(volume) == both.new
        assert recover(agent)["state"] == "finished"
        assert swap_refused(agent) == "EEXIST"
    finally:
        subprocess.run(["chattr", "-i", volume / OLD / "both" / "old"], check=True)
    answer = recover(agent)
    assert paths(answer["removed"]) == {OLD.encode(), JOURNAL.encode()}
    whole(volume, both, "finished")


def test_no_room_for_the_journal_leaves_all_as_it_was(start: Start, volume: Path) -> None:
    prefix = mounted(
        f"mount -t tmpfs -o size=400k none {volume}",
        f"mkdir {volume}/{STAGING}",
        f"touch {volume}/{STAGING}/new",
        f"cd {volume} && for n in $(seq 300); do : > $n-{'x' * 200}; done",
        f"(head -c 1m /dev/zero > {volume}/full; truncate -s -8k {volume}/full)",
    )
    agent = start(volume, prefix=prefix).connect()
    assert swap_refused(agent) == "ENOSPC"
    answer = recover(agent)
    assert (answer["state"], paths(answer["left"])) == ("none", {STAGING.encode()})
    with closing(agent.entries("/")) as batches:
        assert sum(len(batch) for batch in batches) == 302


def test_a_read_only_file_system_and_a_mount_leave_all_as_it_was(
    start: Start, volume: Path
) -> None:
    both = small(volume)
    read_only = mounted(f"mount --bind {volume} {volume}", f"mount -o remount,ro,bind {volume}")
    assert swap_refused(start(volume, prefix=read_only).connect()) == "EROFS"
    whole(volume, both, "rolled back")
    busy = mounted(f"mount -t tmpfs none {volume}/both")
    assert swap_refused(start(volume, prefix=busy).connect()) == "EBUSY"
    whole(volume, both, "rolled back")


def test_names_of_ours_and_other_stagings_are_refused(
    start: Start, volume: Path, tmp_path: Path
) -> None:
    both = small(volume)
    agent = start(volume).connect()
    for job in ("", "a/b", "..", "a\n", "x" * 65):
        assert swap_refused(agent, job) == "EINVAL"
    assert swap_refused(agent, "other") == "ENOENT"
    (volume / STAGING / ".voltui-x").touch()
    assert swap_refused(agent) == "EINVAL"
    (volume / STAGING / ".voltui-x").unlink()
    (volume / ".voltui-mine").touch()
    assert swap_refused(agent) == "EINVAL"
    (volume / ".voltui-mine").unlink()
    (volume / OLD).mkdir()
    assert swap_refused(agent) == "EEXIST"
    (volume / OLD).rmdir()
    (volume / ".voltui-new-link").symlink_to(tmp_path)
    assert swap_refused(agent, "link") in {"ELOOP", "ENOTDIR"}
    (volume / ".voltui-new-link").unlink()
    whole(volume, both, "rolled back")


def test_a_journal_that_makes_no_sense_is_left_alone(
    start: Start, volume: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.write_text("x")
    agent = start(volume).connect()
    journal = volume / JOURNAL
    journal.write_text("somebody's text\n")
    assert refused(agent, "recover", staging=True) == "EUCLEAN"
    assert journal.exists()
    journal.write_text('{"version":1,"job":"Job-1"')
    (volume / OLD).mkdir()
    (volume / OLD / "old").touch()
    assert refused(agent, "recover", staging=True) == "EUCLEAN"
    assert (volume / OLD / "old").exists()
    journal.unlink()
    os.mkfifo(journal)
    assert refused(agent, "recover", staging=True) == "EUCLEAN"
    journal.unlink()
    journal.symlink_to(outside)
    assert refused(agent, "recover", staging=True) == "EUCLEAN"
    assert outside.read_text() == "x"
    journal.unlink()
    assert recover(agent)["state"] == "none"
    assert (volume / OLD / "old").exists()


def test_staging_folders_go_only_when_told_and_if_nobody_fills_them(
    start: Start, volume: Path
) -> None:
    for job in ("dead", "alive"):
        (volume / f".voltui-new-{job}" / "folder").mkdir(parents=True)
    agent = start(volume).connect()
    both = {b".voltui-new-dead", b".voltui-new-alive"}
    assert paths(recover(agent)["left"]) == both
    fd = os.open(volume / ".voltui-new-alive", os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)
    answer = ask(agent, "recover", staging=True)
    os.close(fd)
    assert paths(answer["removed"]) == {b".voltui-new-dead"}
    assert os.listdir(volume) == [".voltui-new-alive"]


def test_a_swap_that_runs_is_not_disturbed(binary: Path, start: Start, volume: Path) -> None:
    both = small(volume)
    other = start(volume).connect()
    met = []

    def before(_: int, name: str) -> bool:
        if name == "renameat2":
            met.append(refused(other, "recover", staging=True))
            met.append(swap_refused(other))
        return False

    with stepped(volume.parent, before) as prefix:
        process = AgentProcess([*prefix, str(binary), "--root", str(volume)])
        swap(process.connect())
        process.end()
    assert set(met) == {"EBUSY"}
    whole(volume, both, "finished")


@pytest.mark.parametrize("kill", [False, True])
def test_what_a_writer_makes_meanwhile_is_kept(
    binary: Path, start: Start, volume: Path, kill: bool
) -> None:
    """It makes a name that no side has, one that the new side has, and one anew that moved."""
    small(volume)
    state = {"renames": 0}

    def before(_: int, name: str) -> bool:
        state["renames"] += name == "renameat2"
        if name == "ftruncate" and state["renames"] == 4:  # all old entries are away
            (volume / "free").write_text("writer")
            (volume / "new").write_text("writer")
            (volume / "old").write_text("writer")
        return kill and state["renames"] == 7

    with stepped(volume.parent, before) as prefix:
        process = AgentProcess([*prefix, str(binary), "--root", str(volume)])
        if kill:
            with pytest.raises(HelperLost):
                swap(process.connect())
            process.end()
            answer = recover(start(volume).connect())
            assert answer["state"] == "finished"
        else:
            answer = swap(process.connect())
            told = paths(answer["kept"]["paths"])
            assert told >= {b"/free", b"/old", f"/{KEPT}/new".encode()}
            process.end()
    assert (volume / "free").read_text() == "writer"
    assert (volume / "old").read_text() == "writer"
    assert (volume / KEPT / "new").read_text() == "writer"
    assert (volume / "new").read_text() == "new"


def test_what_a_writer_makes_in_the_place_of_an_old_entry_is_kept(
    binary: Path, volume: Path
) -> None:
    """A file that was replaced after it was noted is not what may be removed."""
    both = small(volume)

    def before(_: int, name: str) -> bool:
        if name == "mkdirat" and not (volume / OLD).exists() and (volume / "old").exists():
            (volume / "other").write_text("writer")
            (volume / "other").rename(volume / "old")
        return False

    with stepped(volume.parent, before) as prefix:
        process = AgentProcess([*prefix, str(binary), "--root", str(volume)])
        answer = swap(process.connect())
        process.end()
    assert paths(answer["kept"]["paths"]) == {f"/{KEPT}/old".encode()}
    assert (volume / KEPT / "old").read_text() == "writer"
    assert {name for name in both.new if name.count(b"/") == 1} < set(contents(volume))
