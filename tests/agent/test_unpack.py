"""Archives of every program are unpacked as they were, and what they hold is read again."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

import pytest

from tests.agent.asking import ask, refused
from tests.agent.conftest import Start
from tests.agent.fidelity import difference, make_fixture
from tests.agent.fixture import NARROW_ACL
from tests.agent.packers import Packer, bsd, busybox, gnu, make_tree, python
from tests.agent.process import AgentProcess, agent_binary
from tests.agent.test_remove import ACL
from tests.agent.unpacking import losses, unpack

LISTS = "--xattrs", "--xattrs-include=*", "--acls"

V7 = {"gnu v7": gnu("--format=v7")}
LATER = {
    "gnu ustar": gnu("--format=ustar"),
    "gnu gnu": gnu("--format=gnu"),
    "gnu oldgnu": gnu("--format=oldgnu"),
    "gnu posix": gnu("--format=posix"),
    "bsd pax": bsd("--format=pax"),
    "bsd ustar": bsd("--format=ustar", "--no-read-sparse"),
    "bsd gnutar": bsd("--format=gnutar", "--no-read-sparse"),
    "busybox": busybox(),
    "python ustar": python(tarfile.USTAR_FORMAT),
    "python gnu": python(tarfile.GNU_FORMAT),
    "python pax": python(tarfile.PAX_FORMAT),
}
SPARSE = {
    "gnu old": gnu("--format=gnu", "-S"),
    "gnu 0.0": gnu("--format=posix", "-S", "--sparse-version=0.0"),
    "gnu 0.1": gnu("--format=posix", "-S", "--sparse-version=0.1"),
    "gnu 1.0": gnu("--format=posix", "-S", "--sparse-version=1.0"),
    "bsd": bsd("--format=pax"),
}


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    folder = tmp_path / "packed"
    folder.mkdir()
    return folder


def without_root(folder: Path) -> bytes:
    """An archive that says nothing about the folder itself."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for path in sorted(folder.iterdir()):
            archive.add(path, path.name)
    return out.getvalue()


def unpacked_whole(start: Start, volume: Path, archive: bytes) -> dict[str, object]:
    """Unpack, and check what is said about it; nothing is lost and nothing differs."""
    agent = start(volume).connect()
    answer = unpack(agent, archive)
    assert losses(answer) == {}
    assert answer["read"] == len(archive)
    assert answer["sha256"] == hashlib.sha256(archive).hexdigest()
    ask(agent, "sync")
    again = ask(agent, "verify")
    assert (again["count"], again["differences"]) == (0, [])
    assert {key: answer[key] for key in ("entries", "files", "directories")} == {
        key: again[key] for key in ("entries", "files", "directories")
    }
    ask(agent, "settle")
    return answer


@pytest.mark.parametrize("name", [*V7, *LATER])
def test_archives_of_every_program(start: Start, volume: Path, packed: Path, name: str) -> None:
    make_tree(packed, v7=name in V7)
    if name in {"gnu ustar", "bsd ustar", "python ustar"}:  # which splits names at a slash only
        (packed / "folder" / ("l" * 90) / ("m" * 90)).rename(packed / "folder" / ("l" * 90) / "m")
        for path in (packed / "folder" / ("l" * 90), packed / "folder"):
            os.utime(path, (1, 1))
    pack: Packer = {**V7, **LATER}[name]
    (packed / "sparse").unlink()
    os.utime(packed, (2, 2))
    unpacked_whole(start, volume, pack(packed))
    assert difference(packed, volume) == []


@pytest.mark.parametrize("name", SPARSE)
def test_sparse_files_of_every_format(start: Start, volume: Path, packed: Path, name: str) -> None:
    make_tree(packed)
    unpacked_whole(start, volume, SPARSE[name](packed))
    assert difference(packed, volume) == []


def test_everything_there_is_from_gnu_tar(start: Start, volume: Path, packed: Path) -> None:
    assert make_fixture(packed) == []
    archive = gnu("--format=posix", "-S", *LISTS)(packed)
    answer = unpacked_whole(start, volume, archive)
    assert answer["root"] is True
    said = difference(packed, volume, {"flags", "socket", "preallocated"})
    # GNU tar writes names of one fifo or device as several of them.
    assert [s for s in said if not s.startswith(("b'/links/", "b'/links-elsewhere/"))] == []


def test_acls_and_attributes_from_bsdtar(start: Start, volume: Path, packed: Path) -> None:
    (packed / "folder").mkdir()
    for path in (packed / "folder", packed / "file"):
        if not path.exists():
            path.touch()
        os.setxattr(path, "system.posix_acl_access", NARROW_ACL)
        os.setxattr(path, "user.a=b%25", bytes(range(256)))
        os.setxattr(path, "user.empty", b"")
    os.setxattr(packed / "folder", "system.posix_acl_default", ACL)
    unpacked_whole(start, volume, bsd("--format=pax", "--acls", "--xattrs")(packed))
    assert difference(packed, volume) == []


def test_folders_that_the_archive_lacks_are_made(start: Start, volume: Path, packed: Path) -> None:
    make_tree(packed)
    archive = python(tarfile.PAX_FORMAT)(packed / "folder" / "empty")
    assert unpack(start(volume).connect(), archive)["top"] == []
    (volume / "inner").mkdir()
    agent = start(volume).connect()
    with_path = gnu("--format=posix", "--transform=s,^./file,a/b/c/file,")(packed / "folder")
    answer = unpack(agent, with_path, "/inner")
    assert answer["root"] is True
    assert (volume / "inner" / "a" / "b" / "c").stat().st_mode & 0o7777 == 0o755
    assert (volume / "inner/a/b/c/file-513").read_bytes() == (
        packed / "folder/file-513"
    ).read_bytes()
    assert ask(agent, "verify", "/inner")["count"] == 0


def test_only_an_empty_folder_is_filled(start: Start, volume: Path, packed: Path) -> None:
    agent = start(volume).connect()
    archive = gnu()(packed)
    ask(agent, "mark", text=b"job")
    unpack(agent, archive)
    assert (volume / ".voltui-incomplete").exists()
    (volume / "foreign").touch()
    with agent.request("unpack", "/", devices=False, max_entries=0, max_size=0) as answers:
        answers.end()
        with pytest.raises(Exception, match="not empty"):
            list(answers)
    assert refused(agent, "verify", "/foreign") == "EINVAL"


def test_devices_are_made_only_when_allowed(start: Start, volume: Path, packed: Path) -> None:
    make_tree(packed)
    os.link(packed / "null", packed / "null-again")
    agent = start(volume).connect()
    answer = unpack(agent, gnu("--format=posix")(packed), devices=False)
    assert losses(answer) in ({"device": 2, "link": 1}, {"device": 3})
    assert not (volume / "null").exists()
    assert (volume / "fifo").is_fifo()
    assert ask(agent, "verify")["count"] == 0


def test_a_used_folder_hands_nothing_down(start: Start, volume: Path, packed: Path) -> None:
    make_tree(packed)
    os.chown(volume, 7, 8)
    volume.chmod(0o2777)
    subtree = packed / "folder"
    os.setxattr(volume, "system.posix_acl_default", ACL)
    before = volume.stat()
    answer = unpack(start(volume).connect(), without_root(subtree))
    assert answer["root"] is False
    assert [n for n in os.listxattr(volume / "file-1") if "acl" in n] == []
    assert (volume.stat().st_mode, volume.stat().st_gid) == (before.st_mode, before.st_gid)


def test_a_user_other_than_root_reads_again_what_was_unpacked(packed: Path) -> None:
    make_tree(packed)
    (packed / "closed").mkdir()
    (packed / "closed" / "file").write_text("x")
    (packed / "closed").chmod(0o300)
    target = Path(tempfile.mkdtemp())
    os.chown(target, 65534, 65534)
    agent_file = target.with_name(target.name + "-agent")
    shutil.copy(agent_binary(), agent_file)
    process = AgentProcess([
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
        str(agent_file), "--root", str(target),
    ])  # fmt: skip
    try:
        agent = process.connect()
        lost = losses(unpack(agent, gnu("--format=posix")(packed)))
        # The modes of a file without any, a closed folder, and what is suid.
        assert (lost["mode"], lost["device"]) == (3, 2)
        assert lost["owner"] > 10
        assert ask(agent, "verify")["differences"] == []
    finally:
        process.end()
        agent_file.unlink()
        shutil.rmtree(target)
