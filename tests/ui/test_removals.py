"""A prune that was said yes to: what is asked, what is told of each volume, and how it stops."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fakes import FakeEngine
from tests.ui.screen import Seen, running
from tests.ui.test_pruning import GONE, anonymous, chosen, five, hexadecimal, prune, volume
from tui.engine.errors import EngineFailed, VolumeInUse
from tui.engine.holders import Holder
from tui.engine.model import Volume
from tui.engine.removing import Removed
from tui.screens.pruning import PruneScreen
from tui.screens.removing import RemovalScreen
from tui.widgets.removal_list import RemovalList


def removal(seen: Seen) -> RemovalList:
    screen = seen.app.screen
    assert isinstance(screen, RemovalScreen)
    return screen.list


def outcomes(seen: Seen) -> dict[str, str]:
    rows = removal(seen).rows
    return {
        name: told.outcome.value if told else ""
        for name, told in zip(rows.names, rows.outcomes, strict=True)
    }


def listed(fake: FakeEngine) -> list[str]:
    return [volume.name for volume in fake.listed]


async def test_what_was_not_said_yes_to_stays() -> None:
    fake = five()
    before = listed(fake)
    async with running(fake) as seen:
        await seen.sees("6 volumes")
        pane = await prune(seen)
        await seen.press("d")
        await seen.sees("Remove 2 volumes?", "2.0 MiB and 1 of unknown size", hexadecimal("a"))
        await seen.press("enter")
        await seen.until(lambda: isinstance(seen.app.screen, PruneScreen), "the list")
        assert chosen(pane) == [hexadecimal("a"), hexadecimal("b")]
        assert listed(fake) == before


async def test_two_of_five_go_and_the_others_stay() -> None:
    fake = five()
    async with running(fake) as seen:
        await seen.sees("6 volumes")
        await prune(seen)
        await seen.press("d")
        await seen.sees("Remove 2 volumes?", "y Yes")
        await seen.press("y")
        await seen.sees("2 removed, at least 2.0 MiB freed")
        assert listed(fake) == [hexadecimal("c"), "backups", "shop_pgdata", "wiki"]
        await seen.press("escape")
        await seen.sees("Details")


async def test_a_phrase_is_typed_where_somebody_gave_names() -> None:
    fake = five()
    async with running(fake) as seen:
        await seen.sees("6 volumes")
        await prune(seen)
        await seen.press("ctrl+a", "d")
        await seen.sees("Type delete 5", "shop_pgdata", "of project shop", "snapshot")
        assert "y Yes" not in seen.text
        await seen.type("y")
        await seen.press("enter")
        await seen.sees("That is not delete 5.")
        await seen.press("backspace")
        await seen.type("delete 5")
        await seen.press("enter")
        await seen.sees("5 removed")
        assert listed(fake) == ["wiki"]


async def test_one_that_stays_does_not_stop_the_others() -> None:
    fake = FakeEngine([anonymous(digit, 1 << 20) for digit in "abc"])
    in_use = VolumeInUse(f"{hexadecimal('b')} is in use by web.", hint="Stop web first.")
    fake.unremovable = {hexadecimal("b"): in_use}
    async with running(fake) as seen:
        await seen.sees("3 volumes")
        await prune(seen)
        await seen.press("d", "y")
        await seen.sees("2 removed, 2.0 MiB freed  ·  1 stayed", "Stop web first.")
        assert seen.cursor_line == hexadecimal("b")
        assert "is in use by web." in seen.line("stayed    ")
        assert listed(fake) == [hexadecimal("b")]


async def test_an_engine_that_goes_away_leaves_what_is_not_known_and_not_tried() -> None:
    fake = FakeEngine([anonymous(digit, 1 << 20) for digit in "abc"])
    fake.unremovable = {hexadecimal("a"): EngineFailed("the driver said no")}
    async with running(fake) as seen:
        await seen.sees("3 volumes")
        await prune(seen)
        await seen.press("d")
        fake.answers.clear()
        await seen.press("y")
        await seen.sees("checking", "0 of 3")
        fake.error = GONE
        fake.answers.set()
        await seen.sees("0 removed  ·  1 not known  ·  2 not tried", "No engine answers at db1.")
        assert list(outcomes(seen).values()) == ["unknown", "not tried", "not tried"]


class SlowEngine(FakeEngine):
    """Removes as soon as `freed` is set."""

    def _removed(self, volume: Volume, chosen: Sequence[Holder]) -> Removed:
        self.freed.wait()
        return super()._removed(volume, chosen)


async def test_esc_stops_behind_the_one_that_is_being_removed() -> None:
    fake = SlowEngine([anonymous(digit, 1 << 20) for digit in "abcd"])
    async with running(fake) as seen:
        await seen.sees("4 volumes")
        await prune(seen)
        await seen.press("d", "y")
        await seen.sees("removing", "0 of 4")
        await seen.press("escape")
        await seen.sees("Stopping behind")
        fake.freed.set()
        await seen.sees("1 removed, 1.0 MiB freed  ·  3 not tried")
        assert list(outcomes(seen).values()) == ["removed"] + ["not tried"] * 3
        assert listed(fake) == [hexadecimal(digit) for digit in "bcd"]


async def test_the_program_ends_behind_the_one_that_is_being_removed() -> None:
    fake = SlowEngine([anonymous(digit, 1 << 20) for digit in "abc"])
    async with running(fake) as seen:
        await seen.sees("3 volumes")
        await prune(seen)
        await seen.press("d", "y")
        await seen.sees("removing", "0 of 3")
        await seen.press("ctrl+q")
        await seen.sees("Closing")
        assert not fake.closed.is_set()
        fake.freed.set()
        await seen.until(fake.closed.is_set, "the end")
        assert listed(fake) == [hexadecimal(digit) for digit in "bc"]


async def test_a_wait_is_told_and_keys_answer() -> None:
    fake = FakeEngine([anonymous(digit) for digit in "ab"])
    async with running(fake) as seen:
        await seen.sees("2 volumes")
        await prune(seen)
        await seen.press("d")
        fake.answers.clear()
        await seen.press("y")
        await seen.sees("No answer for ", " s. Esc stops behind this one.")
        await seen.press("j")
        await seen.at(hexadecimal("b"))
        fake.answers.set()
        await seen.sees("2 removed, bytes freed not known")
        assert "No answer" not in seen.text


async def test_the_result_is_copied_line_by_line() -> None:
    fake = FakeEngine([anonymous("a", 1 << 20), anonymous("b")])
    fake.unremovable = {hexadecimal("b"): EngineFailed("the driver said\x1b no")}
    async with running(fake) as seen:
        await seen.sees("2 volumes")
        await prune(seen)
        await seen.press("d", "y")
        await seen.sees("1 removed, 1.0 MiB freed  ·  1 stayed")
        await seen.press("Y")
        await seen.sees("Sent to the clipboard")
        assert seen.app.clipboard.split("\n") == [
            "1 removed, 1.0 MiB freed  ·  1 stayed",
            f"stayed  {hexadecimal('b')}  (of unknown size): the driver said\\e no",
            f"removed  {hexadecimal('a')}  (1.0 MiB)",
        ]


async def test_a_thousand_go_while_keys_are_served() -> None:
    fake = FakeEngine([volume(f"data-{number:04}", 1000) for number in range(1000)])
    async with running(fake) as seen:
        await seen.sees("1,000 volumes")
        await prune(seen, "Nothing of 1,000 chosen")
        await seen.press("ctrl+a", "d")
        await seen.sees("Type delete 1000", "data-0000")
        await seen.type("delete 1000")
        await seen.press("enter")
        await seen.until(lambda: isinstance(seen.app.screen, RemovalScreen), "the removal")
        await seen.press("g", "j", "j")
        await seen.at("data-0002")
        await seen.sees("1,000 removed, 976.6 KiB freed")
        assert fake.listed == []
