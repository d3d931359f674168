"""Keys typed faster than they are answered are neither lost nor misdirected."""

from __future__ import annotations

import asyncio
import os

import pytest
from textual import events

from tests.fakes import FakeEngine, Node
from tests.showcase import engine, volume
from tests.ui.screen import Seen, running
from tui.driver import NoticingDriver
from tui.engine import listings
from tui.typeahead import TypeAhead
from tui.widgets import list_pane

KEYS = {"/": "slash", ",": "comma", ":": "colon", "?": "question_mark"}


def burst(seen: Seen, *keys: str) -> None:
    """All keys in one moment, as a paste of the terminal or a slow line delivers them."""
    driver = seen.app._driver
    assert driver is not None
    for key in keys:
        event = events.Key(KEYS.get(key, key), key if len(key) == 1 else None)
        event.set_sender(seen.app)
        driver.send_message(event)


def nested(tree: dict[str, Node]) -> FakeEngine:
    return FakeEngine([volume("box", 1)], {"box": tree})


async def test_a_bug_in_what_goes_on_behind_ends_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(_self: TypeAhead) -> None:
        raise ZeroDivisionError

    async def press() -> None:
        async with running(engine()) as seen:
            await seen.sees("gitea-data")
            burst(seen, "j")
            await seen.until(lambda: seen.app._exception is not None, "the bug")

    monkeypatch.setattr(TypeAhead, "_settle", broken)
    with pytest.raises(ZeroDivisionError):
        await press()


async def test_a_filter_is_typed_kept_and_its_row_opened() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        burst(seen, "/", *"pgdata", "enter", "enter")
        await seen.sees("pgdata:/", "29 entries")


async def test_keys_before_the_volumes_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_pane, "HOLD", 60.0)
    fake = engine()
    fake.answers.clear()
    async with running(fake) as seen:
        await seen.sees("Asking the engine")
        burst(seen, "/", *"pgdata", "enter", "enter")
        fake.answers.set()
        await seen.sees("pgdata:/", "29 entries")


async def test_keys_during_a_listing_mean_the_new_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "FRESH", 0.0)
    monkeypatch.setattr(list_pane, "HOLD", 60.0)
    fake = nested({"a": {"x": {}, "y": {"deep": b""}}, "b": {}})
    async with running(fake, start=("box", "/")) as seen:
        await seen.sees("2 entries")
        fake.answers.clear()
        burst(seen, "enter", "j", "enter")
        fake.answers.set()
        await seen.sees("box:/a/y", "deep")


async def test_keys_answer_what_is_shown_when_a_listing_takes_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listings, "FRESH", 0.0)
    monkeypatch.setattr(list_pane, "HOLD", 0.0)
    fake = nested({"a": {"x": {}}, "b": {}})
    async with running(fake, start=("box", "/")) as seen:
        await seen.sees("2 entries")
        fake.answers.clear()
        burst(seen, "enter", "j")
        await seen.at("b")
        fake.answers.set()


async def test_dialogs_that_open_take_the_keys_typed_for_them() -> None:
    async with running(nested({"a": b"1", "b": b"22"}), start=("box", "/")) as seen:
        await seen.sees("2 entries")
        burst(seen, ",", "s", ",", "r", "?")
        await seen.sees("Everywhere")
        burst(seen, "q", "j")
        await seen.sees("▼ Size")
        await seen.at("a")


async def test_going_down_and_up_ends_where_it_began(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_pane, "HOLD", 60.0)
    async with running(nested({"a": {"b": {"c": {}}}}), start=("box", "/")) as seen:
        await seen.sees("1 entry")
        burst(seen, "enter", "enter", "enter")
        await seen.sees("box:/a/b/c")
        burst(seen, "h", "h", "h", "h")
        await seen.sees("Volumes")
        await seen.at("box")


async def test_work_behind_the_keys_knows_of_one_before_the_app_has_it() -> None:
    async with running(engine()) as seen:
        driver = NoticingDriver(seen.app)
        driver.fileno, terminal = os.pipe()
        assert not driver.has_input
        os.write(terminal, b"j")
        assert driver.has_input
        os.read(driver.fileno, 1)
        await seen.until(lambda: not driver.has_input, "the end of the input")
        await asyncio.to_thread(driver.send_message, events.Key("j", "j"))
        assert driver.has_input
        await seen.until(lambda: not driver.has_input, "the key that was handed over")
        os.close(driver.fileno)
        os.close(terminal)


async def test_enter_waits_for_the_filter_of_many_rows() -> None:
    tree: dict[str, Node] = {f"d{number}": {} for number in range(30_000)}
    async with running(nested(tree), start=("box", "/")) as seen:
        await seen.sees("30,000 entries")
        burst(seen, "/", *"2999", "down", "enter", "enter")
        await seen.sees("box:/d12999")
