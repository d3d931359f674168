"""Emptying a volume: what goes is counted, who writes is named, what stays has its reason."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from errno import EPERM

import pytest

from tests.fakes import FakeEngine, Node
from tests.showcase import HEX, holder, mount, volume
from tests.ui.screen import Seen, running
from tui.engine.changes import Changed
from tui.engine.emptying import Failure
from tui.engine.errors import EngineUnreachable, HelperFailed
from tui.engine.holders import Holder
from tui.engine.model import Volume
from tui.screens.emptying import EmptyScreen
from tui.screens.main import MainScreen

TREE: Mapping[str, Node] = {"a": b"12345", "folder": {"b": b"678", "c": b""}}


def fake_with(tree: Mapping[str, Node] = TREE, name: str = "data") -> FakeEngine:
    return FakeEngine([volume(name, None)], {name: tree})


def dialog(seen: Seen) -> EmptyScreen:
    assert isinstance(seen.app.screen, EmptyScreen)
    return seen.app.screen


async def empty(seen: Seen) -> None:
    await seen.sees("Name ▲")
    await seen.press("X")
    await seen.until(lambda: isinstance(seen.app.screen, EmptyScreen), "the dialog")
    await seen.until(lambda: "…" not in dialog(seen).refusal(), "what is known")
    await seen.until(lambda: dialog(seen)._inside.complete, "the count")


async def gone(seen: Seen) -> None:
    await seen.until(lambda: isinstance(seen.app.screen, MainScreen), "the end of the dialog")


async def test_it_says_what_goes_and_what_stays_and_wants_the_name() -> None:
    fake = fake_with()
    async with running(fake) as seen:
        await empty(seen)
        await seen.sees("Empty data?", "8 Bytes in 3 files and 1 folder")
        await seen.sees("the volume with its labels", "Type data")
        await seen.press("y", "enter")
        await seen.sees("That is not data.")
        await seen.press("backspace", *"data", "enter")
        await gone(seen)
        await seen.sees("data is empty: 8 Bytes in 3")
        assert fake.trees["data"] == {}
        assert [each.name for each in fake.listed] == ["data"]


async def test_an_empty_one_says_so_and_offers_nothing() -> None:
    fake = fake_with({})
    async with running(fake) as seen:
        await empty(seen)
        await seen.sees("data is empty already.")
        assert "Yes" not in seen.text
        await seen.press("y")
        assert isinstance(seen.app.screen, EmptyScreen)
        await seen.press("enter")
        await gone(seen)


async def test_an_anonymous_one_takes_a_key() -> None:
    fake = fake_with(name=HEX)
    fake.listed = [volume(HEX, None, anonymous=True)]
    async with running(fake) as seen:
        await empty(seen)
        await seen.sees("y Yes")
        await seen.press("y")
        await gone(seen)
        assert fake.trees[HEX] == {}


async def test_who_writes_is_named_and_it_goes_on_though() -> None:
    fake = fake_with()
    fake.held["data"] = [holder("db", "/d"), holder("reader", "/r", read_only=True)]
    async with running(fake) as seen:
        await empty(seen)
        await seen.sees(
            "● db  running, read-write", "● reader  running, read-only", "may write meanwhile"
        )
        await seen.press(*"data", "enter")
        await gone(seen)
        assert fake.trees["data"] == {}


async def test_a_writer_that_starts_meanwhile_is_named() -> None:
    fake = fake_with()
    async with running(fake) as seen:
        await empty(seen)
        assert "may write meanwhile" not in seen.text
        fake.held["data"] = [holder("late", "/d")]
        fake.listed = [volume("data", None, mount("late", "/d"))]
        fake.happened.put(Changed())
        await seen.sees("● late  running, read-write", "may write meanwhile")


async def test_whose_files_they_are() -> None:
    options = {"type": "none", "o": "bind", "device": "/srv/data"}
    fake = fake_with()
    fake.listed = [volume("data", None, options=options), volume("twin", None, options=options)]
    async with running(fake) as seen:
        await empty(seen)
        await seen.sees("These are the contents of /srv/data on the engine's machine.")
        await seen.sees("It shares data with twin.")


async def test_what_could_not_be_removed_stays_named_until_it_is_closed() -> None:
    fake = fake_with()
    fake.undeletable["data"] = (Failure("/folder/b", EPERM),)
    async with running(fake, (80, 30)) as seen:
        await empty(seen)
        await seen.press(*"data", "enter")
        await seen.sees("Not everything is gone", "5 Bytes in 1 file gone.", "/folder/b")
        await seen.sees("not permitted: it may be immutable or append-only")
        await seen.press("escape")
        await gone(seen)


async def test_escape_ends_it_and_says_what_is_gone() -> None:
    tree = {str(number): b"x" for number in range(9)}
    fake = fake_with(tree)
    async with running(fake) as seen:
        await empty(seen)
        await seen.press(*"data")
        fake.answers.clear()
        await seen.press("enter")
        await seen.sees("0%", "Esc Cancel")
        await seen.press("escape")
        await seen.sees("Cancelled: what is gone is gone.")
        fake.answers.set()
        await seen.sees("the rest is there.", "Esc Close")
        assert fake.trees["data"] == tree


async def test_an_end_that_was_not_heard_is_not_told_as_one() -> None:
    fake = fake_with({str(number): b"x" for number in range(9)})
    async with running(fake) as seen:
        await empty(seen)
        await seen.press(*"data")
        fake.answers.clear()
        await seen.press("enter")
        await seen.sees("Esc Cancel")
        await seen.press("escape")
        fake.error = EngineUnreachable("No engine answers.")
        fake.answers.set()
        await seen.sees("How much went is not known.", "No engine answers.", "Esc Close")
        assert "the rest is there" not in seen.text
        assert "0 files" not in seen.text


async def test_nothing_is_said_yes_to_before_it_was_looked_into() -> None:
    fake = fake_with({"slow": b""})
    fake.stuck = "slow"
    async with running(fake) as seen:
        await seen.sees("Name ▲")
        await seen.press("X")
        await seen.sees("Counting what is inside …")
        await seen.press("y")
        assert isinstance(seen.app.screen, EmptyScreen)
        fake.freed.set()
        await seen.sees("Type data")


async def test_the_name_can_be_typed_once_it_is_known_who_has_it_mounted() -> None:
    asked = threading.Event()

    class Slow(FakeEngine):
        def holders(self, volume: Volume) -> list[Holder]:
            asked.wait()
            return super().holders(volume)

    fake = Slow([volume("data", None)], {"data": TREE})
    async with running(fake) as seen:
        await seen.sees("Name ▲")
        await seen.press("X")
        await seen.sees("3 files and 1 folder", "Asking who has it mounted …")
        asked.set()
        await seen.sees("Type data")
        await seen.press(*"data", "enter")
        await gone(seen)
        assert fake.trees["data"] == {}


async def test_what_cannot_be_counted_says_why() -> None:
    fake = FakeEngine([volume("data", None)], {"data": HelperFailed("No helper could be made.")})
    async with running(fake) as seen:
        await empty(seen)
        await seen.sees("not counted: No helper could be made.", "Type data")


async def test_it_is_greyed_for_several_and_with_read_only() -> None:
    fake = FakeEngine([volume("one", 1), volume("two", 1)])
    async with running(fake) as seen:
        await seen.sees("Name ▲")
        main = seen.app.screen
        assert isinstance(main, MainScreen)
        assert main.volumes.check_action("empty", ()) is True
        await seen.press("space", "space", "X")
        assert main.volumes.check_action("empty", ()) is None
        assert "one volume is emptied at a time" in main.volumes.reason("empty")
        fake.read_only = True
        assert main.volumes.reason("empty") == "voltui was started with --read-only."
        assert seen.app.screen is main


@pytest.mark.parametrize("size", [(40, 10), (20, 5)])
async def test_it_works_at_any_size(size: tuple[int, int]) -> None:
    fake = fake_with()
    async with running(fake, size) as seen:
        await seen.sees("data")
        await seen.press("X")
        await seen.sees("↵ Yes")
        await seen.press(*"data", "enter")
        await gone(seen)
        assert fake.trees["data"] == {}
