"""The journal of who was stopped, without an engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tui.engine.errors import EngineError
from tui.engine.journal import Journal, Stopped, left_behind, settle
from tui.engine.model import ContainerState

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DB = Stopped("1" * 64, "db", "pgdata", ContainerState.RUNNING, "run", AT, 20.0)
WEB = replace(DB, container_id="2" * 64, name="we\udcffb\x1b", at=AT + timedelta(seconds=1))


@pytest.fixture
def stem(tmp_path: Path) -> Path:
    return tmp_path / "state" / "stopped-1234.json"


def files(stem: Path) -> list[Path]:
    return sorted(stem.parent.iterdir()) if stem.parent.exists() else []


def abandoned(stem: Path, *stopped: Stopped) -> None:
    """A journal whose client ended without bringing anybody back."""
    journal = Journal(stem)
    for each in stopped:
        journal.note(each)
    journal.close()


def test_nothing_is_written_before_something_is_stopped(stem: Path) -> None:
    journal = Journal(stem)
    journal.close()
    assert files(stem) == []
    assert left_behind(stem) == []


def test_it_is_on_the_disk_before_and_gone_when_all_are_back(stem: Path) -> None:
    journal = Journal(stem)
    journal.note(DB)
    (file,) = files(stem)
    assert DB.container_id in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    journal.note(WEB)
    journal.settle(DB.container_id)
    journal.settle(WEB.container_id)
    journal.close()
    assert files(stem) == []


def test_the_journal_of_a_living_client_is_not_told(stem: Path) -> None:
    journal = Journal(stem)
    journal.note(DB)
    assert left_behind(stem) == []
    journal.close()
    assert left_behind(stem) == [DB]


def test_who_was_not_brought_back_is_told_in_order_and_settled_one_by_one(stem: Path) -> None:
    abandoned(stem, WEB)
    abandoned(stem, DB)
    abandoned(stem.with_name("stopped-other.json"), DB)

    first, second = left_behind(stem)

    assert (first, second) == (DB, WEB)
    settle(second)
    assert left_behind(stem) == [DB]
    settle(first)
    assert left_behind(stem) == []
    assert [path.name.startswith("stopped-other") for path in files(stem)] == [True]


def test_lines_that_are_torn_or_not_ours_mean_nothing(stem: Path) -> None:
    abandoned(stem, DB, WEB)
    (file,) = files(stem)
    whole = file.read_text()
    hostile = ['{"stopped": 1}', '{"stopped": "3", "at": "then"}', "[]", '{"settled": [1]}', "\x00"]
    file.write_text("\n".join([*hostile, whole, '{"stopped": "44']))
    assert left_behind(stem) == [DB, WEB]
    file.write_bytes(b"\xff\xfe" * 100)
    assert left_behind(stem) == []


def test_what_is_appended_behind_a_torn_line_is_read(stem: Path) -> None:
    abandoned(stem, DB, WEB)
    (file,) = files(stem)
    file.write_text(file.read_text() + '{"settl')
    settle(left_behind(stem)[0])
    assert left_behind(stem) == [WEB]


def test_what_cannot_be_noted_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    journal = Journal(tmp_path / "state" / "stopped-1234.json")
    with pytest.raises(EngineError, match=r"db was not stopped: .* cannot be written"):
        journal.note(DB)
    journal.close()


def test_without_a_state_folder_nothing_is_kept() -> None:
    journal = Journal(None)
    journal.note(DB)
    journal.settle(DB.container_id)
    journal.close()
    assert left_behind(None) == []
