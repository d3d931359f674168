"""What is told of an engine as it happens; apart, as a first frame needs nothing that asks it."""

from __future__ import annotations

from dataclasses import dataclass

from tui.engine.errors import EngineError


@dataclass(frozen=True, slots=True)
class Connected:
    """From now on changes are told; what was known before may be old."""

    again: bool
    """After a loss: the engine may be another one, and another version."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Volumes or containers changed, or may have."""

    made: frozenset[str] | None = None
    """Volumes that were created, where that is all; None: anything may have happened.

    Docker 20.10 tells a creation whenever a container is created that mounts the volume, a helper
    of ours too: whoever knows the volume already has nothing to ask.
    """


@dataclass(frozen=True, slots=True)
class Lost:
    """The engine does not answer; it is tried again."""

    error: EngineError


@dataclass(frozen=True, slots=True)
class Unheard:
    """The engine tells no events: `Changed` comes every few seconds."""

    error: EngineError


EngineChange = Connected | Changed | Lost | Unheard
