"""Packages are unpacked once, aside, and without touching the machine's apt."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.engines import packages
from tests.engines.packages import PackagesError, Programs, unpacked


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(packages, "_CACHE", tmp_path / "cache")
    return tmp_path / "cache"


def test_a_package_is_unpacked_once_and_what_was_interrupted_is_removed(empty_cache: Path) -> None:
    listed = Path("/var/lib/apt/lists")
    before = sorted(path.name for path in listed.iterdir())
    home = empty_cache / "packages" / packages._system()
    (home / ".tools-killed").mkdir(parents=True)
    said: list[str] = []

    root = unpacked("tools", packages.TOOLS, said.append)
    assert Programs((root,)).find("busybox") == root / "bin" / "busybox"
    made = (root / "bin" / "busybox").stat()
    assert unpacked("tools", packages.TOOLS, said.append) == root

    assert (root / "bin" / "busybox").stat() == made
    assert len(said) == 1
    assert sorted(path.name for path in home.iterdir()) == ["lock", "tools"]
    assert sorted(path.name for path in listed.iterdir()) == before


def test_a_package_that_does_not_exist_is_said_in_the_words_of_apt(empty_cache: Path) -> None:
    with pytest.raises(PackagesError, match="Unable to locate package no-such-package"):
        unpacked("none", ("no-such-package",))
    assert not list(empty_cache.glob("packages/*/none"))


def test_a_machine_without_apt_is_told_in_one_sentence(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(empty_cache))
    with pytest.raises(PackagesError, match=r"^This needs Debian or Ubuntu: [^.]*\.$"):
        unpacked("tools", packages.TOOLS)


def test_the_machines_hooks_are_not_run_for_us() -> None:
    config = packages._machine_config()
    assert "Dir::Etc" in config
    assert "-Invoke" not in config
    assert "Acquire::IndexTargets" not in config


def test_unpacked_programs_come_first_and_find_their_libraries(tmp_path: Path) -> None:
    for path in ("usr/bin/env", "usr/lib/x86_64-linux-gnu/libours.so.1"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text("#!/bin/sh\necho ours\n")
        (tmp_path / path).chmod(0o755)
    programs = Programs((tmp_path,))
    assert programs.find("env") == tmp_path / "usr/bin/env"
    assert programs.find("sh")
    assert programs.find("no-such-program") is None
    environment = programs.environment()
    assert environment["LD_LIBRARY_PATH"].startswith(str(tmp_path))
    said = subprocess.run(["env"], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout == "ours\n"
