"""Keys: the palette and the help know every one, no two collide, and each can be changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.command import DiscoveryHit
from textual.widgets import Input

import tui
from tests.agent.process import agent_binary
from tests.fakes import FakeEngine
from tests.hostile import EVIL, hostile_disk, hostile_folder
from tests.screens import CASES
from tests.showcase import engine
from tests.ui.screen import Seen, running
from tui.calls import call
from tui.cli.keys import checked, every_action
from tui.commands import BindingCommands
from tui.config import Config
from tui.engine.errors import EngineUnreachable
from tui.keymap import keys_of

GONE = EngineUnreachable("No engine answers.")

CHANGED = Config(
    keys={
        "refresh": ("Ctrl+r",),
        "open": ("K", "F2"),
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


def test_sentences_name_keys_by_their_ids() -> None:
    """`notice(..., keys=[("refresh", "retries")])` and `key_of("refresh")` follow the config."""
    named = [name for file in Path(tui.__file__).parent.rglob("*.py") for name in _named(file)]
    assert len(named) > 20
    assert not set(named) - every_action().keys()


def _named(file: Path) -> Iterator[str]:
    """Ids of keys in the sentences of a module."""
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", "")
        if called == "key_of":
            yield from (str(arg.value) for arg in node.args if isinstance(arg, ast.Constant))
        if called in {"notice", "failure"}:
            for part in ast.walk(node):
                if isinstance(part, ast.List):
                    yield from (_first(pair) for pair in part.elts if isinstance(pair, ast.Tuple))


def _first(pair: ast.Tuple) -> str:
    assert isinstance(pair.elts[0], ast.Constant)
    return str(pair.elts[0].value)


async def offered(seen: Seen) -> dict[str, DiscoveryHit]:
    """What the palette offers now, by its words."""
    provider = BindingCommands(seen.app.screen)
    hits = [hit async for hit in provider.discover()]
    return {str(hit.text): hit for hit in hits if isinstance(hit, DiscoveryHit)}


async def check_reach(seen: Seen) -> None:
    """The palette offers every action in reach of the focus, and no two of them collide.

    What a key means nearer to the focus, it may not mean something else further up. A line of text
    takes all keys it needs; the program says so by not showing the others. A screen over the main
    one may take a key of the whole program (`q` closes it) that has another for the same (Ctrl+q).
    """
    hits = await offered(seen)
    for active in seen.app.screen.active_bindings.values():
        if active.binding.id:
            assert active.binding.description in hits
    meant: dict[str, str] = {}
    spare: set[str] = set()
    lost: dict[str, str] = {}
    for node, bindings in seen.app.screen._modal_binding_chain:
        for key, binding in bindings:
            now = seen.app._check_action_state(binding.action, node) is not False
            if binding.id and now and not isinstance(node, Input):
                if meant.setdefault(key, binding.id) == binding.id:
                    spare.add(binding.id)
                else:
                    assert node is seen.app, (key, meant[key], binding.id)
                    lost[binding.id] = f"{key} is {meant[key]}"
    assert not lost.keys() - spare, lost


@pytest.mark.parametrize("keys", [(), ("enter",), ("2",), ("enter", "4"), ("slash", "p")])
async def test_keys_in_reach_of_every_pane(keys: tuple[str, ...]) -> None:
    async with running(engine(), (200, 50)) as seen:
        await seen.sees("gitea-data")
        await seen.press(*keys)
        await seen.pilot.pause()
        await check_reach(seen)


async def test_keys_in_reach_of_every_screen(tmp_path: Path) -> None:
    """Whatever has the focus; and no line of text blinks, which would cost bytes for ever."""
    folder = tmp_path / "volume"
    hostile_folder(folder)
    fake = hostile_disk(folder, agent_binary(), 0)
    async with running(fake, (200, 50), start=(EVIL, "/")) as seen:
        await seen.sees("4 entries")
        for case in CASES:
            if case.screen in NOT_BY_KEYS:
                continue
            await seen.press(*(NAMES.get(key, key) for key in case.keys))
            await seen.until(partial(_on_top, seen, case.screen), case.screen)
            screen = seen.app.screen
            for widget in screen.focus_chain:
                screen.set_focus(widget)
                await check_reach(seen)
            assert not any(line.cursor_blink for line in screen.query(Input))
            await seen.press(*(NAMES.get(key, key) for key in case.close))
            await seen.until(partial(_on_top, seen, "MainScreen"), "the main screen")
    await call(fake.close)


NOT_BY_KEYS = {
    "ClosingScreen", "CommandPalette", "RecoverScreen", "QuestionScreen", "QuitScreen",
    "DiscardScreen",
}  # fmt: skip
"""Screens that need more than keys."""

NAMES = {"F7": "f7", "Esc": "escape", "Enter": "enter", "Space": "space", "Tab": "tab", "G": "G"}


def _on_top(seen: Seen, screen: str) -> bool:
    return type(seen.app.screen).__name__ == screen


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
    async with running(fake, (120, 24), config=checked(CHANGED)) as seen:
        await seen.sees("Ctrl+r retries", "Q quits")
        fake.error = None
        await seen.press("ctrl+r")
        await seen.sees("gitea-data", "K Open", "Ctrl+r Refresh", "F3 Help")
        await seen.press("enter", "question_mark", "slash", "z")
        await seen.sees("F4 shows all")
        await seen.press("f4")
        await seen.sees("gitea-data")
        await seen.press("j")
        assert seen.cursor_line == "grafana-storage"
        await seen.press("f3")
        await seen.sees("Q  ", "F3  ", "Ctrl+r  ")
        await seen.press("q")
        await seen.press("K")
        await seen.sees("Backspace goes up")
        fake.error = GONE
        await seen.press("ctrl+r")
        await seen.sees("Stale.", "Ctrl+r retries.")
        hits = await offered(seen)
        assert str(hits["Open"].display) == "Open  K"


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
