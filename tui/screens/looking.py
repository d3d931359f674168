"""Which screen looks at a place of a volume in which way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.screen import Screen

from tui.messages import Look

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

Open = Callable[[Screen[None], "VolumeFiles", Look], None]
"""Pushes a screen over the given one; imports it then, as the first frame needs none of them."""

LOOKING: dict[str, Open] = {}
"""By `Look.kind`."""
