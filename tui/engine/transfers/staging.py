"""The folder of an existing volume in which an import stands until all of it was checked.

Source: operations `stage remove recover` of the agent. Names: `.voltui-new-JOB` is the folder,
`.voltui-swap-JOB` the journal of a replacement, `.voltui-old-JOB` what was replaced.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.engine.agent import AgentConnection
from tui.engine.answers import done
from tui.engine.errors import EngineError, VolumeInUse
from tui.engine.holders import holders
from tui.engine.model import Volume
from tui.engine.protocol import FrameType, answer_object, name, names, objects, text
from tui.engine.session import Session
from tui.engine.transfers.placing import listed, not_removed
from tui.engine.transfers.progress import Loss, parse_losses
from tui.engine.writers import refuse_writers

PREFIX = ".voltui-new-"
OURS = (PREFIX, ".voltui-swap-", ".voltui-old-")
"""How names begin that an import leaves when it is killed."""
_STOP = (
    "A replacement of its contents was interrupted: stop what writes, and it is brought to its end."
)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of what an import had left in a volume."""

    state: str
    """`none`, `finished` or `rolled back`: of a replacement."""
    removed: tuple[str, ...]
    left: tuple[str, ...]
    """Names of ours that are still there."""
    failed: tuple[str, ...] = ()
    """Paths of what was replaced and cannot be removed."""
    kept: tuple[str, ...] = ()
    """Paths of what appeared in the volume meanwhile; the first 20 of them."""
    losses: tuple[Loss, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether all that was imported is in its place."""
        return self.state == "finished"


def stage(agent: AgentConnection, job: str) -> str:
    """Make the folder; its path."""
    with agent.request("stage", "/", job=job) as answers:
        answers.only()
    return f"/{PREFIX}{job}"


def recover(agent: AgentConnection) -> Recovered:
    """Finish or roll back a replacement that was interrupted, and remove what was only staged.

    Nobody else may be importing into the volume.
    """
    with agent.request("recover", "/", staging=True) as answers:
        for frame in answers:
            if frame.type is not FrameType.PROGRESS and done(frame):
                told = answer_object(frame.payload)
    kept = told.get("kept")
    return Recovered(
        text(told, "state"),
        tuple(names(told, "removed")),
        tuple(names(told, "left")),
        tuple(name(each, "path") for each in objects(told, "failed")),
        tuple(names(kept, "paths")) if isinstance(kept, dict) else (),
        parse_losses(told),
    )


def recover_alone(session: Session, volume: Volume, agent: AgentConnection) -> Recovered:
    """The same, once nothing may write to the volume: a replacement that is ended moves aside what
    it does not know. Raises `VolumeInUse`.
    """
    if any(not left.startswith(PREFIX) for left in leftovers(agent)):
        own = session.open_helpers().containers()
        refuse_writers(session.connection, volume, own, _STOP)
    return recover(agent)


def remove_staged(agent: AgentConnection, volume: str, job: str) -> None:
    """Remove what a merge did not take; raises `EngineError` where that stays."""
    if f"{PREFIX}{job}" in recover(agent).left:
        raise EngineError(f"{PREFIX}{job} could not be removed from {volume}.")


def leftovers(agent: AgentConnection) -> list[str]:
    """Names in the root folder that imports have left, or are about to make."""
    return [name for batch in agent.entries("/") for name in batch.names if name.startswith(OURS)]


def refuse_other_imports(session: Session, volume: Volume) -> None:
    """Raise `VolumeInUse` where a helper of another client may change the volume now."""
    own = session.open_helpers().containers()
    for holder in holders(session.connection, volume.name, own):
        if holder.client and holder.writes:
            raise VolumeInUse(
                f"Another voltui is changing {volume.name} now ({holder.client}).",
                hint="Wait until it is done.",
            )


def recover_before(session: Session, volume: Volume, agent: AgentConnection) -> tuple[str, ...]:
    """Bring what a dead import left in a volume to its end; sentences about it.

    Raises `VolumeInUse` where that may be the work of a living one.
    """
    if not leftovers(agent):
        return ()
    refuse_other_imports(session, volume)
    return told(volume.name, recover_alone(session, volume, agent))


def told(volume: str, recovered: Recovered) -> tuple[str, ...]:
    """What became of it, in sentences; raises `EngineError` where something of ours stays."""
    if recovered.left:
        if recovered.finished:
            raise EngineError(not_removed(recovered.failed or recovered.left))
        raise EngineError(
            f"What an interrupted import left in {volume} could not be removed: "
            f"{listed(recovered.failed or recovered.left)}"
        )
    if recovered.state == "finished":
        what = "brought to its end"
    elif recovered.state == "rolled back":
        what = "rolled back"
    else:
        return (f"What an interrupted import left in {volume} was removed.",)
    sentences = [f"An import into {volume} that was interrupted was {what}."]
    if recovered.kept:
        sentences.append(f"Appeared in {volume} meanwhile, and is there: {listed(recovered.kept)}")
    sentences += [
        f"Could not be kept in {volume} ({loss.kind}): {listed(loss.paths)}"
        for loss in recovered.losses
    ]
    return tuple(sentences)


def clean(session: Session, volume: Volume) -> Recovered:
    """After a failure, once its helper is closed: remove what was staged, or bring a replacement to
    its end. Raises `EngineError`.
    """
    with session.open_helpers().writing(volume) as agent:
        return recover_alone(session, volume, agent)
