"""Previews of every kind, and what happens to one when its entry changes."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from tests.fakes import Node, kind_mode
from tests.samples import TREE, engine
from tests.ui.screen import Seen, running
from tui.documents.document import Document, Source, Span
from tui.engine.model import EntryKind
from tui.screens.main import MainScreen
from tui.widgets import preview_documents
from tui.widgets.files import FilesPane
from tui.widgets.preview import PreviewPane
from tui.widgets.preview_documents import documents_of

START = ("box", "/")
WIDE = (200, 50)


def preview(seen: Seen) -> PreviewPane:
    screen = seen.app.screen_stack[0]
    assert isinstance(screen, MainScreen)
    return screen.preview


async def look_at(seen: Seen, name: str) -> None:
    """Put the cursor on a name, and wait until its preview is complete."""
    await seen.press("slash", *name.partition(".")[0], "enter")
    await seen.at(name)
    await complete(seen, name)


async def complete(seen: Seen, name: str) -> None:
    pane = preview(seen)
    await seen.until(
        lambda: pane.heading.title == name and not pane.reading, f"the preview of {name}"
    )


def again(seen: Seen) -> None:
    """Show the entry under the cursor once more, as a folder does whose entry has changed."""
    screen = seen.app.screen_stack[0]
    assert isinstance(screen, MainScreen)
    screen.files.post_message(FilesPane.Highlighted())


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("app.jar", ["zip", "40 entries", "META-INF/class-39"]),
        (
            "src.tar.gz",
            ["8 entries", "app/latest → main.py", "../../etc/cron.d/evil", r"evil\e]0;"],
        ),
        ("data.json", ["formatted JSON", "4.50,"]),
        ("log.1.gz", ["gzip", "started"]),
        ("windows.txt", ["UTF-16 LE · CRLF", "Grüße"]),
    ],
)
async def test_kinds(name: str, texts: list[str]) -> None:
    async with running(engine(), WIDE, START) as seen:
        await seen.sees(f"{len(TREE)} entries")
        await look_at(seen, name)
        await seen.sees(*texts)


async def yaml_documents() -> AsyncGenerator[Document, None]:
    """What the preview of a text with colours shows, one after the other."""
    fake = engine()
    files = fake.open(fake.volumes()[0])
    entry = next(e for batch in files.entries("/") for e in batch if e.name == "compose.yaml")
    async with aclosing(documents_of(files, "/", entry)) as documents:
        async for document in documents:
            yield document


async def test_text_comes_with_its_colours_where_they_come_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preview_documents, "SOON", 30.0)
    assert all([document.spans async for document in yaml_documents()])


async def test_text_comes_first_where_its_colours_take_their_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = threading.Event()

    def slow(_source: Source, lines: list[str]) -> Iterator[list[list[Span]]]:
        wanted.wait(30)
        yield [[Span(0, 1, "key")] for _ in lines]

    monkeypatch.setattr(preview_documents, "colours", slow)
    async with aclosing(yaml_documents()) as documents:
        assert not (await anext(documents)).spans
        wanted.set()
        assert (await anext(documents)).spans


async def test_going_away_while_colours_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = threading.Event()
    monkeypatch.setattr(preview_documents, "colours", lambda *_: iter([wanted.wait(30)]))
    async with aclosing(yaml_documents()) as documents:
        assert (await anext(documents)).lines
    wanted.set()


async def test_colours_of_a_text() -> None:
    async with running(engine(), WIDE, START) as seen:
        await seen.sees(f"{len(TREE)} entries")
        await look_at(seen, "compose.yaml")
        plain = preview(seen).view.render_line(4).text
        colours = {
            str(part.style.color) for part in preview(seen).view.render_line(4) if part.style
        }
        assert "restart: always" in plain
        assert len(colours) == 3  # number, key, value


async def test_columns_follow_the_width() -> None:
    async with running(engine(), (80, 24), START) as seen:
        await seen.sees(f"{len(TREE)} entries")
        await look_at(seen, "app.jar")
        assert "-rw-r--r--" not in str(preview(seen).view.lines[1])
        await seen.press("4")
        await seen.until(lambda: "-rw-r--r--" in preview(seen).view.lines[1], "the mode")


async def test_long_lines_scroll_sideways_and_left_goes_back_at_their_beginning() -> None:
    async with running(engine(), (80, 24), START) as seen:
        await seen.sees(f"{len(TREE)} entries")
        await look_at(seen, "long.txt")
        await seen.press("4")
        await seen.sees("begin")
        assert " end" not in seen.text
        for _ in range(20):
            await seen.press("right")
        await seen.sees("x end")
        assert "begin" not in seen.text
        while preview(seen).view.column:
            await seen.press("left")
        await seen.sees("begin")
        await seen.press("left")
        await seen.at("long.txt")


async def test_a_changed_file_is_read_again_where_one_stands() -> None:
    text = b"".join(b"line %d\n" % number for number in range(200))
    fake = engine(grows=text)
    tree: Any = fake.trees["box"]
    async with running(fake, (80, 24), START) as seen:
        await seen.sees(f"{len(TREE) + 1} entries")
        await look_at(seen, "grows")
        await seen.press("4", "G")
        await seen.sees("line 199")
        await seen.press("k")
        place = preview(seen).view.scroll_offset
        tree["grows"] = text + b"line new\n"
        again(seen)
        await seen.until(lambda: len(preview(seen).view.lines) == 201, "the new line")
        assert preview(seen).view.scroll_offset == place
        await seen.press("G")
        await seen.sees("line new")


async def test_a_file_that_always_changes_is_shown_all_the_same() -> None:
    fake = engine(hot=b"0\n")
    tree: Any = fake.trees["box"]
    async with running(fake, (80, 24), START) as seen:
        await seen.sees(f"{len(TREE) + 1} entries")
        await look_at(seen, "hot")
        for number in range(1, 2000):
            tree["hot"] = b"%d\n" % number
            again(seen)
            await seen.pilot.pause()
            if preview(seen).view.lines[0] != "0":
                return
    raise AssertionError("nothing but the first state was shown")


async def test_a_file_replaced_by_a_fifo_is_not_opened() -> None:
    fake = engine(file=b"text\n")
    tree: Any = fake.trees["box"]
    async with running(fake, WIDE, START) as seen:
        await seen.sees(f"{len(TREE) + 1} entries")
        await look_at(seen, "file")
        tree["file"] = kind_mode(EntryKind.FIFO)
        again(seen)
        await seen.sees("is no regular file")
        tree["file"] = b"text again\n"
        again(seen)
        await seen.sees("text again")


async def test_a_large_folder_shows_its_first_names() -> None:
    names: dict[str, Node] = {f"file-{number}": b"" for number in range(600)}
    async with running(engine(many=names), WIDE, START) as seen:
        await seen.sees(f"{len(TREE) + 1} entries")
        await look_at(seen, "many")
        await seen.sees("600 entries", "file-10")
        await seen.press("4", "G")
        await seen.sees("file-199", "… and 400 more")


async def test_a_folder_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.widgets.preview_documents.MOST_ENTRIES", 500)
    names: dict[str, Node] = {f"file-{number}": b"" for number in range(3000)}
    async with running(engine(many=names), WIDE, START) as seen:
        await seen.sees(f"{len(TREE) + 1} entries")
        await look_at(seen, "many")
        await seen.sees("500+ entries", "file-0")
