"""What comes before and after a transfer: room, the marker, everything on the storage."""

from __future__ import annotations

import os
from pathlib import Path

from tests.agent.asking import ask, refused
from tests.agent.conftest import Start
from tests.agent.test_remove import mounted
from tests.engines.waiting import wait_for

MARKER = ".voltui-incomplete"
TMPFS = 0x01021994


def test_space_is_what_statfs_says(start: Start, volume: Path) -> None:
    told = os.statvfs(volume)
    answer = ask(start(volume).connect(), "space")
    assert answer["size"] == told.f_blocks * told.f_frsize
    assert answer["inodes"] == told.f_files
    assert answer["read_only"] is False
    assert 0 < answer["available"] <= answer["free"] <= answer["size"]


def test_space_of_another_file_system_below(start: Start, volume: Path) -> None:
    (volume / "small").mkdir()
    prefix = mounted(f"mount -t tmpfs -o size=1m,nr_inodes=7,ro none {volume}/small")
    agent = start(volume, prefix=prefix).connect()
    answer = ask(agent, "space", "/small")
    assert answer == {
        "size": 1 << 20,
        "free": 1 << 20,
        "available": 1 << 20,
        "inodes": 7,
        "inodes_free": 6,
        "type": TMPFS,
        "read_only": True,
    }


def test_sync_answers(start: Start, volume: Path) -> None:
    (volume / "file").write_bytes(b"x" * 100_000)
    agent = start(volume).connect()
    assert ask(agent, "sync") == {}
    assert refused(agent, "sync", "/file") == "ENOTDIR"


def test_the_marker_is_made_once(start: Start, volume: Path) -> None:
    agent = start(volume).connect()
    text = bytes(range(256))
    assert ask(agent, "mark", text=text) == {}
    made = volume / MARKER
    assert made.read_bytes() == text
    assert made.stat().st_mode == 0o100600
    assert refused(agent, "mark", text=b"other") == "EEXIST"
    assert made.read_bytes() == text


def test_a_link_in_the_place_of_the_marker_leads_nowhere(
    start: Start, volume: Path, tmp_path: Path
) -> None:
    (volume / MARKER).symlink_to(tmp_path / "outside")
    assert refused(start(volume).connect(), "mark", text=b"x") == "EEXIST"
    assert not (tmp_path / "outside").exists()


def test_no_marker_is_left_where_there_is_no_room(start: Start, volume: Path) -> None:
    prefix = mounted(
        f"mount -t tmpfs -o size=16k none {volume}", f"head -c 12k /dev/zero > {volume}/full"
    )
    agent = start(volume, prefix=prefix).connect()
    assert refused(agent, "mark", text=b"x" * 9000) == "ENOSPC"
    assert refused(agent, "stat", "/" + MARKER) == "ENOENT"


def test_a_read_only_file_system_and_a_text_too_long_are_refused(
    start: Start, volume: Path
) -> None:
    agent = start(volume).connect()
    assert refused(agent, "mark", text=b"x" * 65537) == "EINVAL"
    prefix = mounted(f"mount -t tmpfs -o ro none {volume}")
    agent = start(volume, prefix=prefix).connect()
    assert refused(agent, "mark", text=b"x") == "EROFS"


def test_a_staging_folder_is_made_once(start: Start, volume: Path) -> None:
    agent = start(volume).connect()
    assert ask(agent, "stage", "/", job="a1-B_2") == {}
    folder = volume / ".voltui-new-a1-B_2"
    assert folder.stat().st_mode & 0o7777 == 0o700
    assert refused(agent, "stage", "/", job="a1-B_2") == "EEXIST"
    for job in ("", "a/b", "..", "x" * 65):
        assert refused(agent, "stage", "/", job=job) == "EINVAL"
    assert os.listdir(volume) == [folder.name]


def test_a_staging_folder_that_is_being_filled_is_left_alone(start: Start, volume: Path) -> None:
    agent, other = start(volume).connect(), start(volume).connect()
    ask(agent, "stage", "/", job="1")
    folder = volume / ".voltui-new-1"
    (folder / "data").touch()
    told = ask(other, "recover", "/", staging=True)
    assert (told["state"], told["removed"]) == ("none", [])
    assert (folder / "data").exists()
    agent.close()
    wait_for(lambda: bool(ask(other, "recover", "/", staging=True)["removed"]), "the lock's end")
    assert not folder.exists()
