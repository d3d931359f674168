"""How to open every screen of the program, from the list of a hostile folder."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass

from textual.screen import Screen

import tui.screens


@dataclass(frozen=True, slots=True)
class Case:
    """Keys that open one screen, pressed in the list of files with the cursor on its first row."""

    screen: str
    """Name of its class."""
    keys: tuple[str, ...]
    close: tuple[str, ...] = ("Esc",)
    """Keys that lead back to the list of files."""
    shows: str = "pwned"
    """What is seen at 80x24 once it has opened: hostile words, where it shows any."""


CASES = (
    Case("MainScreen", ("j", "Space", "/", "p"), close=("Esc", "Space", "g")),
    Case("TextScreen", ("i",)),
    Case("CopiedScreen", ("Y",)),
    Case("HelpScreen", ("?",), shows="Everywhere"),
    Case("Chooser", (",",), shows="Sort by"),
    Case("ViewerScreen", ("j", "t", "/", "p", "Enter"), close=("Esc", "q", "g")),
    Case("CommandPalette", (":",), shows="Inspect"),
    Case("AroundScreen", ("f", "*"), close=("Esc", "Esc"), shows="u202egnp"),
    Case("AroundScreen", ("F", "p", "w", "n", "Enter"), close=("Esc", "Esc")),
    Case("AroundScreen", ("z",)),
    Case("HashScreen", ("j", "H"), close=("Esc", "Esc", "g")),
    Case("GotoScreen", ("~", "Tab")),
    Case("Picker", ("b",)),
    Case("CreateScreen", ("h", "a"), close=("Esc", "Enter"), shows="Labels"),
    Case("ImportScreen", ("h", "O"), shows="Devices"),
    Case("CloneScreen", ("h", "c"), close=("Esc", "Enter")),
    Case("ExportScreen", ("h", "o"), close=("Esc", "Enter"), shows="Format"),
    Case("PruneScreen", ("h", "P"), close=("Esc", "Enter")),
    Case("PruneQuestion", ("h", "P", "Space", "d"), close=("Esc", "Esc", "Enter")),
    Case("RemovalScreen", ("h", "P", "Space", "d", "y"), close=("Esc", "Enter")),
    Case("EmptyScreen", ("h", "X"), close=("Esc", "Enter")),
    Case("DeleteScreen", ("h", "d"), close=("Esc", "Enter")),
    Case("RecoverScreen", ("F8",)),
    Case("JobsScreen", ("F7", "J")),
    Case("QuitScreen", ("F10", "q"), close=("Esc", "J", "c", "Esc")),
    Case("QuestionScreen", ("F6",), close=("n",)),
    Case("DiscardScreen", ("F4",)),
    Case("ClosingScreen", ("q",), close=(), shows=""),
)
"""At least one for every screen that is opened; what opens `ClosingScreen` ends the program."""


def screen_classes() -> list[type[Screen[object]]]:
    """Every class of a screen in `tui.screens` that none builds on; imports all of it."""
    classes = [
        cls
        for module in pkgutil.walk_packages(tui.screens.__path__, "tui.screens.")
        for cls in vars(importlib.import_module(module.name)).values()
        if isinstance(cls, type) and issubclass(cls, Screen) and cls.__module__ == module.name
    ]
    return [cls for cls in classes if not cls.__subclasses__()]
