"""Digests of files: the right ones, with progress, and of nothing else."""

from __future__ import annotations

import hashlib
import os
from contextlib import closing
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tui.engine.agent import AgentConnection
from tui.engine.errors import FileFailed, UsageError
from tui.engine.hashing import ALGORITHMS, Hashed, hash_file


def digest(agent: AgentConnection, path: str, algorithm: str = "sha256") -> Hashed:
    *_, last = hash_file(agent, path, algorithm)
    return last


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_digests(start: Start, volume: Path, algorithm: str) -> None:
    agent = start(volume).connect()
    for size in (0, 1, 256 * 1024, 1_000_003):
        data = os.urandom(size)
        (volume / "file").write_bytes(data)
        expected = hashlib.new(algorithm, data).hexdigest()
        assert digest(agent, "/file", algorithm) == Hashed(algorithm, size, size, expected)


def test_progress_of_a_large_file_and_going_away(start: Start, volume: Path) -> None:
    with open(volume / "sparse", "wb") as sparse:
        sparse.truncate(1 << 40)
    (volume / "small").write_bytes(b"x")
    agent = start(volume).connect()
    with closing(hash_file(agent, "/sparse", "sha512")) as parts:
        first, second = next(parts), next(parts)
    assert 0 < first.done < second.done < second.size == 1 << 40
    assert first.digest is None
    assert digest(agent, "/small").digest == hashlib.sha256(b"x").hexdigest()


def test_a_file_that_grows_meanwhile_is_told(start: Start, volume: Path) -> None:
    path = volume / "growing"
    with open(path, "wb") as growing:
        growing.truncate(1 << 31)
    agent = start(volume).connect()
    with closing(hash_file(agent, "/growing", "md5")) as parts:
        first = next(parts)
        assert first.digest is None
        with open(path, "ab") as growing:
            growing.write(b"more")
        os.truncate(path, first.done)
        *_, last = parts
    assert last.changed
    assert last.digest


def test_nothing_but_regular_files(start: Start, volume: Path) -> None:
    os.mkfifo(volume / "fifo")
    (volume / "folder").mkdir()
    (volume / "link").symlink_to("folder")
    agent = start(volume).connect()
    for path, sentence in {
        "/fifo": "/fifo is not a regular file.",
        "/folder": "/folder is a folder.",
        "/link": "/link is reached through a symbolic link, which voltui does not follow.",
        "/none": "/none does not exist.",
    }.items():
        with pytest.raises(FileFailed) as failure:
            digest(agent, path)
        assert str(failure.value) == sentence
    with pytest.raises(UsageError, match="crc is none of sha256"):
        digest(agent, "/fifo", "crc")
