"""Merges on a real engine: all of it comes, or it is said what did not."""

from __future__ import annotations

import os
from pathlib import Path

from tests.integration.conftest import Things
from tests.integration.imports import (
    imported,
    member,
    members,
    nothing_of_ours,
    print_of,
    volume_with,
)


def test_what_the_volume_keeps_is_told_and_nothing_staged_stays(
    things: Things, tmp_path: Path
) -> None:
    archive = tmp_path / "m.tar"
    archive.write_bytes(members((member("x"), b"new"), (member("y"), b"y"), (member("z"), b"z")))
    name, folder = volume_with(things, lambda root: (root / "x").write_bytes(b"old"))
    merge = (str(archive), name, "--merge", "--yes", "--keep-existing")
    said = imported(things, *merge, "--json")
    assert said.status == 0, said
    assert (said.objects[0]["files"], said.objects[0]["size"]) == (2, 2)
    assert said.objects[0]["notes"] == ["1 entry of the volume stayed as it was."]
    assert (folder / "x").read_bytes() == b"old"
    assert (folder / "y").exists()
    assert nothing_of_ours(folder)
    said = imported(things, *merge, "--strict")
    assert said.status == 1
    assert "3 entries of the volume stayed as they were." in said.err
    assert sorted(os.listdir(folder)) == ["x", "y", "z"]


def test_a_folder_on_one_side_only_is_refused_before_anything_moves(
    things: Things, tmp_path: Path
) -> None:
    archive = tmp_path / "m.tar"
    archive.write_bytes(
        members((member("x"), b"new"), (member("y"), b"y"), (member("dir/in"), b""))
    )

    def fill(root: Path) -> None:
        (root / "x").write_bytes(b"old")
        (root / "dir").write_bytes(b"a file")

    name, folder = volume_with(things, fill)
    before = print_of(folder)
    for choice in ("--overwrite", "--keep-existing"):
        said = imported(things, str(archive), name, "--merge", "--yes", choice)
        assert (said.status, said.out) == (1, "")
        assert "a folder on one side only: /dir" in said.err
        assert print_of(folder) == before
