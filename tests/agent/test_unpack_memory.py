"""Small archives take little memory, whatever names and attributes they tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tests.agent.hostile_archives import END, folder, member
from tests.agent.unpacking import losses, refusal, unpack

MIB = 1 << 20


def long_name(number: int) -> bytes:
    return member(f"{number}" + "n" * MIB)


def long_way(number: int) -> bytes:
    return folder(f"{number}/" + "./" * (MIB // 2))


@pytest.mark.parametrize(("made", "lost"), [(long_name, {"name": 400}), (long_way, {})])
def test_long_names_are_not_kept(
    start: Start, volume: Path, made: Callable[[int], bytes], lost: dict[str, int]
) -> None:
    def archive() -> Iterable[bytes]:
        for number in range(400):
            packed = made(number)
            yield from (packed[at : at + MIB // 4] for at in range(0, len(packed), MIB // 4))
        yield END

    agent = start(volume)
    assert losses(unpack(agent.connect(), archive())) == lost
    status = Path(f"/proc/{agent.popen.pid}/status").read_text()
    assert int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) < 150 * 1024


def test_attributes_of_folders_have_a_limit(start: Start, volume: Path) -> None:
    records = {"SCHILY.xattr.user.a": "x" * (32 * MIB)}
    archive = b"".join(folder(f"f{number}", pax_headers=records) for number in range(9))
    said = refusal(start(volume).connect(), archive + END)
    assert "extended attributes of the folders are longer than 268435456 bytes" in said


def test_folders_that_the_archive_lacks_count_as_well(start: Start, volume: Path) -> None:
    agent = start(volume).connect()
    assert "more than 3 entries" in refusal(agent, member("a/b/c/d") + END, max_entries=3)


def test_a_path_has_a_limit(start: Start, volume: Path) -> None:
    archive = member("/".join(["n" * 250] * 34_000)) + END
    assert "its path is longer than 8388608 bytes" in refusal(start(volume).connect(), archive)
