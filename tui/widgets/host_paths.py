"""Paths of this machine, completed as they are typed."""

from __future__ import annotations

import os

from textual.suggester import Suggester

from tui.calls import call

_MOST = 20_000
"""Names that are looked at in one folder."""


class PathSuggester(Suggester):
    """Suggests the first name that goes on as the text does; → takes it."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The whole text; None where nothing goes on like it, and before a name has begun."""
        return await call(_suggest, value) if "/" in value and value[-1] != "/" else None


def _suggest(value: str) -> str | None:
    folder, _, begin = value.rpartition("/")
    found = []
    try:
        with os.scandir(os.path.expanduser(f"{folder}/")) as entries:
            for number, entry in enumerate(entries):
                if number == _MOST:
                    break
                name = entry.name
                if name.startswith(begin) and name != begin and name.isprintable():
                    found.append(f"{name}/" if entry.is_dir() else name)
    except OSError:
        return None
    return f"{folder}/{min(found)}" if found else None
