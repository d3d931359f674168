"""Creating a volume, and nothing else: an existing one is refused.

Sources: Engine API `POST /volumes/create`, which answers success with the old volume where one of
that name exists, whatever driver and options were asked for (run on Docker 20.10 and 26.1 and
Podman 4.3); `GET /info` for the drivers.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from tui.engine.connection import Connection
from tui.engine.errors import (
    EngineError,
    EngineFailed,
    EngineTimeout,
    EngineUnreachable,
    NameTaken,
    ProtocolError,
    UsageError,
    VolumeNotFound,
)
from tui.engine.fields import Fields
from tui.engine.identity import inspect_volume
from tui.engine.masking import without_secrets
from tui.engine.model import Volume
from tui.engine.volumes import JOB_LABEL, parse_volume

_LONGEST = 255
"""Bytes of a name: it becomes that of a folder."""
_CREATE_WITHIN = 120.0
"""Seconds for a driver; Docker looks for one that it does not know for 15 s (run)."""
_SETTLE_WITHIN = 10.0
_SETTLE_EVERY = 0.2
_LOST = (EngineUnreachable, EngineTimeout, ProtocolError)
"""What leaves open whether the engine got a call."""


@dataclass(frozen=True, slots=True)
class NewVolume:
    """A volume that does not exist yet."""

    name: str
    driver: str = "local"
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Driver options: `type`, `device` and `o` for the driver local (`presets.py`). They may hold
    a password: no repr shows them.
    """
    labels: Mapping[str, str] = field(default_factory=dict)


def pairs(texts: Iterable[str], thing: str) -> dict[str, str]:
    """`key=value` texts as docker's --opt and --label take them: without a `=` the value is empty.

    Raises `UsageError` where a key is empty or given twice; `thing` is what one pair is.
    """
    found: dict[str, str] = {}
    for text in texts:
        key, _, value = text.partition("=")
        if not key.strip():
            raise UsageError(f"{thing} needs a name before its value: name=value.")
        if key in found:
            raise UsageError(f"{thing} {key} is given twice.")
        found[key] = value
    return found


def drivers(connection: Connection) -> list[str]:
    """Names of the volume drivers the engine has, `local` first. One that Docker starts at its
    first use is missing until then.
    """
    found = set(Fields(connection.get("/info"), "GET /info").inner("Plugins").texts("Volume"))
    return ["local", *sorted(found - {"local"})]


def refuse_impossible(new: NewVolume) -> None:
    """Raise `UsageError` for what no engine would make as it was meant; what else makes a name is
    for the driver to say.
    """
    if not new.name:
        raise UsageError("The volume needs a name.")
    if new.name in {".", ".."} or "/" in new.name:
        raise UsageError(f"{new.name!a} cannot be the name of a volume: it is a path.")
    texts = [new.name, new.driver, *new.options, *new.options.values(), *new.labels]
    for text in [*texts, *new.labels.values()]:
        try:
            text.encode()
        except UnicodeEncodeError:
            raise UsageError("Names, options and labels have to be UTF-8.") from None
    if len(new.name.encode()) > _LONGEST:
        # An engine says so behind three times the name.
        raise UsageError(f"The name of a volume may have {_LONGEST} bytes at most.")
    if JOB_LABEL in new.labels:
        raise UsageError(f"The label {JOB_LABEL} is voltui's own.")


def new_job() -> str:
    """A fresh value for the label `voltui.job`."""
    return os.urandom(8).hex()


def create(
    connection: Connection, new: NewVolume, *, tells_creation: bool, job: str = ""
) -> Volume:
    """Make a volume; raises `NameTaken` where one of that name exists, of whatever driver.

    Where the answer is lost, its label `voltui.job` tells for a while whether it was made; `job` is
    the value of that, where it has to be known before.
    """
    refuse_impossible(new)
    making = _Making(connection, new, tells_creation, job or new_job())
    try:
        return making.make()
    except EngineError as error:
        error.args = (without_secrets(str(error), new.options),)
        raise


class _Making:
    def __init__(
        self, connection: Connection, new: NewVolume, tells_creation: bool, job: str
    ) -> None:
        self._connection = connection
        self._new = new
        self._tells_creation = tells_creation
        self._job = job

    def make(self) -> Volume:
        self._refuse_taken()
        try:
            self._ask()
            return self._made()
        except _LOST as error:
            return self._settled(error)
        except VolumeNotFound:
            raise VolumeNotFound(f"{self._new.name} was created and is gone already.") from None
        except EngineFailed as error:
            with suppress(*_LOST):
                self._refuse_taken()  # It was made meanwhile, with another driver.
            self._name_drivers(error)
            raise

    def _ask(self) -> None:
        new = self._new
        labels = {**new.labels, JOB_LABEL: self._job}
        self._connection.wait_for(
            lambda client: client.create_volume(new.name, new.driver, dict(new.options), labels),
            _CREATE_WITHIN,
        )

    def _made(self, deadline: float | None = None) -> Volume:
        """The volume, if it is ours: it stays untouched if it is not."""
        attrs = inspect_volume(self._connection, self._new.name, deadline)
        volume = parse_volume(attrs, tells_creation=self._tells_creation)
        if volume.labels.get(JOB_LABEL) != self._job:
            raise self._taken()
        return volume

    def _settled(self, error: EngineError) -> Volume:
        """Ask for a while whether it was made; raises `error` again where that stays open."""
        end = time.monotonic() + _SETTLE_WITHIN
        state = "may have been created or not"
        while (left := end - time.monotonic()) > 0:
            try:
                return self._made(left)
            except VolumeNotFound:
                state = "was not created so far"
            except _LOST:
                pass
            time.sleep(_SETTLE_EVERY)
        raise type(error)(f"{self._new.name} {state}: {error}", hint=error.hint) from error

    def _refuse_taken(self) -> None:
        try:
            inspect_volume(self._connection, self._new.name)
        except VolumeNotFound:
            return
        raise self._taken()

    def _taken(self) -> NameTaken:
        return NameTaken(
            f"There is a volume named {self._new.name} already.", hint="Choose another name."
        )

    def _name_drivers(self, error: EngineFailed) -> None:
        """Say which drivers there are, if that is what may be wrong."""
        with suppress(EngineError):
            known = drivers(self._connection)
            if self._new.driver and self._new.driver not in known:
                error.hint = f"This engine has the volume drivers {', '.join(known)}."
