"""The form for a new volume, in the real program on a real engine."""

from __future__ import annotations

import pytest

from screenshots.terminal import Terminal
from tests.engines.waiting import wait_for
from tests.integration.conftest import Things
from tests.integration.test_browser import browse, shows


def fill(terminal: Terminal, *keys: str) -> None:
    """Open the form and press keys in it."""
    terminal.press("a")
    shows(terminal, "Create a volume", "Labels")
    terminal.press(*keys)


def test_volumes_as_the_form_says(things: Things) -> None:
    api = things.engine.api
    plain, memory = things.name(), things.name()
    with browse(things.engine.url) as terminal:
        shows(terminal, "a Create")
        fill(terminal, *plain, "Tab", "Tab", "Tab", "Tab", *"env=a b", "Tab", *"bare", "Enter")
        shows(terminal, f"▌ {plain}", "no container", "env")
        fill(terminal, *memory, "Tab", "Tab", "l", "Tab", *"64k", "Tab", *"1711", "Enter")
        shows(terminal, f"▌ {memory}")

    labels = api.get(f"/volumes/{plain}")["Labels"]
    assert {key: labels[key] for key in ("env", "bare")} == {"env": "a b", "bare": ""}
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=64k,mode=1711"}
    assert api.get(f"/volumes/{memory}")["Options"] == options


def test_an_existing_name_and_what_the_driver_refuses(things: Things) -> None:
    name = things.volume()
    before = things.engine.api.get(f"/volumes/{name}")
    with browse(things.engine.url) as terminal:
        shows(terminal, name)
        fill(terminal, *name)
        shows(terminal, f"There is a volume named {name} already.")
        terminal.press("Enter")
        shows(terminal, "Choose another name.")
        terminal.press("Backspace", " ", "!", "Enter")
        shows(terminal, "includes invalid characters", f"{name[:-1]} !")
        terminal.press("Esc")
        terminal.wait_for(lambda screen: "Create a volume" not in screen, "the list")
    assert things.engine.api.get(f"/volumes/{name}") == before


@pytest.mark.slow  # Docker looks for the driver for 15 s.
def test_a_driver_that_the_engine_does_not_have(things: Things) -> None:
    name = things.name()
    with browse(things.engine.url) as terminal:
        shows(terminal, "a Create")
        fill(terminal, *name, "Tab", "h", "Tab", *"nothere", "Enter")
        terminal.wait_for(lambda screen: "nothere" in screen and "drivers local" in screen, "why")
    volumes = things.engine.api.get("/volumes")["Volumes"] or []
    wait_for(lambda: name not in {volume["Name"] for volume in volumes}, "no volume")
