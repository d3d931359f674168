"""Archives made by the agent against GNU tar with the same fidelity, both read from a pipe."""

from __future__ import annotations

import os
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.agent.process import AgentProcess, agent_binary
from tests.bench.ratio import Ratio, timed
from tui.engine.protocol import FrameType, answer_object

_HEADER = struct.Struct("<IIB")
_CHUNK = 1 << 20
_FILES = 50_000
_GIB = 1 << 30
_GNU_TAR = ("tar", "--format=posix", "-S", "--xattrs", "--acls", "-cf", "-", ".")


def packing(_: Path) -> Iterator[Ratio]:
    """The ratios, one after the other, on files in memory."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as home:
        for name, files, size, bound in (
            ("50,000 files of 1 KB", _FILES, 1024, 1.0),
            ("1 file of 1 GiB", 1, _GIB, 1.2),
        ):
            folder = Path(home) / f"{files}"
            fill(folder, files, size)
            agent = AgentProcess([str(agent_binary()), "--root", str(folder)])
            agent.greet()
            yield Ratio(
                f"pack {name} / GNU tar --format=posix -S --xattrs --acls",
                bound,
                timed(partial(_pack, agent, files, size)),
                timed(partial(_gnu_tar, folder, files, size)),
            )
            agent.end()


def fill(folder: Path, files: int, size: int) -> None:
    """Make so many files of a size, in up to 50 folders."""
    data = os.urandom(min(size, _CHUNK))
    for number in range(files):
        below = folder / f"folder-{number % 50}"
        below.mkdir(parents=True, exist_ok=True)
        with (below / f"file-{number}").open("wb") as file:
            for _ in range(size // len(data)):
                file.write(data)


def _pack(agent: AgentProcess, files: int, size: int) -> None:
    """Read a whole archive, and look into its frames no further than a client must."""
    agent.ask(2, "pack", "/")
    *parts, (kind, _, last) = _frames(agent.stdout.fileno())
    assert kind == FrameType.DONE, last
    stream = sum(length for part, length, _ in parts if part == FrameType.DATA)
    done = answer_object(last)
    assert (done["files"], done["size"], done["stream"]) == (files, files * size, stream)


def _frames(fd: int) -> Iterator[tuple[int, int, bytes]]:
    """Type, length and (of the final one) payload of each frame."""
    head = b""
    while True:
        while len(head) < _HEADER.size:
            head += os.read(fd, _HEADER.size - len(head))
        length, _, kind = _HEADER.unpack(head)
        head = payload = b""
        final = kind in {FrameType.DONE, FrameType.ERROR}
        left = length
        while left:
            # A read may take the next header as well, which saves a call for each frame.
            data = os.read(fd, left if final else left + _HEADER.size)
            if final:
                payload += data
            head = data[left:]
            left -= min(left, len(data))
        yield kind, length, payload
        if final:
            return


def _gnu_tar(folder: Path, files: int, size: int) -> None:
    """Read a whole archive of GNU tar."""
    stream = 0
    with subprocess.Popen(_GNU_TAR, cwd=folder, stdout=subprocess.PIPE, bufsize=0) as tar:
        assert tar.stdout
        while data := os.read(tar.stdout.fileno(), _CHUNK):
            stream += len(data)
    assert tar.returncode == 0
    assert stream > files * (size + 512)
