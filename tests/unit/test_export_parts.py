"""What exports that were killed left: told by the next one, never removed unasked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.exports import NOON, send, tar
from tui.engine.transfers.places import place, place_in

LEFT = [
    "pg-20261119T120000Z.tar.zst.part",
    "pg-20261119T120000Z.tar.zst.2.part",
    "pg-20261118T120000Z.tar.gz.part",
    "pg-20261118T120000Z.tar.part",
]
OTHERS = [
    "pg-2-20261119T120000Z.tar.zst.part",
    "pg-20261119T120000Z.tar.zst",
    "pg-20261119T120000Z.zip.part",
    "pg.tar.part",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in LEFT + OTHERS:
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / "pg-20261117T120000Z.tar.part").mkdir()
    (tmp_path / "pg-20261116T120000Z.tar.part").symlink_to(tmp_path / OTHERS[1])
    return tmp_path


def test_what_was_left_of_that_volume_is_told_and_not_touched(folder: Path) -> None:
    with place_in(folder, "pg", None, NOON + timedelta(hours=1)).receiving():
        made = send(place_in(folder, "pg", None, NOON), tar())
    assert list(made.notes) == [
        f"{folder / name} was left by an export that did not end. It was not touched: remove it."
        for name in sorted(LEFT)
    ]
    assert all((folder / name).read_bytes() == b"half" for name in LEFT + OTHERS)


def test_a_name_of_the_user_says_nothing_of_a_volume(folder: Path) -> None:
    assert send(place(str(folder / "own.tar"), "pg", None, NOON), tar()).notes == ()


def test_of_many_the_first_are_named(folder: Path) -> None:
    for number in range(20):
        (folder / f"pg-20261001T0000{number:02}Z.tar.part").touch()
    *_, last = send(place_in(folder, "pg", None, NOON), tar()).notes
    assert last == f"14 more are in {folder}."
