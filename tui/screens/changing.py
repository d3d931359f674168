"""Which screen changes volumes in which way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui.engine import Engine
from tui.engine.model import Volume

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

Begin = Callable[["MainScreen", Engine, Sequence[Volume]], None]
"""Pushes a screen over the main one; imports it then, as the first frame needs none of them."""


CHANGING: dict[str, Begin] = {}
"""By `Change.kind`."""
