"""Exporting into a folder of this machine, which the agent fills as it fills volumes."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.engine.agent import AgentConnection
from tui.engine.answers import Answers, done
from tui.engine.cancel import refuse_cancelled, waking, working_for
from tui.engine.errors import ArchiveBroken, EngineError, FileFailed, UsageError
from tui.engine.model import DiskUsage
from tui.engine.protocol import FrameType, answer_object, integer, name, objects, text
from tui.engine.transfers.destinations import Made, Packed
from tui.engine.transfers.localagent import local_agent, refuse_no_local_agent
from tui.engine.transfers.pace import EVERY
from tui.engine.transfers.part import move_new, part_of, refuse_existing, sync_folder, told
from tui.engine.transfers.progress import (
    Loss,
    Progress,
    Stage,
    Sums,
    parse_losses,
    parse_sums,
)
from tui.engine.transfers.tofile import refuse_no_room

_MOST_IN_THE_WAY = 100
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class NewFolder:
    """A folder that appears under its name once it is whole and was compared; it replaces none."""

    path: Path
    """Absolute."""
    prefix: str = ""
    image: bool = False

    def refuse(self) -> None:
        """Raise `EngineError` where it cannot be made."""
        refuse_no_local_agent()
        refuse_existing(self.path)
        if not self.path.parent.is_dir():
            raise UsageError(
                f"There is no folder {self.path.parent}.", hint="Make it, or name another one."
            )
        if not os.access(self.path.parent, os.W_OK | os.X_OK):
            raise UsageError(f"You may not make folders in {self.path.parent}.")

    def refuse_no_room(self, usage: DiskUsage) -> None:
        """Raise `FileFailed` where the files find no room."""
        refuse_no_room(self.path, usage)

    @contextmanager
    def receiving(self) -> Iterator[_Filling]:
        """Inside the block it is filled; what is not whole is removed behind it."""
        part, notes = _make(self.path)
        whole = False
        try:
            with (
                local_agent(part) as agent,
                agent.request("unpack", "/", devices=True, max_entries=0, max_size=0) as answers,
            ):
                filling = _Filling(agent, answers, self.path, part, notes)
                yield filling
                whole = filling.whole
        finally:
            if not whole:
                with working_for(None):
                    _discard(part)


class _Filling:
    """The folder while it is filled: one thread feeds the agent, another one listens to it."""

    def __init__(
        self, agent: AgentConnection, answers: Answers, path: Path, part: Path, notes: list[str]
    ) -> None:
        self._agent = agent
        self._answers = answers
        self._path = path
        self._part = part
        self._notes = notes
        self._done: dict[str, Any] = {}
        self._failed: EngineError | None = None
        self._ended = threading.Event()
        self.sums = Sums()
        self.whole = False
        self.written: int | None = None
        threading.Thread(target=self._listen, name="voltui-unpack", daemon=True).start()

    def write(self, data: bytes) -> None:
        """Feed the agent."""
        self._refuse_failed()
        self._answers.feed(data)

    def finish(self, packed: Packed) -> Generator[Progress, None, Made]:
        """Wait for the last file, sync, compare all of it, and give it its name."""
        self._answers.end()
        yield from self._unpacked(packed)
        yield from self._asked("sync", Stage.SYNCING, packed.sums)
        answer = yield from self._asked("verify", Stage.VERIFYING, packed.sums)
        _refuse_differences(self._path, answer)
        yield Progress(Stage.FINISHING, packed.sums, packed.sums)
        settled = yield from self._asked("settle", Stage.FINISHING, packed.sums, source=b"")
        with told(self._path):
            move_new(self._part, self._path)
            self.whole = True
            sync_folder(self._path.parent)
        losses = _merged(parse_losses(self._done) + parse_losses(settled))
        return Made(files=(self._path,), losses=losses, notes=(*self._notes, *_rights(losses)))

    def _unpacked(self, packed: Packed) -> Generator[Progress, None, None]:
        with waking(self._ended.set):
            while not self._ended.wait(EVERY):
                yield Progress(Stage.COPYING, self.sums, packed.sums)
        refuse_cancelled()
        self._refuse_failed()
        if (integer(self._done, "read"), text(self._done, "sha256")) != (
            packed.size,
            packed.digest,
        ):
            raise ArchiveBroken(f"{self._path} does not hold what the helper sent.")

    def _asked(
        self, op: str, stage: Stage, total: Sums, **fields: Any
    ) -> Generator[Progress, None, dict[str, Any]]:
        """The DONE of an operation on all of the folder."""
        yield Progress(stage, Sums(), total)
        answer: dict[str, Any] = {}
        with self._agent.request(op, "/", **fields) as answers:
            for frame in answers:
                answer = answer_object(frame.payload)
                if frame.type is FrameType.PROGRESS or not done(frame):
                    sums = parse_sums(answer) if "entries" in answer else Sums()
                    yield Progress(stage, sums, total)
        return answer

    def _refuse_failed(self) -> None:
        if isinstance(self._failed, FileFailed):
            raise FileFailed(
                f"{self._path} cannot be filled: {self._failed}",
                path=str(self._path),
                errno=self._failed.errno,
                hint=self._failed.hint,
            ) from self._failed
        if self._failed is not None:
            raise self._failed

    def _listen(self) -> None:
        try:
            for frame in self._answers:
                answer = answer_object(frame.payload)
                if frame.type is FrameType.PROGRESS:
                    self.sums = parse_sums(answer)
                elif done(frame):
                    self._done = answer
        except EngineError as error:
            self._failed = error
        finally:
            self._ended.set()


def _make(path: Path) -> tuple[Path, list[str]]:
    """A new folder beside the place, for its owner alone; and what was in the way."""
    notes = []
    with told(path):
        for number in range(_MOST_IN_THE_WAY):
            part = part_of(path, number)
            try:
                part.mkdir(0o700)
            except FileExistsError:
                notes.append(f"{part} was there already, and was not touched.")
            else:
                return part, notes
        raise FileExistsError


def _discard(part: Path) -> None:
    """Remove what was filled; the agent reaches what no path does. What stays is told."""
    with suppress(EngineError), local_agent(part) as agent:
        for _ in range(2):
            with agent.request("remove", "/", contents=True) as answers:
                *_, last = answers
            if not integer(answer_object(last.payload), "errors"):
                break
            _open_folders(part)
    try:
        part.rmdir()
    except OSError as error:
        raise FileFailed(
            f"The export failed, and {part} could not be removed: {error.strerror}.",
            path=str(part),
            hint="Nothing in it is whole: remove it.",
        ) from error


def _open_folders(part: Path) -> None:
    """Let their owner remove what is in them: a user other than root needs the mode for that."""
    for folder, below, _ in os.walk(part):
        for each in below:
            path = Path(folder, each)
            with suppress(OSError):
                if not path.is_symlink():
                    path.chmod(0o700)


def _refuse_differences(path: Path, answer: dict[str, Any]) -> None:
    if count := integer(answer, "count"):
        named = [
            f"{name(each, 'path')} ({text(each, 'kind')})"
            for each in objects(answer, "differences")[:_MOST_NAMED]
        ]
        more = f" and {count - len(named):,} more" if count > len(named) else ""
        raise ArchiveBroken(
            f"{path} was filled and is not what was read of the volume: {', '.join(named)}{more}.",
            hint="It was removed. Its disk may be at fault: try another one.",
        )


def _merged(losses: tuple[Loss, ...]) -> tuple[Loss, ...]:
    """One of each kind."""
    merged: dict[str, Loss] = {}
    for loss in losses:
        before = merged.get(loss.kind, Loss(loss.kind, 0))
        paths = (before.paths + loss.paths)[:20]
        merged[loss.kind] = Loss(loss.kind, before.count + loss.count, paths)
    return tuple(merged.values())


def _rights(losses: tuple[Loss, ...]) -> tuple[str, ...]:
    """Why, where it is for the lack of rights."""
    lacking = {"owner", "device", "capability", "mode"} & {loss.kind for loss in losses}
    if not lacking or os.geteuid() == 0:
        return ()
    return ("Owners, devices and capabilities are kept only where root exports into a folder.",)
