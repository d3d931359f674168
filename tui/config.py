"""Where voltui keeps what it remembers."""

from __future__ import annotations

from pathlib import Path


def state_folder() -> Path:
    """Folder for what can be lost without harm, such as measured sizes; it may not exist yet."""
    from platformdirs import user_state_path

    return user_state_path("voltui")
