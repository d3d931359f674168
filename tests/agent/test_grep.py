"""Finding in contents: expressions, texts, binaries, files of any size, and what does harm."""

from __future__ import annotations

import errno
import os
import re
from contextlib import closing
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tests.agent.opened import watch_opens
from tests.agent.trees import HOSTILE_NAMES, Chain
from tui.engine.agent import AgentConnection
from tui.engine.errors import FileFailed
from tui.engine.search import Matched, SearchSum, grep


def matched(
    agent: AgentConnection,
    pattern: str,
    path: str = "/",
    *,
    fixed: bool = False,
    ignore_case: bool = False,
    glob: str = "",
    limit: int = 0,
) -> tuple[list[Matched], SearchSum]:
    results: list[Matched] = []
    for part in grep(
        agent, path, pattern, fixed=fixed, ignore_case=ignore_case, glob=glob, limit=limit
    ):
        if isinstance(part, SearchSum):
            total = part
        else:
            results += part
    assert total.complete
    assert total.found == len(results)
    return results, total


TEXT = "first line\n\nneedle at 3\nno\nTwo Needles: needle, needle\r\nlast has no break: needle"


def test_a_line_counts_once_with_its_first_match(start: Start, volume: Path) -> None:
    (volume / "sub").mkdir()
    (volume / "sub/text").write_text(TEXT, newline="")
    agent = start(volume).connect()
    results, total = matched(agent, "needle")
    assert results == [
        Matched("/sub/text", 3, 12, "needle at 3", 0, 6),
        Matched("/sub/text", 5, 27, "Two Needles: needle, needle", 13, 19),
        Matched("/sub/text", 6, 56, "last has no break: needle", 19, 25),
    ]
    size = (volume / "sub/text").stat().st_size
    assert total == SearchSum(2, 1, size, 0, 0, 3, complete=True, cut=False)
    assert matched(agent, "needle", "/sub")[0] == results
    assert matched(agent, "needle", "/sub/text")[0] == results


@pytest.mark.parametrize(
    ("pattern", "lines"),
    [
        ("^needle", [3]),
        ("needle$", [5, 6]),
        ("^$", [2]),
        ("^", [1, 2, 3, 4, 5, 6]),
        ("x*", [1, 2, 3, 4, 5, 6]),
        (r"\Aneedle", [3]),
        (r"needle\z", [5, 6]),
        (r"\bat\b", [3]),
        ("n[aeiou]{2}d|first", [1, 3, 5, 6]),
        ("(?i)NEEDLES", [5]),
        (r"line\s+needle", []),
        ("line[^x]*needle", []),
        ("(?s)first.*last", []),
        (r"line\n", []),
        (r"[\x00-\x20]at", [3]),
        ("break: (n|m)eed", [6]),
        (r"s:\x20needle", [5]),
    ],
)
def test_expressions_stay_in_a_line(
    start: Start, volume: Path, pattern: str, lines: list[int]
) -> None:
    (volume / "text").write_text(TEXT, newline="")
    results, _ = matched(start(volume).connect(), pattern)
    assert [match.line for match in results] == lines
    for match in results:
        assert TEXT.encode()[match.offset :].startswith(match.text.encode())


def test_any_case(start: Start, volume: Path) -> None:
    lines = ["straße NEEDLE", "STRASSE Needle", "\u212aelvin", "kelvin", "ÄRGER", "ärger 123"]
    (volume / "text").write_text("\n".join(lines))
    agent = start(volume).connect()
    for pattern, found in {
        "needle": [1, 2],
        "KELVIN": [3, 4],
        "ärger": [5, 6],
        "GER 1": [6],
        "stra[sß]": [1, 2],
    }.items():
        for fixed in (False, True):
            if not (fixed and "[" in pattern):
                results, _ = matched(agent, pattern, fixed=fixed, ignore_case=True)
                assert [match.line for match in results] == found, (pattern, fixed)
    assert [m.line for m in matched(agent, "needle")[0]] == []


def test_a_fixed_text_is_no_expression(start: Start, volume: Path) -> None:
    (volume / "text").write_bytes(b"a.c\nabc\n\xffcaf\xe9\xff\n(\\d+[\n")
    agent = start(volume).connect()
    for text, line in (("a.c", 1), ("\udcffcaf\udce9", 3), ("(\\d+[", 4), (".", 1)):
        (match,), _ = matched(agent, text, fixed=True)
        assert match.line == line
        assert match.text[match.begin : match.end] == text


def test_patterns_that_are_none(start: Start, volume: Path) -> None:
    agent = start(volume).connect()
    for pattern, fixed, words in (
        ("", True, "empty"),
        ("a(b", False, r"error parsing regexp: missing closing \): `a\(b`"),
        ("[z-a]", False, "invalid character class range"),
        (r"(a)\1", False, "invalid escape sequence"),
        ("((a{100}){100}){100}", False, "invalid repeat count"),
        ("(x{0,900}y){0,1000}", False, "invalid repeat count|repeats too much"),
        ("(a|b|c|d|e){1000}" * 5, False, "repeats too much"),
        ("\udcff", False, "not UTF-8"),
        ("one\ntwo", True, "line break"),
        ("x" * 5_000, True, "longer"),
    ):
        with pytest.raises(FileFailed, match=words) as failure:
            matched(agent, pattern, fixed=fixed)
        assert failure.value.errno == errno.EINVAL


def test_what_is_exponential_elsewhere(start: Start, volume: Path) -> None:
    (volume / "text").write_bytes(b"a" * 5_000 + b"\n" + b"(" * 2_000 + b"\n")
    agent = start(volume).connect()
    for pattern in ("(a+)+$x", "(a|aa)+$y", "(a*)*b", "(.*)(.*)(.*)(.*)[^a(]"):
        assert matched(agent, pattern)[0] == []


def test_a_costly_expression_on_a_long_line_ends_at_once(start: Start, volume: Path) -> None:
    (volume / "text").write_bytes(b"x" * 3_000_000)
    agent = start(volume).connect()
    with closing(grep(agent, "/", "[xy]{1,990}[zw]")) as parts:
        for part in parts:
            assert isinstance(part, SearchSum)
            assert not part.complete
            if part.bytes > 100_000:
                break
    assert matched(agent, "[xy]{1,990}", limit=1)[0]


def test_binaries_are_left_out_and_counted(start: Start, volume: Path) -> None:
    (volume / "early").write_bytes(b"needle\n" + b"x" * 32_000 + b"\0needle\n")
    (volume / "late").write_bytes(b"needle\n" + b"x" * 33_000 + b"\n\0needle\n")
    (volume / "empty").touch()
    results, total = matched(start(volume).connect(), "needle")
    assert [(match.path, match.line) for match in results] == [("/late", 1), ("/late", 3)]
    assert (total.files, total.binary) == (3, 1)
    nul, _ = matched(start(volume).connect(), "\0needle", fixed=True)
    assert [(match.path, match.line) for match in nul] == [("/late", 3)]


def test_which_files(start: Start, volume: Path) -> None:
    for name in ("a.py", "a.txt", "sub/b.py", "sub/deep/c.py"):
        (volume / name).parent.mkdir(exist_ok=True)
        (volume / name).write_text("needle")
    agent = start(volume).connect()
    for glob, paths in {
        "*.py": {"/a.py", "/sub/b.py", "/sub/deep/c.py"},
        "sub/*.py": {"/sub/b.py"},
        "": {"/a.py", "/a.txt", "/sub/b.py", "/sub/deep/c.py"},
    }.items():
        assert {match.path for match in matched(agent, "needle", glob=glob)[0]} == paths


def test_long_lines_are_cut_around_the_match(start: Start, volume: Path) -> None:
    before, after = "ä" * 100_000, "€" * 100_000
    (volume / "text").write_text(f"one\n{before}needle{after}\ntwo needle")
    (match, last), _ = matched(start(volume).connect(), "needle")
    assert (match.line, match.offset, last.line) == (2, 4, 3)
    assert match.text[match.begin : match.end] == "needle"
    assert 350 < len(match.text.encode()) <= 400
    assert match.text.strip("ä€") == "needle"
    assert last.offset == 4 + len(f"{before}needle{after}\n".encode())


@pytest.mark.parametrize("fixed", [False, True])
def test_lines_longer_than_the_memory_for_them(start: Start, volume: Path, fixed: bool) -> None:
    middle = b"needle".join(b"x" * size for size in (3_000_000, 2_000_000, 5_000_000))
    (volume / "text").write_bytes(b"a needle\n" + middle + b"\nneedle\n" + b"y" * 3_000_000)
    results, _ = matched(start(volume).connect(), "needle", fixed=fixed)
    assert [(match.line, match.offset) for match in results] == [
        (1, 0),
        (2, 9),
        (3, 9 + len(middle) + 1),
    ]
    assert [match.text[match.begin : match.end] for match in results] == ["needle"] * 3


def test_the_ends_of_a_part_are_not_those_of_the_line(start: Start, volume: Path) -> None:
    (volume / "text").write_bytes(b"a" + b"x" * 5_000_000 + b"z\nx\n")
    agent = start(volume).connect()
    for pattern, lines in {"^x": [2], "x$": [2], "^a": [1], "z$": [1], "^x|^a": [1, 2]}.items():
        assert [match.line for match in matched(agent, pattern)[0]] == lines, pattern


def test_a_match_across_two_parts(start: Start, volume: Path) -> None:
    agent = start(volume).connect()
    for at in (2**20 - 3, 2**20 - 4096 - 3):
        (volume / "text").write_bytes(b"x" * at + b"needle" + b"x" * 3_000_000)
        (match,), _ = matched(agent, "needle")
        assert match.text[match.begin : match.end] == "needle"


def test_ten_gigabytes_on_one_line_are_given_up_at_once(start: Start, volume: Path) -> None:
    with open(volume / "text", "wb") as text:
        text.write(b"x" * 65_536)
        text.truncate(10 << 30)
    process = start(volume)
    agent = process.connect()
    with closing(grep(agent, "/", "[a-w]+y")) as parts:
        for part in parts:
            assert isinstance(part, SearchSum)
            assert not part.complete
            if part.bytes > 20_000_000:
                break
    assert matched(agent, "x", "/text", limit=1)[0]
    status = Path(f"/proc/{process.popen.pid}/status").read_text()
    peak = int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])
    assert peak < 100_000


def test_names_of_any_bytes(start: Start, volume: Path) -> None:
    for name in HOSTILE_NAMES:
        fd = os.open(os.path.join(os.fsencode(volume), name), os.O_CREAT | os.O_WRONLY)
        os.write(fd, b"needle " + name.replace(b"\n", b"?"))
        os.close(fd)
    results, total = matched(start(volume).connect(), "needle")
    assert {match.path for match in results} == {f"/{os.fsdecode(name)}" for name in HOSTILE_NAMES}
    assert total.errors == 0


def test_links_are_not_followed_and_specials_never_opened(
    start: Start, volume: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").write_text("needle")
    folder = volume / "folder"
    folder.mkdir()
    (folder / "out").symlink_to(tmp_path)
    (folder / "file").symlink_to(tmp_path / "outside")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "fifo")
    os.mknod(folder / "null", 0o666 | 0o020000, os.makedev(1, 3))
    (folder / "text").write_text("needle")
    agent = start(volume).connect()
    with watch_opens(folder) as opened:
        results, total = matched(agent, "needle")
    assert [match.path for match in results] == ["/folder/text"]
    assert (total.files, total.errors) == (1, 0)
    assert opened & {"text", "fifo", "null", "file", "out", "loop"} == {"text"}
    for name in ("fifo", "null"):
        with pytest.raises(FileFailed, match="not a regular file"):
            matched(agent, "x", f"/folder/{name}")
    with pytest.raises(FileFailed, match="symbolic link"):
        matched(agent, "x", "/folder/file")


def test_what_cannot_be_read_is_counted(start: Start, volume: Path) -> None:
    for name in ("open", "closed", "folder/file"):
        (volume / name).parent.mkdir(exist_ok=True)
        (volume / name).write_text("needle")
    (volume / "closed").chmod(0)
    (volume / "folder").chmod(0)
    weak = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    results, total = matched(start(volume, prefix=weak).connect(), "needle")
    assert [match.path for match in results] == ["/open"]
    assert (total.files, total.errors) == (1, 2)


def test_files_whose_size_is_a_guess(start: Start) -> None:
    agent = start(Path("/proc/sys/kernel")).connect()
    results, _ = matched(agent, "Linux", "/ostype")
    assert [(match.line, match.text) for match in results] == [(1, "Linux")]


def test_a_path_past_path_max(start: Start, volume: Path) -> None:
    with Chain(volume, "d" * 100, 100) as chain:
        chain.write("text", b"needle")
        agent = start(volume, prefix=("prlimit", "--nofile=64:64")).connect()
        (match,), total = matched(agent, "needle")
        assert match.path == f"/{('d' * 100 + '/') * 100}text"
        assert (total.entries, total.errors) == (101, 0)


def test_cut_at_the_limit(start: Start, volume: Path) -> None:
    for number in range(20):
        (volume / str(number)).write_text("needle\n" * 1_000)
    agent = start(volume).connect()
    results, total = matched(agent, "needle", limit=1_234)
    assert len(results) == 1_234
    assert total.cut
    results, total = matched(agent, "needle", limit=20_001)
    assert len({(match.path, match.line) for match in results}) == 20_000
    assert not total.cut
