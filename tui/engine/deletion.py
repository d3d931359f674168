"""The removal of one volume by the engine: asked for, proven, or settled where the answer was lost.

Source: Engine API `DELETE /volumes/{name}`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from tui.engine.connection import Connection
from tui.engine.errors import (
    Cancelled,
    EngineError,
    EngineFailed,
    EngineTimeout,
    EngineUnreachable,
    ProtocolError,
    VolumeChanged,
    VolumeNotFound,
)
from tui.engine.exactname import only_exact
from tui.engine.identity import find_volume, inspect_volume, refuse_other
from tui.engine.model import Volume

REMOVE_WITHIN = 3600.0
"""Seconds that a removal may take of an engine which answers meanwhile: it deletes file by file."""
INSPECT_WITHIN = 60.0
"""The same for a question about it: Docker waits 15 s for a plugin that is gone."""
LOST = (EngineUnreachable, EngineTimeout, ProtocolError)
"""What leaves open whether the engine got a call."""

_AT_ONCE = 1.0
"""Seconds for the short question; the one to the driver alone lists all its volumes."""
_SETTLE_WITHIN = 10.0
_POLL = 0.2


def delete(connection: Connection, volume: Volume, cancelled: Callable[[], bool]) -> None:
    """Return once the engine has the volume no more; raises `EngineError`.

    One of `LOST`, or `Cancelled`: it stays open, also after asking for 10 s, what became of it.
    """
    name = volume.name
    try:
        with only_exact(connection, name):
            connection.wait_for(lambda client: client.remove_volume(name), REMOVE_WITHIN, cancelled)
        _prove_gone(connection, volume)
    except (*LOST, Cancelled) as error:
        _settle(connection, volume, error)
    except EngineFailed as error:
        if find_volume(connection, volume, INSPECT_WITHIN) is None:
            raise VolumeNotFound(f"There is no volume named {name}.") from error
        error.hint = error.hint or "Part of its contents may be gone."
        raise


def _prove_gone(connection: Connection, volume: Volume) -> None:
    """Raise `EngineFailed` where the engine still has it; one made since is another."""
    try:
        attrs: dict[str, Any] | None = inspect_volume(connection, volume.name, _AT_ONCE)
    except VolumeNotFound:
        return
    except EngineTimeout:
        attrs = connection.patiently(partial(find_volume, connection, volume, INSPECT_WITHIN))
    if attrs is not None:
        with suppress(VolumeChanged):
            refuse_other(volume, attrs, touched=False)
            raise EngineFailed(f"The engine said that {volume.name} was removed, and still has it.")


def _settle(connection: Connection, volume: Volume, error: EngineError) -> None:
    """Ask for a while what became of a removal that was not answered; raises `error` again where
    it stays open: what is still there may have lost contents, and even its stamp.
    """
    state = "may be gone or not"
    end = time.monotonic() + _SETTLE_WITHIN
    while (left := end - time.monotonic()) > 0:
        with suppress(*LOST):
            if find_volume(connection, volume, left) is None:
                return
            state = "is still there, maybe not whole"
        time.sleep(_POLL)
    raise type(error)(f"{volume.name} {state}: {error}", hint=error.hint) from error
