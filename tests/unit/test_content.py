"""Values as styled content."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes import DOCKER, LOCAL, MEASURED, REMOTE
from tests.showcase import VOLUMES, mount, volume
from tui.content import Overview, details, failure, link_sentence, top_line, wrapped
from tui.engine.errors import EngineTimeout, EngineUnreachable
from tui.engine.model import Entry, VolumeSize

LONG = volume("v" * 200, None, mount("c" * 60, "/" + "d" * 300, "paused", ro=True))


@pytest.mark.parametrize("width", [5, 20, 31, 40, 80, 200])
def test_details_cut_nothing_and_keep_the_width(width: int) -> None:
    lines = details(LONG, width, MEASURED).plain.split("\n")
    assert LONG.mountpoint in "".join(line.strip() for line in lines)
    assert "d" * 300 in "".join(line.strip() for line in lines)
    if width >= 20:
        assert max(map(len, lines)) <= width


def test_details_tell_an_unknown_from_zero() -> None:
    unknown = details(volume("a", None), 60, MEASURED).plain
    nothing = details(volume("a", 0), 60, MEASURED).plain
    assert "not known yet" in unknown
    assert "0 Bytes apparent" in nothing
    assert "measured" not in unknown


def test_top_line_adds_up_only_what_is_known() -> None:
    known = replace(volume("a", None), size=VolumeSize(2048, MEASURED))
    overview = Overview(LOCAL, read_only=False, info=DOCKER)
    for volumes, words in [
        ([known], "1 volume  ·  2.0K  ·  1 unused"),
        ([known, volume("b", None)], "2 volumes  ·  ≥ 2.0K  ·  2 unused"),
        ([volume("b", None)], "1 volume  ·  size ?  ·  1 unused"),
        ([], "0 volumes"),
    ]:
        assert words in top_line(replace(overview, volumes=volumes), 100).plain


@pytest.mark.parametrize("width", range(40, 130, 7))
def test_top_line_keeps_the_engine_and_fits(width: int) -> None:
    overview = Overview(REMOTE, read_only=True, info=DOCKER, volumes=VOLUMES)
    line = top_line(overview, width)
    assert line.cell_length <= width
    assert "voltui  db1.example" in line.plain
    assert "read-only" in line.plain


def test_failure_tells_what_was_tried_once() -> None:
    told = EngineUnreachable(
        f"No engine answers at {LOCAL.url} (default socket): gone.", hint="Do."
    )
    assert failure(told, LOCAL).plain.count(LOCAL.url) == 1
    assert "Do." in failure(told, LOCAL).plain
    assert LOCAL.url in failure(EngineTimeout("No answer within 10 s."), LOCAL).plain


def test_links() -> None:
    entry = Entry("l", 0o120777, 0, 0, 0, 0, 0, 1, 1, 0, "../\x1b", 0)
    assert link_sentence(entry, None) == (
        r"Symbolic link to ../\e, which is not in this volume. It is not followed."
    )


def test_wrapped() -> None:
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert wrapped("", 4) == [""]
