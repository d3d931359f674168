"""The question before something is destroyed: no, unless yes is said exactly."""

from __future__ import annotations

import pytest

from tests.fakes import FakeEngine
from tests.ui.screen import Seen, running
from tui.content.lines import joined, styled
from tui.screens.confirming import ConfirmScreen


async def ask(seen: Seen, phrase: str) -> list[bool | None]:
    """Ask over the list; what is answered is put into the list that is returned."""
    await seen.sees("no volumes")
    answers: list[bool | None] = []
    screen = ConfirmScreen("Delete?", lambda width: joined(styled(TEXT, width, "")), phrase)
    seen.app.push_screen(screen, answers.append)
    await seen.sees("Delete?")
    return answers


TEXT = "Everything goes. " * 80


@pytest.mark.parametrize("key", ["escape", "q", "n", "enter"])
async def test_no_is_what_every_key_says_that_is_not_yes(key: str) -> None:
    async with running(FakeEngine()) as seen:
        answers = await ask(seen, "")
        await seen.press(key)
        await seen.until(lambda: answers == [False], "no")


async def test_yes_is_a_key_where_nothing_has_to_be_typed() -> None:
    async with running(FakeEngine()) as seen:
        answers = await ask(seen, "")
        await seen.sees("y Yes")
        await seen.press("y")
        await seen.until(lambda: answers == [True], "yes")


async def test_a_phrase_is_typed_exactly() -> None:
    async with running(FakeEngine()) as seen:
        answers = await ask(seen, "yarn")
        assert "y Yes" not in seen.text
        await seen.type("yar")
        await seen.press("enter")
        await seen.sees("That is not yarn.")
        await seen.type("n")
        assert answers == []
        await seen.press("enter")
        await seen.until(lambda: answers == [True], "yes")


@pytest.mark.parametrize("key", ["escape", "enter"])
async def test_no_in_the_line(key: str) -> None:
    async with running(FakeEngine()) as seen:
        answers = await ask(seen, "pgdata")
        await seen.type("q")
        await seen.press("backspace", key)
        await seen.until(lambda: answers == [False], "no")


async def test_the_text_scrolls_and_the_phrase_is_no_key_there() -> None:
    async with running(FakeEngine()) as seen:
        answers = await ask(seen, "pgdata")
        before = seen.text
        await seen.press("pagedown", "tab", "y")
        assert seen.text != before
        await seen.press("enter", *"pgdata", "enter")
        await seen.until(lambda: answers == [True], "yes")


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (20, 5)])
async def test_it_can_be_answered_at_any_size(size: tuple[int, int]) -> None:
    async with running(FakeEngine(), size) as seen:
        await seen.sees("This engine")
        answers: list[bool | None] = []
        text = ConfirmScreen("Delete?", lambda width: joined(styled(TEXT, width, "")), "pgdata")
        seen.app.push_screen(text, answers.append)
        await seen.sees("Everything goes.", "pgdata", "↵ Yes")
        await seen.press(*"pgdata", "enter")
        await seen.until(lambda: answers == [True], "yes")
