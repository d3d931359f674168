"""The clipboard of tmux, which takes nothing from the programs in it by default."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress

WITHIN = 2.0
"""Seconds tmux has."""


def inside_tmux(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal is a pane of tmux."""
    return bool(environ.get("TMUX"))


async def give_to_tmux(text: str) -> bool:
    """Put a text into tmux's newest buffer and the clipboard of the terminal around it.

    False where tmux did not take it. `-w` is there from tmux 3.2 on.
    """
    return await _load("-w", text) or await _load("", text)


async def _load(option: str, text: str) -> bool:
    command = ["tmux", "load-buffer", *([option] if option else []), "-"]
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        data = text.encode("utf-8", "surrogateescape")
        await asyncio.wait_for(process.communicate(data), WITHIN)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return process.returncode == 0
