"""Prune: what is offered, what is chosen unasked, and what happens to the list meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.fakes import MEASURED, FakeEngine
from tests.ui.screen import Seen, running
from tui.engine.changes import Changed, Lost
from tui.engine.errors import EngineUnreachable
from tui.engine.model import ContainerState, Mount, Volume, VolumeSize
from tui.engine.volumes import SNAPSHOT_LABEL
from tui.screens.pruning import PruneScreen
from tui.widgets.prune_list import PruneList

GONE = EngineUnreachable("No engine answers at db1.")


def hexadecimal(digit: str) -> str:
    return digit * 64


def volume(
    name: str,
    size: int | None = None,
    *,
    project: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> Volume:
    known = None if size is None else VolumeSize(size, MEASURED)
    path = f"/var/lib/docker/volumes/{name}/_data"
    return Volume(
        name, "local", "local", path, MEASURED, labels or {}, project=project, size=known
    )  # fmt: skip


def anonymous(digit: str, size: int | None = None) -> Volume:
    return replace(volume(hexadecimal(digit), size), anonymous=True)


def used(one: Volume, container: str = "web") -> Volume:
    mount = Mount(container, container, "image", ContainerState.RUNNING, "/data", read_only=False)
    return replace(one, mounts=(mount,))


def five() -> FakeEngine:
    """Five candidates of every kind, and one volume that is in use."""
    return FakeEngine([
        anonymous("a", 2 << 20),
        anonymous("b"),
        replace(volume(hexadecimal("c"), 4 << 20), looks_anonymous=True),
        volume("backups", 8 << 20, labels={SNAPSHOT_LABEL: "x"}),
        volume("shop_pgdata", 16 << 20, project="shop"),
        used(volume("wiki", 32 << 20)),
    ])  # fmt: skip


async def prune(seen: Seen, size: str = "chosen") -> PruneList:
    """Open the screen from the list of volumes."""
    await seen.until(lambda: seen.app.focused is not None, "the list")
    await seen.press("P")
    await seen.until(lambda: isinstance(seen.app.screen, PruneScreen), "the screen")
    await seen.sees(size)
    screen = seen.app.screen
    assert isinstance(screen, PruneScreen)
    return screen.list


def names(pane: PruneList) -> list[str]:
    """The rows as they stand below each other."""
    return [pane.rows.names[row] for row in pane.table.arrangement.view]


def chosen(pane: PruneList) -> list[str]:
    return [each.volume.name for each in pane.chosen]


async def test_only_what_nobody_named_is_chosen_and_what_is_not_known_is_no_zero() -> None:
    async with running(five()) as seen:
        await seen.sees("6 volumes")
        pane = await prune(seen)
        assert names(pane) == [*map(hexadecimal, "abc"), "backups", "shop_pgdata"]
        assert chosen(pane) == [hexadecimal("a"), hexadecimal("b")]
        await seen.sees("2 of 5 chosen, frees 2.0 MiB and 1 of unknown size")
        assert "anonymous" not in seen.line("bbbbbbbbbbbb…"), "said once, in the row above"
        assert "anonymous?" in seen.line("cccccccccccc…")
        assert "snapshot" in seen.line("backups")
        assert "of project shop" in seen.line("shop_pgdata")
        assert "wiki" not in seen.text
        await seen.press("space")
        await seen.sees("1 of 5 chosen, of unknown size")
        await seen.press("G", "space")
        await seen.sees("2 of 5 chosen, frees 16.0 MiB and 1 of unknown size", "Path     /var")


async def test_an_anonymous_volume_of_a_project_is_not_chosen_unasked() -> None:
    of_project = replace(anonymous("d", 1 << 20), project="shop")
    async with running(FakeEngine([of_project])) as seen:
        await seen.sees("1 volume ")
        pane = await prune(seen)
        await seen.sees("Nothing of 1 chosen", "of project shop")
        assert chosen(pane) == []
        await seen.press("d")
        assert isinstance(seen.app.screen, PruneScreen)


async def test_a_candidate_that_comes_into_use_is_not_chosen_any_more() -> None:
    fake = five()
    async with running(fake) as seen:
        await seen.sees("6 volumes")
        pane = await prune(seen)
        await seen.press("j")
        fake.listed[1] = used(fake.listed[1], "shop1")
        fake.happened.put(Changed())
        await seen.sees("1 of 4 chosen, frees 2.0 MiB", "in use by shop1")
        assert seen.cursor_line == hexadecimal("b")
        await seen.press("space", "ctrl+a")
        await seen.sees("4 of 4 chosen")
        assert hexadecimal("b") not in chosen(pane)
        await seen.press("asterisk")
        await seen.sees("Nothing of 4 chosen")
        await seen.press("g", "v", "G")
        await seen.sees("4 of 4 chosen")
        fake.listed[1] = replace(fake.listed[1], mounts=())
        fake.happened.put(Changed())
        await seen.sees("4 of 5 chosen")
        await seen.sees_no("shop1")


async def test_what_is_made_elsewhere_is_offered_and_not_chosen() -> None:
    fake = five()
    async with running(fake) as seen:
        await seen.sees("6 volumes")
        pane = await prune(seen)
        await seen.press("j", "j")
        fake.listed.append(anonymous("0", 1 << 20))
        fake.happened.put(Changed())
        await seen.sees("2 of 6 chosen")
        assert names(pane)[0] == hexadecimal("0")
        assert seen.cursor_line == hexadecimal("c")
        del fake.listed[0]
        fake.happened.put(Changed())
        await seen.sees("1 of 5 chosen, of unknown size")
        assert seen.cursor_line == hexadecimal("c")


async def test_another_volume_of_the_same_name_is_not_chosen() -> None:
    fake = five()
    async with running(fake) as seen:
        await seen.sees("6 volumes")
        pane = await prune(seen)
        fake.listed[0] = replace(fake.listed[0], labels={"made": "anew"})
        fake.happened.put(Changed())
        await seen.sees("1 of 5 chosen", "made=anew")
        assert chosen(pane) == [hexadecimal("b")]


async def test_what_a_service_needs_is_marked_and_not_chosen() -> None:
    fake = five()
    async with running(fake) as seen:
        await seen.sees("6 volumes")
        pane = await prune(seen)
        assert len(chosen(pane)) == 2
        fake.served = {hexadecimal("a"): ("crawler",), "backups": ("store",)}
        await seen.press("R")
        await seen.sees("1 of 5 chosen", "of swarm service crawler")
        assert chosen(pane) == [hexadecimal("b")]


async def test_the_group_is_said_in_the_first_row_that_is_seen() -> None:
    many = [anonymous(digit) for digit in "0123456789abcdef"]
    async with running(FakeEngine([*many, volume("last")])) as seen:
        await seen.sees("17 volumes")
        pane = await prune(seen)
        await seen.press("G")
        await seen.until(lambda: pane.table.scroll_offset.y > 0, "the end of the list")
        await seen.pilot.pause()
        first, second = (names(pane)[pane.table.scroll_offset.y + n][:12] for n in (0, 1))
        assert "anonymous" in seen.line(f"{first}…")
        assert "anonymous" not in seen.line(f"{second}…")
        assert "named" in seen.line(" last ")


async def test_a_double_click_chooses() -> None:
    async with running(five()) as seen:
        await seen.sees("6 volumes")
        pane = await prune(seen)
        await seen.pilot.click(pane.table, offset=(20, 4), times=2)
        await seen.sees("3 of 5 chosen")
        assert "backups" in chosen(pane)


async def test_sizes_come_while_it_is_open() -> None:
    fake = five()
    async with running(fake) as seen:
        await seen.sees("6 volumes")
        await prune(seen, "1 of unknown size")
        fake.measured[hexadecimal("b")] = VolumeSize(1 << 20, MEASURED)
        await seen.press("R")
        await seen.sees("2 of 5 chosen, frees 3.0 MiB  ")


async def test_what_a_filter_hides_stays_chosen() -> None:
    async with running(five()) as seen:
        await seen.sees("6 volumes")
        pane = await prune(seen)
        await seen.press("slash", *"back", "enter")
        await seen.until(lambda: names(pane) == ["backups"], "the filter")
        await seen.press("ctrl+a")
        await seen.sees("3 of 5 chosen", "1 of 5 shown")
        await seen.press("escape")
        await seen.until(lambda: len(names(pane)) == 5, "the end of the filter")
        await seen.press("escape")
        await seen.sees("Details")


@pytest.mark.parametrize(("key", "first"), [("s", "shop_pgdata"), ("n", "a" * 64), ("e", "a" * 64)])
async def test_it_is_sorted_as_every_list(key: str, first: str) -> None:
    async with running(five()) as seen:
        await seen.sees("6 volumes")
        pane = await prune(seen)
        await seen.press("comma")
        await seen.sees("Sort by")
        await seen.press(key)
        await seen.until(lambda: names(pane)[0] == first, "the order")


async def test_nothing_to_prune_is_a_sentence() -> None:
    async with running(FakeEngine([used(volume("wiki"))])) as seen:
        await seen.sees("1 volume ")
        await prune(seen, "No volume is unused: there is nothing to prune.")
        await seen.press("d", "escape")
        await seen.sees("Details")


async def test_an_engine_that_cannot_be_reached_is_a_sentence() -> None:
    fake = five()
    fake.error = GONE
    async with running(fake) as seen:
        await seen.sees("R retries")
        await prune(seen, "No engine answers at db1.")
        fake.error = None
        await seen.press("R")
        await seen.sees("2 of 5 chosen")
        fake.happened.put(Lost(GONE))
        await seen.sees("Stale. No engine answers at db1.", "2 of 5 chosen")


async def test_an_engine_that_hangs_is_a_sentence_and_keys_answer() -> None:
    fake = five()
    fake.answers.clear()
    async with running(fake) as seen:
        await seen.sees("Asking the engine")
        await prune(seen, "Asking the engine for its volumes …")
        await seen.press("question_mark")
        await seen.sees("Everywhere")
        await seen.press("escape")
        fake.answers.set()
        await seen.sees("2 of 5 chosen")


async def test_read_only_greys_it() -> None:
    fake = FakeEngine(five().listed, read_only=True)
    async with running(fake) as seen:
        await seen.sees("6 volumes")
        await seen.press("P")
        await seen.press("colon", *"prune")
        await seen.sees("voltui was started with --read-only.")
