"""A folder packed by the real agent, and the programs that read what it makes."""

from __future__ import annotations

import hashlib
import os
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.engines.packages import Programs, unpacked
from tui.engine.agent import AgentConnection
from tui.engine.protocol import FrameType, answer_object


@dataclass(frozen=True)
class Packed:
    """What DONE says about an archive."""

    answer: dict[str, Any]

    @property
    def losses(self) -> dict[str, tuple[int, set[bytes]]]:
        """How many of each kind, and the paths that were told."""
        return {
            loss["kind"]: (loss["count"], set(map(b64decode, loss["paths"])))
            for loss in self.answer["losses"]
        }

    @property
    def changed(self) -> set[bytes]:
        """Paths of what changed; all of them were told."""
        changed = self.answer["changed"]
        assert changed["count"] == len(changed["paths"])
        return set(map(b64decode, changed["paths"]))


def pack(agent: AgentConnection, into: Path, **fields: Any) -> Packed:
    """Write the archive of the agent's folder, and check what the agent says of the stream."""
    digest = hashlib.sha256()
    with into.open("wb") as archive, agent.request("pack", "/", **fields) as answers:
        for frame in answers:
            if frame.type is FrameType.DATA:
                archive.write(frame.payload)
                digest.update(frame.payload)
            elif frame.type is FrameType.DONE:
                done = Packed(answer_object(frame.payload))
    assert done.answer["stream"] == into.stat().st_size
    assert done.answer["sha256"] == digest.hexdigest()
    assert done.answer["stream"] % 10240 == 0
    return done


def gnu_tar(archive: Path, into: Path) -> Iterator[str]:
    """Extract with all that GNU tar knows; what it says but for times it thinks odd."""
    options = ("--xattrs", "--xattrs-include=*", "--acls", "--warning=no-timestamp")
    return _extract(["tar", "-xpf", str(archive), *options], into, dict(os.environ))


def bsdtar(archive: Path, into: Path) -> Iterator[str]:
    """Extract with bsdtar; what it says."""
    programs = Programs((unpacked("bsdtar", ("libarchive-tools",)),))
    program = str(programs.find("bsdtar"))
    return _extract([program, "-xpf", str(archive)], into, programs.environment())


def _extract(command: list[str], into: Path, environment: dict[str, str]) -> Iterator[str]:
    into.mkdir()
    said = subprocess.run(
        command,
        check=False,
        cwd=into,
        env={**environment, "LC_ALL": "C.UTF-8"},
        capture_output=True,
    )
    yield from said.stderr.decode(errors="replace").splitlines()
    assert said.returncode == 0, said.stderr
