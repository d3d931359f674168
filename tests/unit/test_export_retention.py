"""Which older exports `--keep` removes."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.exports import INFO, NOON, PG, send, tar
from tui.engine.errors import FileFailed
from tui.engine.model import EngineInfo, Volume
from tui.engine.transfers.checksums import checksum_path
from tui.engine.transfers.compression import ArchiveFormat
from tui.engine.transfers.header import header_of
from tui.engine.transfers.madenames import made_name
from tui.engine.transfers.places import place_in
from tui.engine.transfers.progress import Loss, Report, Sums
from tui.engine.transfers.retention import lacks_something, old_exports, remove_old
from tui.engine.transfers.tofile import ArchiveFile


def export_of(folder: Path, hours: int, volume: Volume = PG, info: EngineInfo = INFO) -> Path:
    moment = NOON + timedelta(hours=hours)
    made = place_in(folder, "pg", "gz" if hours % 2 else "tar", moment, checksum=True)
    send(made, tar(header_of(volume, info, moment)))
    assert isinstance(made, ArchiveFile)
    return made.path


def test_only_our_own_exports_of_that_volume_go_oldest_first(tmp_path: Path) -> None:
    ours = [export_of(tmp_path, hours) for hours in (3, 1, 2, 4)]
    other = Volume("other", "local", "local", "", None)
    kept = [
        export_of(tmp_path, 5, other),
        export_of(tmp_path, 6, PG, EngineInfo("Docker", "1", "1", "l", "a", identity="two")),
    ]
    for name in ("pg-20261120T000000Z.tar", "pg-20261119T000000Z.tar.gz", "pg-x.tar", "pg.tar"):
        kept.append(tmp_path / name)
        kept[-1].write_bytes(b"theirs")
    link = tmp_path / "pg-20261118T000000Z.tar"
    link.symlink_to(ours[0])
    found = old_exports(tmp_path, PG, INFO)
    assert [each.path for each in found] == [ours[1], ours[2], ours[0], ours[3]]
    gone = remove_old(found, ours[3], 2).removed
    assert list(gone) == [
        each
        for path in (ours[1], ours[2])
        for each in (path, path.with_name(f"{path.name}.sha256"))
    ]
    assert all(path.exists() for path in [*kept, link, ours[0], ours[3]])
    assert not any(path.exists() for path in gone)


def test_what_was_replaced_since_it_was_looked_at_stays(tmp_path: Path) -> None:
    first, second = export_of(tmp_path, 1), export_of(tmp_path, 2)
    found = old_exports(tmp_path, PG, INFO)
    again = tmp_path / "again"
    again.write_bytes(b"theirs")
    again.replace(first)
    assert remove_old(found, second, 1).removed == ()
    assert first.read_bytes() == b"theirs"
    assert second.exists()


def test_the_new_one_stays_whatever_the_others_are_called(tmp_path: Path) -> None:
    later = [export_of(tmp_path, hours) for hours in (30, 20)]
    new = export_of(tmp_path, 1)
    assert new not in remove_old(old_exports(tmp_path, PG, INFO), new, 2).removed
    assert [new.exists(), *(path.exists() for path in later)] == [True, True, False]
    moved = new.rename(tmp_path / made_name("pg", NOON, ArchiveFormat.TAR))
    found = old_exports(tmp_path, PG, INFO)
    assert remove_old(found, moved, 1).removed == (later[0], checksum_path(later[0]))
    assert moved.exists()


def test_a_socket_alone_does_not_keep_older_ones() -> None:
    assert not lacks_something(Report(Sums(), (Loss("socket", 1),)))
    assert lacks_something(Report(Sums(), (Loss("socket", 1), Loss("unreadable", 1))))
    assert lacks_something(Report(Sums(), changed=1))


def test_nothing_goes_where_the_new_one_is_gone(tmp_path: Path) -> None:
    old, new = export_of(tmp_path, 1), export_of(tmp_path, 2)
    found = old_exports(tmp_path, PG, INFO)
    new.unlink()
    with pytest.raises(FileFailed, match="is not there any more"):
        remove_old(found, new, 1)
    assert old.exists()


def test_one_that_cannot_be_removed_is_told_and_the_others_go(tmp_path: Path) -> None:
    stuck, old, new = (export_of(tmp_path, hours) for hours in (1, 2, 3))
    found = old_exports(tmp_path, PG, INFO)
    subprocess.run(["chattr", "+i", stuck], check=True)
    try:
        retained = remove_old(found, new, 1)
    finally:
        subprocess.run(["chattr", "-i", stuck], check=True)
    assert retained.removed == (old, checksum_path(old))
    assert [str(stuck) in told for told in retained.errors] == [True]
    assert stuck.exists()
