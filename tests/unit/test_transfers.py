"""What transfers note and refuse, without an engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.showcase import volume
from tui.engine.completeness import Completeness
from tui.engine.errors import EngineError, NoRoom
from tui.engine.marker import Marker, parse_marker
from tui.engine.model import DiskUsage
from tui.engine.space import Space
from tui.engine.transfers.cloning import labels_of_clone, suggested_name
from tui.engine.transfers.journal import Filling, FillingNote, fillings, forget
from tui.engine.transfers.space import refuse_without_room
from tui.engine.volumes import JOB_LABEL

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FILLING = Filling("clone", "new\udcff\n", "ab12", "old", AT, "host/7")
ROOM = Space(1000, 500, 400, 100, 50, 0xEF53, False)
BTRFS = 0x9123683E


@pytest.fixture
def stem(tmp_path: Path) -> Path:
    return tmp_path / "state" / "transfer-1234.json"


def test_a_filling_is_noted_as_long_as_it_lasts(stem: Path) -> None:
    note = FillingNote(stem, FILLING)
    (told,) = fillings(stem)
    assert told == FILLING
    assert told.alive
    forget(told)  # Its client lives.
    assert fillings(stem) == [FILLING]
    note.close(settled=True)
    assert list(stem.parent.iterdir()) == []


def test_what_a_dead_client_filled_is_found_until_it_is_forgotten(stem: Path) -> None:
    FillingNote(stem, FILLING).close(settled=False)
    (told,) = fillings(stem)
    assert told == FILLING
    assert not told.alive
    forget(told)
    assert fillings(stem) == []


@pytest.mark.parametrize(
    "written", [b"", b"{", b"[]", b'{"fills": "x"}', b"\xff\n", b'{"at": 3}', b"[" * 100_000]
)
def test_what_is_not_ours_means_nothing(stem: Path, written: bytes) -> None:
    stem.parent.mkdir()
    stem.with_name(f"{stem.stem}-00.json").write_bytes(written)
    assert fillings(stem) == []


def test_without_a_state_folder_nothing_is_noted() -> None:
    FillingNote(None, FILLING).close(settled=False)
    assert fillings(None) == []


def test_what_cannot_be_noted_is_not_begun(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    with pytest.raises(EngineError, match="was not made"):
        FillingNote(tmp_path / "state" / "transfer-1.json", FILLING)


def test_the_marker_says_who_fills() -> None:
    marker = Marker("ab12", "clone", "old\udcff", AT, "host/7")
    assert parse_marker(marker.text()) == marker


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff", b'{"start": "x"}', b"[" * 100_000])
def test_a_marker_of_somebody_else_is_empty(text: bytes) -> None:
    assert parse_marker(text) == Marker()


def usage(disk: int, files: int = 1) -> DiskUsage:
    return DiskUsage(disk, disk, files, 0, 0)


def test_room_for_bytes() -> None:
    refuse_without_room(usage(400), ROOM, ROOM, "new")
    with pytest.raises(NoRoom, match=r"new needs 401 bytes, and .* has 400 bytes free"):
        refuse_without_room(usage(401), ROOM, ROOM, "new")


def test_room_for_inodes() -> None:
    refuse_without_room(usage(1, 50), ROOM, ROOM, "new")
    target = replace(ROOM, inodes_free=49)
    with pytest.raises(NoRoom, match=r"new needs 50 inodes, and .* has 49 free"):
        refuse_without_room(usage(1, 50), ROOM, target, "new")
    refuse_without_room(usage(1, 5000), ROOM, replace(target, inodes=0), "new")


def test_names_of_one_file_take_no_more_inodes_than_there_are() -> None:
    source = replace(ROOM, inodes=100, inodes_free=60)
    refuse_without_room(usage(1, 5000), source, replace(ROOM, inodes_free=40), "new")


def test_blocks_that_are_shared_need_no_room() -> None:
    shared = replace(ROOM, type=BTRFS)
    refuse_without_room(usage(401), shared, shared, "new")
    with pytest.raises(NoRoom):
        refuse_without_room(usage(401), ROOM, shared, "new")
    with pytest.raises(NoRoom):
        refuse_without_room(usage(401), replace(shared, size=2000), shared, "new")


def test_a_name_is_suggested() -> None:
    assert suggested_name("db", {"db"}) == "db-copy"
    assert suggested_name("db", {"db-copy", "db-copy-2"}) == "db-copy-3"
    long = suggested_name("é" * 127, ())
    assert long.endswith("é-copy")
    assert len(long.encode()) <= 255


def test_labels_of_a_clone() -> None:
    labels = {
        "kept": "yes",
        "com.docker.volume.anonymous": "",
        "com.docker.compose.project": "shop",
        JOB_LABEL: "1",
    }
    assert labels_of_clone(labels, compose=False) == {"kept": "yes"}
    assert labels_of_clone(labels, compose=True) == {
        "kept": "yes",
        "com.docker.compose.project": "shop",
    }


def test_what_is_known_of_being_whole(tmp_path: Path) -> None:
    path = tmp_path / "whole.json"
    known = Completeness(path)
    other = volume("other", 0)
    ours = replace(other, name="ours", labels={JOB_LABEL: "1"})
    bound = replace(other, name="bound", options={"device": "/x"})
    assert [known.get(each) for each in (other, ours, bound)] == [False, None, None]
    for each in (other, ours, bound):
        known.note(each, incomplete=True)
    assert [known.get(each) for each in (other, ours, bound)] == [True, True, True]
    assert Completeness(path).get(ours) is None
    for each in (other, ours, bound):
        known.note(each, incomplete=False)
    assert [known.get(each) for each in (other, ours, bound)] == [False, False, None]
    assert Completeness(path).get(ours) is False
    again = replace(ours, labels={JOB_LABEL: "2"})
    assert Completeness(path).get(again) is None


@pytest.mark.parametrize("written", [b"", b"{}", b"[1, 2]", b"\xff", b"[" * 100_000])
def test_what_is_kept_of_that_may_be_broken(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "whole.json"
    path.write_bytes(written)
    ours = replace(volume("ours", 0), labels={JOB_LABEL: "1"})
    assert Completeness(path).get(ours) is None
