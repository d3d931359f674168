"""Merging a staging folder: what is free comes, what is taken stays unless told otherwise."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path

import pytest

from tests.agent.asking import ask, refused
from tests.agent.conftest import Start
from tests.agent.test_remove import immutable, mounted
from tests.agent.test_trees import WITHOUT_OPENAT2
from tests.agent.trees import HOSTILE_NAMES, Chain
from tui.engine.agent import AgentConnection

STAGING = ".voltui-new-job"
NAME = STAGING.encode()


def made(root: Path, *paths: str) -> None:
    """Files that hold their own name, in folders of their own."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(str(root / path))


def text(path: Path) -> str:
    return path.read_text()


def paths(answer: object) -> set[bytes]:
    assert isinstance(answer, list)
    return {base64.b64decode(path) for path in answer}


def failures(answer: dict[str, object]) -> set[tuple[bytes, str]]:
    failed = answer.get("failed", [])
    assert isinstance(failed, list)
    return {(base64.b64decode(one["path"]), one["code"]) for one in failed}


def merge(agent: AgentConnection, *, overwrite: bool) -> dict[str, object]:
    return ask(agent, "merge", staging=NAME, overwrite=overwrite)


def both(volume: Path) -> Path:
    """Old and new contents with folders, files and kinds in common; gives the staging folder."""
    staging = volume / STAGING
    made(volume, "same", "old", "folder/same", "folder/old", "folder/deep/same", "kind", "other/x")
    made(
        staging, "same", "new", "folder/same", "folder/new/x", "folder/deep/same", "kind/y", "other"
    )
    (volume / "folder" / "link").symlink_to("/etc")
    (staging / "folder" / "link").symlink_to("/usr")
    return staging


def test_collisions_are_what_both_have(start: Start, volume: Path) -> None:
    both(volume)
    agent = start(volume).connect()
    answer = ask(agent, "collisions", staging=NAME, limit=100)
    expected = {"/same", "/folder/same", "/folder/deep/same", "/folder/link", "/kind", "/other"}
    assert paths(answer["paths"]) == {path.encode() for path in expected}
    assert (answer["count"], answer["blocked"]) == (6, 2)
    assert paths(answer["blocked_paths"]) == {b"/kind", b"/other"}
    answer = ask(agent, "collisions", staging=NAME, limit=2)
    assert (answer["count"], len(answer["paths"])) == (6, 2)


def test_existing_names_stay_unless_told_otherwise(start: Start, volume: Path) -> None:
    staging = both(volume)
    answer = merge(start(volume).connect(), overwrite=False)
    assert (answer["kept"], answer["replaced"], answer["errors"]) == (4, 0, 2)
    assert (answer["entries"], answer["files"], answer["directories"]) == (3, 2, 1)
    assert failures(answer) == {(b"/kind", "ENOTDIR"), (b"/other", "EISDIR")}
    for path in ("same", "folder/same", "folder/deep/same", "kind", "other/x"):
        assert text(volume / path) == str(volume / path)
    for path in ("new", "folder/new/x"):
        assert text(volume / path) == str(staging / path)
    assert os.readlink(volume / "folder" / "link") == "/etc"
    assert text(staging / "folder" / "same") == str(staging / "folder" / "same")
    assert not (staging / "folder" / "new").exists()


def test_overwriting_replaces_files_and_no_folder(start: Start, volume: Path) -> None:
    staging = both(volume)
    os.chown(volume / "folder", 7, 8)
    (volume / "folder").chmod(0o2711)
    answer = merge(start(volume).connect(), overwrite=True)
    assert (answer["kept"], answer["replaced"], answer["errors"]) == (0, 4, 2)
    assert failures(answer) == {(b"/kind", "ENOTDIR"), (b"/other", "EISDIR")}
    for path in ("same", "new", "folder/same", "folder/deep/same", "folder/new/x"):
        assert text(volume / path) == str(staging / path)
    for path in ("old", "folder/old", "kind", "other/x"):
        assert text(volume / path) == str(volume / path)
    assert os.readlink(volume / "folder" / "link") == "/usr"
    told = (volume / "folder").stat()
    assert (told.st_mode & 0o7777, told.st_uid, told.st_gid) == (0o2711, 7, 8)
    assert {path.name for path in staging.rglob("*")} == {"kind", "y", "other"}


def test_all_that_came_leaves_no_staging_folder(start: Start, volume: Path) -> None:
    made(volume, "a/b/c/old")
    made(volume / STAGING, "a/b/c/new", "a/b/d/new", "x")
    answer = merge(start(volume).connect(), overwrite=False)
    assert (answer["files"], answer["directories"], answer["kept"]) == (3, 1, 0)
    assert not (volume / STAGING).exists()
    assert sorted(os.listdir(volume / "a" / "b" / "c")) == ["new", "old"]


@pytest.mark.parametrize("prefix", WITHOUT_OPENAT2)
def test_names_of_any_bytes_and_closed_folders(
    start: Start, volume: Path, prefix: tuple[str, ...]
) -> None:
    for root, data in ((volume, b"old"), (volume / STAGING, b"new")):
        (root / "folder").mkdir(parents=True)
        for name in HOSTILE_NAMES:
            path = os.path.join(os.fsencode(root / "folder"), name)
            with open(path, "wb") as file:
                file.write(data)
        (root / "folder").chmod(0)
    agent = start(volume, prefix=prefix).connect()
    answer = ask(agent, "collisions", staging=NAME, limit=1000)
    assert paths(answer["paths"]) == {b"/folder/" + name for name in HOSTILE_NAMES}
    assert merge(agent, overwrite=True)["replaced"] == len(HOSTILE_NAMES)
    for name in HOSTILE_NAMES:
        with open(os.path.join(os.fsencode(volume / "folder"), name), "rb") as file:
            assert file.read() == b"new"
    assert (volume / "folder").stat().st_mode & 0o777 == 0


def test_past_path_max(start: Start, volume: Path) -> None:
    (volume / STAGING).mkdir()
    with Chain(volume / STAGING, "n" * 250, 40) as new:
        new.write("new", b"x")
        with Chain(volume, "n" * 250, 40) as old:
            old.write("old", b"x")
            agent = start(volume, prefix=("prlimit", "--nofile=64:64")).connect()
            answer = merge(agent, overwrite=False)
            assert (answer["files"], answer["directories"], answer["errors"]) == (1, 0, 0)
            assert sorted(os.listdir(old.fd)) == ["new", "old"]
            # The folders are gone from the staging: nothing is left to remove there.
            new._levels = 0
    assert not (volume / STAGING).exists()


def test_what_cannot_be_replaced_is_told_and_the_rest_comes(start: Start, volume: Path) -> None:
    made(volume, "fixed", "other")
    made(volume / STAGING, "fixed", "other", "new")
    with immutable(volume / "fixed"):
        answer = merge(start(volume).connect(), overwrite=True)
    assert failures(answer) == {(b"/fixed", "EPERM")}
    assert (answer["replaced"], answer["files"]) == (1, 2)
    assert text(volume / "fixed") == str(volume / "fixed")


def test_nothing_mounted_is_entered(start: Start, volume: Path) -> None:
    made(volume / STAGING, "mounted/new", "new")
    (volume / "mounted").mkdir()
    prefix = mounted(f"mount -t tmpfs none {volume}/mounted")
    answer = merge(start(volume, prefix=prefix).connect(), overwrite=True)
    assert failures(answer) == {(b"/mounted", "EXDEV")}
    assert (volume / "new").exists()
    assert (volume / STAGING / "mounted" / "new").exists()


def test_refusals(start: Start, volume: Path) -> None:
    agent = start(volume).connect()
    for name in (b"", b"x", b".voltui-new-", b".voltui-new-a/b", b"..", b".voltui-new-\n"):
        assert refused(agent, "merge", staging=name, overwrite=True) == "EINVAL"
        assert refused(agent, "collisions", staging=name, limit=1) == "EINVAL"
    assert refused(agent, "merge", staging=NAME, overwrite=True) == "ENOENT"
    made(volume / STAGING, "fine", ".voltui-new-other/x")
    assert refused(agent, "collisions", staging=NAME, limit=1) == "EINVAL"
    assert refused(agent, "merge", staging=NAME, overwrite=True) == "EINVAL"
    assert not (volume / "fine").exists()
    subprocess.run(["rm", "-r", volume / STAGING], check=True)
    (volume / STAGING).symlink_to("/etc")
    assert refused(agent, "merge", staging=NAME, overwrite=True) in {"ELOOP", "ENOTDIR"}
