"""Stopping containers for a while, and starting them again in reverse order.

Sources: Engine API `POST /containers/{id}/{stop,start,pause,unpause}`, `GET /containers/{id}/json`.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote

from tui.engine.connection import Connection
from tui.engine.errors import CallRefused, CallTimeout, ContainerGone, EngineError, EngineFailed
from tui.engine.fields import Fields
from tui.engine.holders import Holder
from tui.engine.journal import Journal, Stopped, settle
from tui.engine.model import ContainerState

_AFTER_STOP = 10.0
"""Seconds the engine may take beyond the time that a container has to stop."""
_ENDLESS = 600.0
"""Seconds that a container has which is never killed by the engine (`StopTimeout` of -1)."""
_START_WITHIN = 60.0
_STEADY = 0.5
"""Seconds it has to run before it counts as back: what fails at once takes some milliseconds."""
_POLL = 0.1
_UP = {ContainerState.RUNNING, ContainerState.PAUSED, ContainerState.RESTARTING}


@dataclass(frozen=True, slots=True)
class StartedAgain:
    """What became of a container that a dead client had stopped."""

    stopped: Stopped
    error: EngineError | None = None
    """Why it does not run as before; None where it was seen to."""


class Stopping:
    """The containers that were stopped for one volume."""

    def __init__(self, connection: Connection, journal: Journal, volume: str) -> None:
        self._connection = connection
        self._journal = journal
        self._volume = volume
        self._stopped: list[Stopped] = []

    @property
    def stopped(self) -> list[Stopped]:
        """Who was stopped and has to come back, the last one first."""
        return self._stopped[::-1]

    def stop(self, holder: Holder) -> None:
        """Note a container in the journal and stop it with its own signal and time.

        Raises `EngineError`: whether it still stops may then be open.
        """
        told = _inspect(self._connection, holder.container_id)
        if told is None or told.state not in _UP:
            return
        allowed = holder.stop_timeout if holder.stop_timeout >= 0 else _ENDLESS
        stopped = Stopped(
            container_id=holder.container_id,
            name=holder.name,
            volume=self._volume,
            state=told.state,
            run=told.run,
            at=datetime.now(UTC),
            within=allowed + _AFTER_STOP,
            file=self._journal.path,
        )
        self._journal.note(stopped)
        self._stopped.append(stopped)
        try:
            self._stop(stopped)
        except (EngineFailed, CallRefused) as error:
            # The engine said no, so nothing is under way that would have to be waited for.
            self._stopped[-1] = replace(stopped, within=0.0)
            if isinstance(error, CallRefused) or error.status != 404:
                raise

    def _stop(self, stopped: Stopped) -> None:
        container = stopped.container_id
        if stopped.state is ContainerState.PAUSED:  # Podman does not stop a paused one.
            self._connection.call(lambda client: client.unpause(container))
        try:
            self._connection.wait_for(lambda client: client.stop(container), stopped.within)
        except CallTimeout:
            raise EngineFailed(
                f"{stopped.name} has not stopped within {stopped.within:g} s."
            ) from None

    def removed(self, container_id: str) -> None:
        """A container does not exist any more, and has not to come back."""
        self._stopped = [each for each in self._stopped if each.container_id != container_id]
        self._journal.settle(container_id)

    def start_again(self, stopped: Stopped) -> EngineError | None:
        """Bring one back; the reason where it does not run as before. Then it stays noted."""
        self._stopped.remove(stopped)
        try:
            _start(self._connection, stopped)
        except EngineError as error:
            if isinstance(error, ContainerGone):
                self._journal.settle(stopped.container_id)
            return error
        self._journal.settle(stopped.container_id)
        return None

    def give_up(self) -> None:
        """Leave those who were stopped to the journal, and so to the next who asks for them."""
        self._stopped.clear()

    def close(self) -> None:
        """Start again what nobody waits for any more, and end the journal."""
        try:
            for stopped in self.stopped:
                self.start_again(stopped)
        finally:
            self._journal.close()


def recover(
    connection: Connection, stopped: Sequence[Stopped]
) -> Generator[StartedAgain, None, None]:
    """Bring back what dead clients stopped, the last one first; what came back is settled.

    So is what does not exist any more, whose error is `ContainerGone`.
    """
    for each in reversed(stopped):
        error: EngineError | None = None
        try:
            _start(connection, each)
        except EngineError as failure:
            error = failure
        if error is None or isinstance(error, ContainerGone):
            settle(each)
        yield StartedAgain(each, error)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the engine tells of a container's state."""

    state: ContainerState
    run: str
    status: int
    passing: bool
    """It is being removed, or stopped as Podman tells it; Docker tells `running` for that."""

    @property
    def up(self) -> bool:
        return self.state in _UP


def _start(connection: Connection, stopped: Stopped) -> None:
    """Bring a container back to the state it had, and look whether it came back."""
    container = stopped.container_id
    told = _ended(connection, stopped)
    if not told.up:
        connection.call(lambda client: client.start(container), _START_WITHIN)
    elif told.run != stopped.run:
        return  # Somebody else started it: as it is, it is meant.
    if stopped.state is ContainerState.PAUSED and told.state is not ContainerState.PAUSED:
        connection.call(lambda client: client.pause(container))
    _refuse_short(connection, stopped)


def _refuse_short(connection: Connection, stopped: Stopped) -> None:
    """Watch for a moment whether it stays; raises `EngineFailed`."""
    steady = time.monotonic() + _STEADY
    restarted = stopped.state is ContainerState.RESTARTING  # Then it may go on with that.
    while True:
        told = _existing(connection, stopped)
        over = time.monotonic() > steady
        restarts = told.state is ContainerState.RESTARTING
        if (not told.up and (over or not restarted)) or (restarts and not restarted):
            raise EngineFailed(
                f"{stopped.name} was started again and ended at once with status {told.status}."
            )
        if over:
            return
        time.sleep(_POLL)


def _ended(connection: Connection, stopped: Stopped) -> _Told:
    """Its state once a stop or a removal that may be under way is over."""
    past = (datetime.now(UTC) - stopped.at).total_seconds()
    begun = time.monotonic()
    told = _existing(connection, stopped)
    while told.passing or (told.up and told.run == stopped.run):
        left = min(stopped.within, stopped.within - past)
        if time.monotonic() - begun > max(left, _AFTER_STOP if told.passing else 0.0):
            break
        time.sleep(_POLL)
        told = _existing(connection, stopped)
    return told


def _existing(connection: Connection, stopped: Stopped) -> _Told:
    told = _inspect(connection, stopped.container_id)
    if told is None:
        raise ContainerGone(f"{stopped.name} no longer exists and cannot be started again.")
    return told


def _inspect(connection: Connection, container: str) -> _Told | None:
    """None where there is no such container."""
    try:
        attrs = connection.get(f"/containers/{quote(container, safe='')}/json")
    except EngineFailed as error:
        if error.status == 404:
            return None
        raise
    told = Fields(attrs, "GET /containers/{id}/json")
    state = told.inner("State")
    status = state.value("ExitCode")
    known = ContainerState(state.text("Status"))
    # One that restarts again and again is seen running in between.
    restarts = known is ContainerState.RUNNING and bool(told.value("RestartCount"))
    return _Told(
        state=ContainerState.RESTARTING if restarts else known,
        run=state.text("StartedAt"),
        status=status if isinstance(status, int) else 0,
        passing=state.text("Status") in {"removing", "stopping"},
    )
