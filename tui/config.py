"""Where voltui keeps things between runs."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_state_path


def state_folder() -> Path:
    """Folder for what is worth remembering and may be lost: `~/.local/state/voltui` on Linux."""
    return user_state_path("voltui", appauthor=False)
