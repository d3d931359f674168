"""Clones on file systems whose files share blocks: they take no room."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.agent.asking import ask
from tests.agent.cloning import clone
from tests.agent.conftest import Start
from tests.agent.test_remove import mounted
from tests.engines.packages import filesystem_programs

MIB = 1 << 20


@pytest.mark.parametrize("system", ["xfs", "btrfs"])
def test_used_blocks_do_not_grow(start: Start, tmp_path: Path, system: str) -> None:
    programs = filesystem_programs()
    image, volumes = tmp_path / "image", tmp_path / "volumes"
    volumes.mkdir()
    with image.open("wb") as file:
        file.truncate(512 * MIB)
    mkfs = programs.find(f"mkfs.{system}")
    assert mkfs
    subprocess.run(
        [mkfs, "-q", image], check=True, env=programs.environment(), stderr=subprocess.PIPE
    )
    prefix = mounted(
        f"mount -o loop {image} {volumes}",
        f"mkdir {volumes}/0 {volumes}/1",
        f"head -c 64M /dev/urandom > {volumes}/0/file",
        f"sync -f {volumes}",
    )
    agent = start(volumes, prefix=prefix).connect()
    before = ask(agent, "space")["free"]
    answer = clone(agent)
    assert (answer["size"], answer["losses"]) == (64 * MIB, [])
    ask(agent, "sync", "/1")
    assert before - ask(agent, "space")["free"] < MIB
    assert ask(agent, "compare", "/0", target=b"/1")["count"] == 0
