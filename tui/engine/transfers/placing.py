"""The last step of an import into a volume that exists: what is staged goes into its place.

Source: operations `swap collisions merge` of the agent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tui.engine.agent import AgentConnection
from tui.engine.answers import Answers, done
from tui.engine.errors import EngineError
from tui.engine.protocol import FrameType, answer_object, integer, name, names, objects, text
from tui.engine.transfers.progress import Loss, Sums, parse_losses, parse_sums
from tui.engine.transfers.questions import Collisions

_MOST_TOLD = 100
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class InPlace:
    """What the agent tells of it."""

    sums: Sums | None = None
    """What has come, where that may be less than what was staged."""
    losses: tuple[Loss, ...] = ()
    notes: tuple[str, ...] = ()
    in_part: bool = False
    """Not all that was asked for was done; the notes say what."""
    settled: bool = True
    """Nothing of ours is left in the volume."""


def collisions(agent: AgentConnection, volume: str, staging: bytes) -> Collisions:
    """What both have; raises `EngineError` where one side only is a folder: neither gives way."""
    with agent.request("collisions", "/", staging=staging, limit=_MOST_TOLD) as answers:
        told = _last(answers)
    if blocked := integer(told, "blocked"):
        entries = "1 name is" if blocked == 1 else f"{blocked:,} names are"
        raise EngineError(
            f"Nothing was imported into {volume}: {entries} in it and in the archive, and a "
            f"folder on one side only: {listed(names(told, 'blocked_paths'), blocked)}",
            hint="A folder takes nobody's place: rename one of both, or use --replace.",
        )
    return Collisions(integer(told, "count"), tuple(names(told, "paths")))


def merge(agent: AgentConnection, volume: str, staging: bytes, *, overwrite: bool) -> InPlace:
    """Move it in; raises `EngineError` where some of it could not come."""
    with agent.request("merge", "/", staging=staging, overwrite=overwrite) as answers:
        told = _last(answers)
    if errors := integer(told, "errors"):
        entries = "1 entry" if errors == 1 else f"{errors:,} entries"
        failed = [
            f"{name(each, 'path')} ({text(each, 'code')})" for each in objects(told, "failed")
        ]
        raise EngineError(f"{entries} could not be put into {volume}: {listed(failed, errors)}")
    sums, losses = parse_sums(told), parse_losses(told)
    if not (kept := integer(told, "kept")):
        return InPlace(sums, losses)
    one = "1 entry of the volume stayed as it was."
    many = f"{kept:,} entries of the volume stayed as they were."
    return InPlace(sums, losses, (one if kept == 1 else many,), in_part=True)


def swap(agent: AgentConnection, staging: bytes, job: str) -> InPlace:
    """Let it take the place of all that is there."""
    with agent.request("swap", "/", staging=staging, job=job) as answers:
        told = _last(answers)
    notes = []
    kept = told.get("kept")
    if isinstance(kept, dict) and integer(kept, "count"):
        notes.append(
            f"Appeared in the volume meanwhile, and is still there: {listed(names(kept, 'paths'))}"
        )
    if failed := [name(each, "path") for each in objects(told, "failed")]:
        notes.append(not_removed(failed))
    return InPlace(None, parse_losses(told), tuple(notes), bool(failed), settled=not failed)


def not_removed(paths: Sequence[str]) -> str:
    """What stays of old contents that were replaced, and what to do about it."""
    return (
        f"What was replaced could not all be removed: {listed(paths)} While it is there, nothing "
        "is imported into the volume and it is not exported. Where it is immutable, chattr -i "
        "lets it go; then voltui helpers --recover removes it."
    )


def listed(paths: Sequence[str], count: int = 0) -> str:
    """The first of them; `count`: how many there are, where that is more."""
    shown = paths[:_MOST_NAMED]
    return ", ".join(shown) + (" …" if max(count, len(paths)) > len(shown) else ".")


def _last(answers: Answers) -> dict[str, Any]:
    """The DONE; what comes before tells nothing that is shown."""
    for frame in answers:
        if frame.type is not FrameType.PROGRESS and done(frame):
            told = answer_object(frame.payload)
    return told
