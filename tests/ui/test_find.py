"""Finding entries by their names, by keys."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from tests.fakes import FakeEngine, Node, denied
from tests.hostile import NAME
from tests.showcase import engine, volume
from tests.ui.screen import Seen, running
from tui.engine.errors import HelperLost
from tui.screens.around import AroundScreen
from tui.screens.find import FindInput, FindPane
from tui.widgets.table import VirtualTable

START = ("pgdata", "/")


def box(tree: dict[str, Node]) -> FakeEngine:
    return FakeEngine([volume("box", 1)], {"box": tree})


async def find(seen: Seen, text: str = "") -> None:
    await seen.sees("entries")
    await seen.press("f")
    await seen.sees("Type a part of a name.", "Find in")
    await seen.type(text)


def listed(seen: Seen) -> list[str]:
    """Paths of the results, best first."""
    table = seen.app.screen.query_one(VirtualTable)
    return [table.rows.names[row] for row in table.arrangement.view]


async def test_results_are_ranked_and_enter_jumps() -> None:
    tree: dict[str, Node] = {
        "a": {"reconf": b"", "conf": b"", "c-o-n-f": b"", "x.conf": b"", "other": b""},
        "b": {"deep": {"config.ini": b"12"}},
    }
    async with running(box(tree), start=("box", "/")) as seen:
        await find(seen, "conf")
        await seen.until(lambda: len(listed(seen)) == 5, "the results")
        assert listed(seen) == ["a/conf", "b/deep/config.ini", "a/x.conf", "a/reconf", "a/c-o-n-f"]
        await seen.sees("5 found of 9 entries")
        await seen.press("down", "enter")
        await seen.sees("box:/b/deep ", "1 entry")
        await seen.until(lambda: seen.cursor_line == "config.ini", "the cursor on the entry")


async def test_more_letters_narrow_without_asking_again() -> None:
    tree: dict[str, Node] = {"abc": b"", "abd": b"", "xbz": b"", "Ab": b""}
    fake = box(tree)
    async with running(fake, start=("box", "/")) as seen:
        await find(seen, "a")
        await seen.until(lambda: len(listed(seen)) == 3, "the results")
        fake.answers.clear()
        await seen.type("b")
        await seen.until(lambda: listed(seen) == ["Ab", "abc", "abd"], "the same in other order")
        await seen.type("d")
        await seen.until(lambda: listed(seen) == ["abd"], "what is left")
        await seen.press("backspace")
        await seen.until(lambda: len(listed(seen)) == 3, "them again")


async def test_enter_typed_behind_the_text_waits_for_what_it_finds() -> None:
    tree: dict[str, Node] = {"aaa": b"", "bbb": {"target": b""}}
    async with running(box(tree), start=("box", "/")) as seen:
        await seen.sees("2 entries")
        await seen.press("f", *"target", "enter")
        await seen.sees("box:/bbb ", "1 entry")
        await seen.until(lambda: seen.cursor_line == "target", "the cursor on the entry")


async def test_enter_opens_nothing_that_was_found_for_another_text() -> None:
    fake = box({"abc": b"", "xyz": b""})
    async with running(fake, start=("box", "/")) as seen:
        await find(seen, "abc")
        await seen.until(lambda: listed(seen) == ["abc"], "the result")
        fake.answers.clear()
        await seen.type("*z")
        pane = seen.app.screen.query_one(FindPane)
        await seen.until(lambda: pane.running, "the next search")
        pane.action_open()
        fake.answers.set()
        await seen.sees("Nothing below box:/ is called abc*z.")
        assert isinstance(seen.app.screen, AroundScreen)


async def test_a_pattern() -> None:
    async with running(engine(), start=START) as seen:
        await find(seen, "*.conf")
        await seen.sees("postgresql.auto.conf", "4 found")
        await seen.type("x")
        await seen.sees("Nothing below pgdata:/ is called *.confx.", "R looks again")


async def test_below_the_folder_one_stands_in() -> None:
    async with running(engine(), start=("pgdata", "/base")) as seen:
        await find(seen, "PG")
        await seen.sees("Find in pgdata:/base", "1/PG_VERSION", "1 found")
        await seen.press("enter")
        await seen.sees("pgdata:/base/1 ", "1 entry")


async def test_escape_cancels_then_closes() -> None:
    fake = engine()
    async with running(fake, start=START) as seen:
        await find(seen)
        fake.answers.clear()
        await seen.type("conf")
        await seen.sees("Looking …", "Esc Cancel")
        await seen.press("escape")
        await seen.sees("Cancelled before anything was found.", "Esc Close")
        await seen.press("escape")
        await seen.sees("29 entries")


async def test_what_could_not_be_read_and_what_failed() -> None:
    fake = box({"a": b"", "secret": denied("/secret")})
    async with running(fake, start=("box", "/")) as seen:
        await find(seen, "a")
        await seen.sees("1 entry could not be read.")
        fake.error = HelperLost("The helper of box ended.", hint="It may have been removed.")
        await seen.type("*")
        await seen.sees("The helper of box ended.", "It may have been removed.", "R tries again")
        fake.error = None
        await seen.press("f5")
        await seen.sees("1 found")


async def test_too_many() -> None:
    tree: dict[str, Node] = {f"file-{number}": b"" for number in range(1200)}
    async with running(box(tree), start=("box", "/")) as seen:
        await find(seen, "file")
        await seen.sees("Only the first 1,000 are here. Type more of the name.")


async def test_the_list_has_keys_too() -> None:
    async with running(engine(), start=START) as seen:
        await find(seen, "conf")
        await seen.sees("4 found")
        await seen.press("tab", "G", "comma")
        await seen.sees("Sort by", "best match")
        await seen.press("n")
        await seen.sees("4 found")
        await seen.press("Y")
        await seen.sees("/var/lib/docker/volumes/pgdata/_data/")
        await seen.press("q")
        await seen.press("slash", "z")
        await seen.sees("confz")


@pytest.mark.parametrize("size", [(20, 5), (80, 24), (200, 50)])
async def test_hostile_names(size: tuple[int, int]) -> None:
    async with running(box({NAME: {NAME: b""}}), size, start=("box", "/")) as seen:
        await seen.until(lambda: bool(seen.cursor_line), "the folder")
        await seen.press("f")
        await seen.until(lambda: isinstance(seen.app.screen, AroundScreen), "the screen")
        await seen.type("pwned")
        await seen.until(lambda: listed(seen) == [NAME, f"{NAME}/{NAME}"], "the hostile names")
        assert "\x1b" not in seen.text


async def test_what_was_found_for_a_longer_text_is_not_all_there_is_for_a_shorter_one() -> None:
    fake = box({"ab": b"", "ax": b"", "ay": b""})
    async with running(fake, start=("box", "/")) as seen:
        await find(seen)
        fake.answers.clear()
        await seen.type("ab")
        await seen.sees("Looking")
        line = seen.app.screen.query_one(FindInput)
        with line.prevent(Input.Changed):  # It is told a moment later.
            line.value = "a"
        fake.answers.set()
        await seen.until(lambda: listed(seen) == ["ab"], "the answer")
        await seen.sees("1 found of 3 entries")
        await seen.until(lambda: "…" not in seen.line("Find in"), "its end")
        line.post_message(Input.Changed(line, "a"))
        await seen.until(lambda: len(listed(seen)) == 3, "all of them")
