"""Every error the user may see. `str(error)` is one sentence, `hint` says what to do.

EngineError
├── EngineUnreachable     nothing answers, or it is not an engine
├── EngineTimeout         it accepted the call and did not answer before the deadline
│   ├── AnswerUnfinished  its answer began, and came to no end
│   └── CallTimeout       meanwhile it answered others: a driver or a disk may hang
├── CallRefused           the engine, or a proxy before it, said no (401, 403, 405)
├── VolumeNotFound
├── VolumeInUse
├── ContainerGone         a container that was to be started again does not exist any more
├── NameTaken             a volume of that name exists already
├── VolumeIncomplete      whoever filled it did not come to the end: it is no source of anything
├── NoRoom                the file system on the engine's side has no room for it
├── VerificationFailed    what was made is not the same as what it was made from
├── VolumeChanged         the name belongs to another volume than the one that was opened
├── HelperFailed          the helper container could not be made
│   └── HelperLost        it ended, or the stream to it was cut
├── ProtocolError         the agent or the engine sent what we do not understand
├── ArchiveBroken         an archive that cannot be read any further
├── FileFailed            one path in a volume; carries `errno`
├── UsageError            what was asked for makes no sense
│   └── ReadOnly          a change, while --read-only forbids them
├── Cancelled             nobody waits for the outcome any more; never shown
└── EngineFailed          any other answer of the engine, in its own words
"""

from __future__ import annotations


class EngineError(Exception):
    """One sentence for the user, with a hint where one helps."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class EngineUnreachable(EngineError):
    """Nothing answers at the endpoint, or it is not an engine."""


class EngineTimeout(EngineError):
    """The engine did not answer before the deadline of the call."""


class AnswerUnfinished(EngineTimeout):
    """Its answer began, and came to no end."""


class CallTimeout(EngineTimeout):
    """One call was not answered before its deadline, although others were."""


class CallRefused(EngineError):
    """The engine or a proxy refused a call: 401, 403 or 405."""


class VolumeNotFound(EngineError):
    """No volume has that name."""


class VolumeInUse(EngineError):
    """A container holds the volume."""


class ContainerGone(EngineError):
    """A container that was to be started again does not exist any more."""


class NameTaken(EngineError):
    """A volume of that name exists already."""


class VolumeIncomplete(EngineError):
    """A volume that is being filled, or whose filling never came to its end."""


class NoRoom(EngineError):
    """A file system has no room for what is to be put there."""


class VerificationFailed(EngineError):
    """What was read again differs from what it was made from."""


class VolumeChanged(EngineError):
    """The volume of that name is not the one that was opened."""


class HelperFailed(EngineError):
    """The helper container could not be made."""


class HelperLost(HelperFailed):
    """The helper ended, or the stream to it was cut."""


class ProtocolError(EngineError):
    """An answer that does not follow the protocol."""


class ArchiveBroken(EngineError):
    """An archive that cannot be read any further."""


class FileFailed(EngineError):
    """An operation on one path of a volume failed."""

    def __init__(self, message: str, *, path: str, errno: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.path = path
        self.errno = errno


class UsageError(EngineError):
    """What was asked for makes no sense; exit status 2."""


class ReadOnly(UsageError):
    """voltui was started with `--read-only`."""


class Cancelled(EngineError):
    """The work was given up by whoever waited for it."""


class EngineFailed(EngineError):
    """Another answer of the engine that is no success, in its own words."""

    def __init__(self, message: str, *, status: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
