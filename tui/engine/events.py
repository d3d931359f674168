"""What changes on an engine as it happens, over restarts and upgrades of it.

Source: Engine API `GET /events`. Where no events can be had, one has to look from time to time.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Generator, Sequence
from urllib.parse import urlencode

from tui.engine.cancel import refuse_cancelled, waking
from tui.engine.changes import Changed, Connected, EngineChange, Lost, Unheard
from tui.engine.connection import Connection
from tui.engine.errors import CallRefused, Cancelled, EngineError, EngineFailed, EngineTimeout
from tui.engine.eventstream import EventStream
from tui.engine.fields import Fields
from tui.engine.volumes import HELPER_LABEL

PING_EVERY = 4.0
"""Seconds of silence after which the engine is asked whether it is still there."""

PING_WITHIN = 5.0
"""Seconds it may take to answer that: a dead link is noticed in less than 10 s."""

FIRST_PAUSE, LAST_PAUSE = 0.2, 5.0
"""Seconds between two attempts to reach an engine, doubled each time."""

LOOK_EVERY = 4.0
"""Seconds between two looks at an engine that tells no events."""

_LOOKS = 15
"""Looks after which events are asked for again."""

_GATHERED_FOR = 0.1
"""Changes seldom come alone: seconds in which they are told as one."""

_SHORT = 2.0
_SHORT_STREAMS = 3
"""So many streams in a row that lasted so many seconds at most are as good as none."""

_ACTIONS = {
    "volume": {"create", "destroy", "remove"},
    "container": {
        "create", "start", "die", "died", "stop", "destroy", "remove", "rename", "pause",
        "unpause", "restart",
    },
}  # fmt: skip
"""What changes the list of volumes; Podman has words of its own for some."""


def changes(
    connection: Connection, renegotiate: Callable[[], None]
) -> Generator[EngineChange, None, None]:
    """Tell what happens until closed or cancelled; `renegotiate` is called after each loss.

    A stream that only ended, as proxies cut long ones, is no loss if the next one begins.
    """
    pause, short, again = FIRST_PAUSE, 0, False
    while True:
        connected = None
        try:
            if again:
                renegotiate()
            with EventStream(connection.endpoint, _target(connection), connection.deadline) as told:
                connected = time.monotonic()
                pause = FIRST_PAUSE
                yield Connected(again)
                yield from _heard(connection, told)
        except Cancelled:
            raise
        except (CallRefused, EngineFailed) as error:
            yield from _looking(error)
        except EngineError as error:
            at_once = connected is not None and time.monotonic() - connected < _SHORT
            short = short + 1 if at_once else 0
            if short == _SHORT_STREAMS:
                yield from _looking(error)
            elif connected is None or isinstance(error, EngineTimeout):
                yield Lost(error)
        again = True
        _sleep(pause)
        pause = min(2 * pause, LAST_PAUSE)


def _target(connection: Connection) -> str:
    actions = sorted(set().union(*_ACTIONS.values()))
    filters = json.dumps({"type": sorted(_ACTIONS), "event": actions})
    return f"/v{connection.api_version()}/events?{urlencode({'filters': filters})}"


def _heard(connection: Connection, told: EventStream) -> Generator[EngineChange, None, None]:
    while True:
        event = told.next(PING_EVERY)
        if event is None:
            connection.ping(PING_WITHIN)
        elif events := list(filter(_matters, _gathered(event, told))):
            yield Changed(_made(events))


def _gathered(first: Fields, told: EventStream) -> Generator[Fields, None, None]:
    """An event and those that come shortly after it."""
    yield first
    end = time.monotonic() + _GATHERED_FOR
    while (left := end - time.monotonic()) > 0:
        if event := told.next(left):
            yield event


def _matters(event: Fields) -> bool:
    """Whether it may change the list: our own helpers do not."""
    action = event.text("Action").partition(":")[0]
    if action not in _ACTIONS.get(event.text("Type"), ()):
        return False
    return HELPER_LABEL not in event.inner("Actor").pairs("Attributes")


def _made(events: Sequence[Fields]) -> frozenset[str] | None:
    kinds = {(event.text("Type"), event.text("Action")) for event in events}
    if kinds != {("volume", "create")}:
        return None
    return frozenset(event.inner("Actor").text("ID") for event in events)


def _looking(error: EngineError) -> Generator[EngineChange, None, None]:
    yield Unheard(error)
    for _ in range(_LOOKS):
        _sleep(LOOK_EVERY)
        yield Changed()


def _sleep(seconds: float) -> None:
    woken = threading.Event()
    with waking(woken.set):
        woken.wait(seconds)
    refuse_cancelled()
