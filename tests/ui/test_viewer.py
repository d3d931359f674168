"""The full-screen viewer by its keys: the real agent on a folder of this machine."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.geometry import Size

from tests.agent.process import agent_binary
from tests.local import LocalEngine, LocalHelpers
from tests.showcase import volume
from tests.ui.screen import Seen, running
from tui.engine.files import VolumeFiles
from tui.engine.lineindex import STEP, LineCounts
from tui.screens.viewer import ViewerScreen
from tui.viewing.source import FileSource
from tui.widgets.file_view import FileView

GIB = 1 << 30
LINES = "".join(f"{n} line\n" for n in range(1, 50_001))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "volume"
    folder.mkdir()
    return folder


@asynccontextmanager
async def viewing(
    folder: Path, name: str, key: str = "enter", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Seen]:
    """The viewer on a file of the folder, once that is shown."""
    async with opening(folder, name, key, size) as seen:
        await seen.sees_no("Reading")
        yield seen


@asynccontextmanager
async def opening(
    folder: Path, name: str, key: str = "enter", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Seen]:
    """The viewer as soon as it is there."""
    engine = LocalEngine([volume("box", 1)])
    engine.local = LocalHelpers(agent_binary(), folder)
    try:
        async with running(engine, size, start=("box", f"/{name}")) as seen:
            await seen.until(lambda: seen.cursor_line == name, name)
            await seen.press(key)
            await seen.until(lambda: isinstance(seen.app.screen, ViewerScreen), "the viewer")
            yield seen
    finally:
        engine.local.close(10)


def view(seen: Seen) -> FileView:
    return seen.app.screen.query_one(FileView)


def first(seen: Seen) -> str:
    """The first row under the title."""
    return seen.text.split("\n")[1].strip()


async def shows_first(seen: Seen, text: str) -> None:
    await seen.until(lambda: first(seen) == text, text)


async def test_what_is_found_before_there_is_a_screen_for_it_has_its_context(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = LINES.replace("\n700 line", "\nthe 700th line")
    (folder / "file").write_text(text)
    async with viewing(folder, "file") as seen:
        await shows_first(seen, "1 1 line")
        begin = text.index("700th")
        with monkeypatch.context() as patched:
            patched.setattr(FileView, "size", Size(0, 0))
            view(seen).reveal((begin, begin + 5))
            await seen.until(lambda: view(seen).window.top == text.index("the 700"), "the line")
        view(seen).on_resize()
        await shows_first(seen, "693 693 line")
        await seen.sees("700 the 700th line")


async def test_a_search_typed_before_the_file_is_read_is_made_then(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_text(LINES)
    readable, read = asyncio.Event(), FileSource.open

    async def late(source: FileSource) -> None:
        await readable.wait()
        await read(source)

    monkeypatch.setattr(FileSource, "open", late)
    async with opening(folder, "file") as seen:
        await seen.sees("Reading")
        await seen.press("slash", *"7000 l", "enter")
        await seen.sees("Reading")
        readable.set()
        await seen.sees("7000 7000 line")


async def test_moving_by_lines_pages_and_to_the_ends(folder: Path) -> None:
    (folder / "file").write_text(LINES)
    async with viewing(folder, "file") as seen:
        await shows_first(seen, "1 1 line")
        await seen.sees("1-22 of 50,000", "UTF-8")
        for keys, shown in (
            (["j", "down"], "3 3 line"),
            (["k"], "2 2 line"),
            (["pagedown"], "23 23 line"),
            (["ctrl+d"], "33 33 line"),
            (["ctrl+u"], "23 23 line"),
            (["pageup", "pageup"], "1 1 line"),
            (["G"], "49979 49979 line"),
            (["j"], "49979 49979 line"),
            (["k"], "49978 49978 line"),
            (["home"], "1 1 line"),
            (["end"], "49979 49979 line"),
            (["g"], "1 1 line"),
        ):
            await seen.press(*keys)
            await shows_first(seen, shown)


async def test_going_to_a_line_a_share_and_an_offset(folder: Path) -> None:
    (folder / "file").write_text(LINES)
    async with viewing(folder, "file") as seen:
        for typed, shown in (
            ("12345", "12345 12345 line"),
            ("99,999,999", "49979 49979 line"),
            ("0x0", "1 1 line"),
            ("1", "1 1 line"),
        ):
            await seen.press("ctrl+g", *typed, "enter")
            await shows_first(seen, shown)
        await seen.press("ctrl+g", *"50%", "enter")
        await seen.until(lambda: first(seen).startswith("25"), "the middle")
        await seen.press("ctrl+g", *"middle", "enter")
        await seen.sees("neither a line")


async def test_searching_forward_and_backward(folder: Path) -> None:
    (folder / "file").write_text(LINES.replace("40000 line", "40000 The Needle"))
    async with viewing(folder, "file") as seen:
        await seen.press("slash", *"needle", "enter")
        await seen.sees("40000 The Needle")
        hit = LINES.index("40000 line") + len("40000 The ")
        await seen.until(lambda: view(seen).hits == [(hit, hit + 6)], "a mark")
        assert view(seen).current == (hit, hit + 6)
        await seen.press("n")
        await seen.sees("no hit below")
        await seen.press("slash", *"[1-3]9 line$", "enter")
        await seen.until(lambda: first(seen) != "" and view(seen).current is not None, "a hit")
        await seen.press("g", "question_mark", *"zzz", "enter")
        await seen.sees("no hit above")
        await seen.press("slash", *"^5 line", "enter")
        at = LINES.index("5 line")
        await seen.until(lambda: view(seen).current == (at, at + 6), "line 5")
        await seen.press("slash", *"line", "enter", "n", "n", "N")
        await seen.until(lambda: view(seen).current == (9, 13), "the second hit")
        await seen.press("slash", *"(", "enter")
        await seen.sees("missing closing")
        await seen.press("escape")
        await seen.until(lambda: not view(seen).hits, "no marks")
        assert isinstance(seen.app.screen, ViewerScreen)
        await seen.press("escape")
        await seen.sees("1 entry")


async def test_a_search_can_be_stopped(folder: Path) -> None:
    with (folder / "file").open("wb") as file:
        file.write(b"text")
        file.truncate(1 << 40)
    async with viewing(folder, "file") as seen:
        await seen.press("slash", *r"^\x00", "enter")
        await seen.sees("searching")
        await seen.press("escape")
        await seen.sees("stopped")


async def test_ten_gibibytes_on_one_line(folder: Path) -> None:
    with (folder / "file").open("wb") as file:
        file.write(b"begin " + b"x" * 9000)
        file.truncate(10 * GIB)
        file.seek(10 * GIB - 10)
        file.write(b" the end.\n")
    async with viewing(folder, "file") as seen:
        await seen.sees("begin", "1-1 of 1")
        await seen.press("G", "slash", *"the end", "enter")
        await seen.sees("the end.", "100%")
        await seen.press("k", "question_mark", *"begin", "enter")
        await seen.sees("begin")


async def test_long_lines_scroll_sideways_and_h_leaves_at_the_left(folder: Path) -> None:
    (folder / "file").write_text("".join(f"{n:04}" for n in range(100)) + "\nshort\n")
    async with viewing(folder, "file") as seen:
        await seen.sees("0000000100020003", "…")
        await seen.press("l", "right")
        await seen.sees("…", "0035")
        assert "0000" not in first(seen)
        await seen.press("h", "left")
        await seen.sees("0000000100020003")
        view(seen)._stepped_left = 0.0
        await seen.press("h")
        await seen.sees("1 entry")


async def test_tabs_wide_characters_and_what_is_not_printable(folder: Path) -> None:
    (folder / "file").write_bytes("a\t漢字\tb\n\x1b[31mred\x00\n".encode() + b"\xff\xfe end\n")
    async with viewing(folder, "file", size=(81, 24)) as seen:
        await seen.sees("hex")
    (folder / "file").write_bytes("a\t漢字\tb\n\x1b[31mred\n".encode() + b"caf\xc3\xa9\n")
    async with viewing(folder, "file") as seen:
        await seen.sees("1 a       漢字    b", r"\e[31mred", "café", "UTF-8")


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ("Grüße\n".encode(), "UTF-8"),
        ("\ufeffGrüße\n".encode(), "UTF-8 BOM"),
        ("Grüße\r\n".encode("latin-1"), "Latin-1 · CRLF"),
        ("Grüße\n".encode("utf-16"), "UTF-16 LE"),
        (b"\xfe\xff" + "Grüße\n".encode("utf-16-be"), "UTF-16 BE"),
    ],
)
async def test_the_encoding_is_named_and_searched(folder: Path, data: bytes, named: str) -> None:
    (folder / "file").write_bytes(data * 3)
    async with viewing(folder, "file") as seen:
        await seen.sees("Grüße", named)
        await seen.press("slash", *"Grüße", "enter")
        await seen.until(lambda: view(seen).current is not None, "a hit")
        await seen.until(lambda: len(view(seen).hits) == 3, "three marks")


async def test_bytes_by_ranges_and_back_to_the_text(folder: Path) -> None:
    (folder / "bin").write_bytes(bytes(range(256)) * 1000)
    (folder / "file").write_text(LINES)
    async with viewing(folder, "bin") as seen:
        await seen.sees("000010  10 11 12", "hex")
        await seen.press("G")
        await seen.sees("03e7f0  f0 f1 f2", "100%")
        await seen.press("ctrl+g", *"0x1234", "enter")
        await shows_first(
            seen, "001230  30 31 32 33 34 35 36 37  38 39 3a 3b 3c 3d 3e 3f  0123456789:;<=>?"
        )
        await seen.press("slash", *"0xfeff", "enter")
        await seen.until(lambda: view(seen).current == (0x12FE, 0x1300), "bytes")
        await seen.press("x")
        await seen.sees("not text")
    async with viewing(folder, "file") as seen:
        await seen.press("ctrl+g", *"1000", "enter")
        await shows_first(seen, "1000 1000 line")
        await seen.press("x")
        await seen.sees("1000 line")
        await seen.press("x")
        await seen.sees("1000 line")


async def test_following_by_key(folder: Path) -> None:
    log = folder / "log"
    log.write_text(LINES)
    async with viewing(folder, "log", key="t") as seen:
        await seen.sees("following", "50000 line")
        with log.open("a") as file:
            file.write("appended\n")
        await seen.sees("appended", "50,001")
        await seen.press("k", "k")
        await seen.sees("paused")
        with log.open("a") as file:
            file.write("unseen\n")
        await seen.sees("of 50,002")
        assert "unseen" not in seen.text
        await seen.press("G")
        await seen.sees("unseen", "following")
        os.rename(log, folder / "log.1")
        log.write_text("fresh\n")
        await seen.sees("rotated: now following the new file", "fresh")
        os.truncate(log, 0)
        await seen.sees("truncated", "Empty file.")
        log.unlink()
        await seen.sees("gone, waiting")
        await seen.press("t")
        await seen.sees_no("following")


async def test_an_empty_file_and_one_that_cannot_be_read(folder: Path) -> None:
    (folder / "file").touch()
    async with viewing(folder, "file") as seen:
        await seen.sees("Empty file.")
        await seen.press("j", "G", "slash", "x", "enter", "n", "x", "t")
        await seen.sees("following")
        (folder / "file").write_text("no longer\n")
        await seen.sees("no longer")


async def test_a_file_replaced_by_a_fifo_is_not_opened(folder: Path) -> None:
    (folder / "file").write_text("text\n")
    async with viewing(folder, "file") as seen:
        await seen.sees("text")
        (folder / "file").unlink()
        os.mkfifo(folder / "file")
        await seen.press("R")
        await seen.sees("not a regular file")
        await seen.press("q")
        await seen.sees("1 entry")


async def test_help_names_the_keys(folder: Path) -> None:
    (folder / "file").write_text("text\n")
    async with viewing(folder, "file", size=(200, 50)) as seen:
        await seen.sees("text", "F1 Help")
        await seen.press("f1")
        await seen.sees("Everywhere")


async def test_a_file_that_is_cut_off_while_its_lines_are_counted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = folder / "log"
    log.write_text(LINES)
    more, count = threading.Event(), VolumeFiles.lines

    def slow(
        files: VolumeFiles, path: str, offset: int = 0, unit: str = ""
    ) -> Generator[LineCounts, None, None]:
        for part in count(files, path, offset, unit):
            if more.is_set() or len(part.counts) < 2:
                yield part
                continue
            yield replace(part, counts=part.counts[:1], done=STEP, complete=False)
            more.wait(30)
            yield replace(part, offset=STEP, counts=part.counts[1:])

    monkeypatch.setattr(VolumeFiles, "lines", slow)
    async with viewing(folder, "log", key="t") as seen:
        await seen.sees("following", "50000 line")
        await seen.until(lambda: view(seen).index.done == STEP, "the first count")
        log.write_text("fresh\n")
        await seen.sees("truncated", "fresh")
        more.set()
        await seen.sees("1 fresh", "of 1")
        log.write_text("".join(f"{n} again\n" for n in range(1, 20_001)))
        await seen.sees("of 20,000")
