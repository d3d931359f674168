"""Keys: the palette and the help know every one, no two collide, and each can be changed."""

from __future__ import annotations

import pytest
from textual.binding import Binding
from textual.command import DiscoveryHit
from textual.widgets import Input

from tests.fakes import FakeEngine
from tests.showcase import engine
from tests.ui.screen import Seen, running
from tui.cli.keys import checked, every_action
from tui.commands import BindingCommands
from tui.config import Config
from tui.engine.errors import EngineUnreachable
from tui.keymap import keys_of

GONE = EngineUnreachable("No engine answers.")

CHANGED = Config(
    keys={
        "refresh": ("Ctrl+r",),
        "open": ("o", "F2"),
        "up": ("Backspace",),
        "quit": ("Q",),
        "help": ("F3",),
        "filter.clear": ("F4",),
    }
)


def test_every_action_says_what_it_does() -> None:
    """In a word or two for the footer, in a sentence for help, palette and `voltui keys`."""
    for identifier, bound in every_action().items():
        for one in bound:
            assert one.binding.description, identifier
            assert one.binding.tooltip, f"{identifier} of {one.where.__name__} has no tooltip"
            assert not one.binding.tooltip.endswith("."), identifier


def test_every_key_has_an_id() -> None:
    """Only what edits a line of text, and the arrows beside it, are nobody's to change."""
    for bound in every_action().values():
        for one in bound:
            for binding in vars(one.where)["BINDINGS"]:
                assert isinstance(binding, Binding)
                assert binding.id, f"{binding.key} of {one.where.__name__}"


async def offered(seen: Seen) -> dict[str, DiscoveryHit]:
    """What the palette offers now, by its action and words."""
    provider = BindingCommands(seen.app.screen)
    hits = [hit async for hit in provider.discover()]
    return {str(hit.text): hit for hit in hits if isinstance(hit, DiscoveryHit)}


FOCUSES = [(), ("enter",), ("2",), ("enter", "4"), ("slash", "p"), ("question_mark",)]
"""Keys that lead to each part of the program with keys of its own."""


@pytest.mark.parametrize("keys", FOCUSES, ids=lambda keys: "-".join(keys) or "start")
async def test_the_palette_offers_every_action_in_reach(keys: tuple[str, ...]) -> None:
    async with running(engine(), (200, 50)) as seen:
        await seen.sees("gitea-data")
        await seen.press(*keys)
        await seen.pilot.pause()
        in_reach = {
            active.binding.id: active.binding.description
            for active in seen.app.screen.active_bindings.values()
            if active.binding.id
        }
        assert len(in_reach) > 5
        hits = await offered(seen)
        assert set(in_reach.values()) <= set(hits)


@pytest.mark.parametrize("keys", FOCUSES, ids=lambda keys: "-".join(keys) or "start")
async def test_no_two_keys_in_reach_collide(keys: tuple[str, ...]) -> None:
    """What a key means nearer to the focus, it may not mean something else further up.

    A line of text takes all keys it needs; the program says so by not showing the others.
    """
    async with running(engine(), (200, 50)) as seen:
        await seen.sees("gitea-data")
        await seen.press(*keys)
        await seen.pilot.pause()
        meant: dict[str, str] = {}
        for node, bindings in seen.app.screen._modal_binding_chain:
            for key, binding in bindings:
                if binding.id and not isinstance(node, Input):
                    assert meant.setdefault(key, binding.id) == binding.id, key


async def test_what_cannot_be_done_is_greyed_and_says_why() -> None:
    async with running(FakeEngine()) as seen:
        await seen.sees("This engine has no volumes.")
        hits = await offered(seen)
        for words in ("Open", "Inspect", "Copy path"):
            assert hits[words].help == "Not now: nothing is listed here."
        hits["Open"].command()
        await seen.sees("nothing is listed here.")


async def test_changed_keys_are_told_everywhere() -> None:
    fake = engine()
    fake.error = GONE
    async with running(fake, config=checked(CHANGED)) as seen:
        await seen.sees("Ctrl+r retries", "Q quits")
        fake.error = None
        await seen.press("ctrl+r")
        await seen.sees("gitea-data", "o Open", "Ctrl+r Refresh", "F3 Help")
        await seen.press("enter", "question_mark", "slash", "z")
        await seen.sees("F4 shows all")
        await seen.press("f4")
        await seen.sees("gitea-data")
        await seen.press("j")
        assert seen.cursor_line == "grafana-storage"
        await seen.press("f3")
        await seen.sees("Q  ", "F3  ", "Ctrl+r  ")
        await seen.press("q")
        await seen.press("o")
        await seen.sees("Backspace goes up")
        fake.error = GONE
        await seen.press("ctrl+r")
        await seen.sees("Stale.", "Ctrl+r retries.")
        hits = await offered(seen)
        assert str(hits["Open"].display) == "Open  o"


def test_changes_leave_the_other_keys_alone() -> None:
    changed = checked(CHANGED).keys
    for identifier, bound in every_action().items():
        for one in bound:
            if identifier not in changed:
                assert keys_of(one.binding, changed) == keys_of(one.binding, {})


async def test_the_theme_chosen_is_there_again_at_the_next_start() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        assert seen.app.theme == "voltui-night"
        seen.app.theme = "nord"
        await seen.pilot.pause()
    async with running(engine()) as seen:
        assert seen.app.theme == "nord"


async def test_a_theme_of_the_config() -> None:
    async with running(engine(), config=Config(theme="gruvbox")) as seen:
        assert seen.app.theme == "gruvbox"
