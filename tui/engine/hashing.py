"""Digests of files."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from tui.engine.agent import AgentConnection
from tui.engine.answers import done
from tui.engine.errors import UsageError
from tui.engine.protocol import FrameType, answer_object, flag, integer, text

ALGORITHMS = ("sha256", "sha512", "sha1", "md5")


@dataclass(frozen=True, slots=True)
class Hashed:
    """How far a digest is."""

    algorithm: str
    done: int
    """Bytes read."""
    size: int
    """Bytes the file has; what is read may be more or less if it grows or shrinks meanwhile."""
    digest: str | None
    """In hex digits, once it is known."""
    changed: bool = False
    """The file was written to meanwhile: the digest may be that of no state it ever had."""


def hash_file(
    agent: AgentConnection, path: str, algorithm: str = "sha256"
) -> Generator[Hashed, None, None]:
    """Read a regular file to its end: progress several times a second, the last has the digest."""
    if algorithm not in ALGORITHMS:
        raise UsageError(f"{algorithm} is none of {', '.join(ALGORITHMS)}.")
    with agent.request("hash", path, algorithm=algorithm) as answers:
        for frame in answers:
            final = frame.type is not FrameType.PROGRESS and done(frame)
            answer = answer_object(frame.payload)
            yield Hashed(
                algorithm,
                integer(answer, "done"),
                integer(answer, "size"),
                text(answer, "digest") if final else None,
                flag(answer, "changed"),
            )
