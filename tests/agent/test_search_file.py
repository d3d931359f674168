"""Looking for text in one file: RE2 and fixed, both ways, on lines of any length."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tui.engine.agent import AgentConnection
from tui.engine.errors import FileFailed
from tui.engine.filesearch import Hit, Needle, search_file
from tui.engine.protocol import FrameType

GIB = 1 << 30
WINDOW = 256 << 10


def hits(agent: AgentConnection, pattern: bytes, offset: int = 0, **options: int) -> list[Hit]:
    names = {"fixed", "ignore_case"}
    needle = Needle(pattern, **{name: bool(options.pop(name, 0)) for name in names})
    backwards = bool(options.pop("backwards", 0))
    limit = options.pop("limit", 10_000)
    until = options.pop("until", None)
    parts = search_file(
        agent, "/file", needle, offset, backwards=backwards, until=until, limit=limit
    )
    return [hit for part in parts for hit in part.hits]


@pytest.fixture
def log(volume: Path) -> bytes:
    """About 2 MiB of lines, some of them long: several windows."""
    lines = [b"%06d request %s\n" % (n, b"y" * (n % 7 * 40)) for n in range(10_000)]
    lines[5000] = b"long " + b"z" * 400_000 + b" needle end\n"
    lines[7000] = b"Needle\r\n"
    data = b"".join(lines)
    (volume / "file").write_bytes(data)
    return data


@pytest.mark.parametrize("pattern", [b"request", b"00[0-9]00 ", b"^00.*$", b"y{40}", b"[y ]$"])
def test_it_finds_what_python_finds_in_both_directions(
    start: Start, volume: Path, log: bytes, pattern: bytes
) -> None:
    agent = start(volume).connect()
    want = [match.span() for match in re.finditer(pattern, log, re.MULTILINE)][:10_000]
    assert hits(agent, pattern) == want
    assert hits(agent, pattern, limit=3) == want[:3]
    last = want[-1]
    assert hits(agent, pattern, last[0], limit=1) == [last]
    assert hits(agent, pattern, last[0], backwards=1, limit=2) == want[-3:-1][::-1]
    middle = want[len(want) // 2][0]
    assert hits(agent, pattern, middle, until=middle + 5000) == [
        hit for hit in want if middle <= hit[0] < middle + 5000
    ]


def test_ends_of_lines_and_case(start: Start, volume: Path, log: bytes) -> None:
    agent = start(volume).connect()
    at = log.index(b"Needle\r\n")
    small = log.index(b"needle end")
    assert hits(agent, b"^Needle$") == [(at, at + 6)]
    assert hits(agent, b"needle", ignore_case=1) == [(small, small + 6), (at, at + 6)]
    assert hits(agent, b"needle", ignore_case=1, backwards=1, offset=len(log)) == [
        (at, at + 6),
        (small, small + 6),
    ]
    assert hits(agent, b"^ needle") == []
    assert hits(agent, b"end\n") == []


def test_fixed_bytes_need_no_encoding(start: Start, volume: Path) -> None:
    (volume / "file").write_bytes(b"a.b \xff\xfe\x00 a.b")
    agent = start(volume).connect()
    assert hits(agent, b"a.b", fixed=1) == [(0, 3), (8, 11)]
    assert hits(agent, b"\xff\xfe\x00", fixed=1) == [(4, 7)]


def test_a_match_across_windows_is_found_once(start: Start, volume: Path) -> None:
    data = bytearray(b"x" * (3 * WINDOW))
    data[WINDOW - 3 : WINDOW + 3] = b"needle"
    (volume / "file").write_bytes(data)
    agent = start(volume).connect()
    assert hits(agent, b"needle") == [(WINDOW - 3, WINDOW + 3)]
    assert hits(agent, b"n.*e", 0, limit=1) == [(WINDOW - 3, WINDOW + 3)]
    assert hits(agent, b"needle", 3 * WINDOW, backwards=1) == [(WINDOW - 3, WINDOW + 3)]


def test_ten_gibibytes_on_one_line(start: Start, volume: Path) -> None:
    with (volume / "file").open("wb") as file:
        file.truncate(10 * GIB)
        for place in (0, 5 * GIB, 10 * GIB - 6):
            file.seek(place)
            file.write(b"needle")
    agent = start(volume).connect()
    want = [(0, 6), (5 * GIB, 5 * GIB + 6), (10 * GIB - 6, 10 * GIB)]
    assert hits(agent, b"n[e]{2}dle") == want
    assert hits(agent, b"needle", 10 * GIB, backwards=1) == want[::-1]


def test_a_pattern_that_is_exponential_elsewhere_takes_linear_time(
    start: Start, volume: Path
) -> None:
    (volume / "file").write_bytes(b"a" * 100_000 + b"\n")
    assert hits(start(volume).connect(), b"(a+)+b") == []


def test_progress_is_told_and_it_can_be_cancelled(start: Start, volume: Path) -> None:
    (volume / "file").write_bytes(b"a")
    os.truncate(volume / "file", 1 << 40)
    process = start(volume)
    process.greet()
    process.ask(2, "search", "/file", pattern=b"^\\x00", offset=0, limit=1)
    assert process.next().type is FrameType.PROGRESS
    process.cancel(2)
    assert process.error(2).code == "ECANCELED"


def test_what_is_no_pattern_is_said_in_the_words_of_re2(start: Start, volume: Path) -> None:
    (volume / "file").write_text("text")
    agent = start(volume).connect()
    with pytest.raises(FileFailed, match="missing closing"):
        hits(agent, b"(")
    with pytest.raises(FileFailed, match="empty"):
        hits(agent, b"")
    with pytest.raises(FileFailed, match="limit"):
        hits(agent, b"a", limit=0)
