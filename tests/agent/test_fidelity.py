"""The judge itself: it sees what was changed, and calls the same the same."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.agent.fidelity import difference, make_fixture
from tests.agent.fixture import ACCESS, WIDE_ACL


@pytest.fixture
def twins(tmp_path: Path) -> tuple[Path, Path]:
    """A small tree and its copy by `cp -a`."""
    a, b = tmp_path / "a", tmp_path / "b"
    (a / "folder").mkdir(parents=True)
    (a / "file").write_bytes(b"0123456789")
    (a / "other").write_bytes(b"9876543210")
    (a / "link").symlink_to("file")
    os.link(a / "other", a / "folder" / "again")
    subprocess.run(["cp", "-a", a, b], check=True)
    assert difference(a, b) == []
    return a, b


def _rewritten(path: Path) -> None:
    st = path.stat()
    path.write_bytes(b"0123456780")
    os.utime(path, ns=(st.st_atime_ns, st.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "b'/file' has other contents": lambda b: _rewritten(b / "file"),
    "b'/file' mode 0600 instead of 0644": lambda b: (b / "file").chmod(0o600),
    "b'/file' owner 5:0 instead of 0:0": lambda b: os.chown(b / "file", 5, 0),
    "b'/file' has 'user.x' b'1' instead of None": lambda b: os.setxattr(b / "file", "user.x", b"1"),
    "b'/file' mtime 1 instead of": lambda b: os.utime(b / "file", ns=(1, 1)),
    "b'/folder' mode 1755 instead of 0755": lambda b: (b / "folder").chmod(0o1755),
    "b'/link' owner 0:9 instead of 0:0": lambda b: os.lchown(b / "link", 0, 9),
    "b'/new' is new": lambda b: (b / "new").touch(),
    "b'/link' is missing": lambda b: (b / "link").unlink(),
    f"b'/folder' has {ACCESS!r}": lambda b: os.setxattr(b / "folder", ACCESS, WIDE_ACL),
}


@pytest.mark.parametrize("sentence", CHANGES)
def test_a_change_is_told(twins: tuple[Path, Path], sentence: str) -> None:
    a, b = twins
    mtime = b.stat().st_mtime_ns
    CHANGES[sentence](b)
    os.utime(b, ns=(mtime, mtime))
    assert any(said.startswith(sentence) for said in difference(a, b)), difference(a, b)


def test_a_hard_link_that_became_a_copy_is_told(twins: tuple[Path, Path]) -> None:
    a, b = twins
    (b / "folder" / "again").unlink()
    subprocess.run(["cp", "-a", b / "other", b / "folder" / "again"], check=True)
    assert "b'/other' is no other name of b'/folder/again'" in difference(a, b)


def test_the_fixture_is_itself_and_nothing_of_it_is_refused_here(tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    volume.mkdir()
    assert make_fixture(volume) == []
    assert difference(volume, volume) == []
