"""Leases of helpers, without an engine."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from tests.engines.waiting import wait_for
from tests.fakes import DOCKER
from tests.showcase import volume
from tui.engine import helpers as open_helpers
from tui.engine.cancel import Cancel, working_for
from tui.engine.connection import Connection
from tui.engine.errors import Cancelled, EngineError, EngineTimeout
from tui.engine.helper import HelperContainer
from tui.engine.helpers import OpenHelpers
from tui.engine.model import Volume

BOX = volume("box", 1)


def test_who_went_away_while_an_engine_hung_does_not_try_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    began, hung = threading.Semaphore(0), threading.Event()

    def start(*_arguments: Any) -> HelperContainer:
        began.release()
        hung.wait(30)
        raise EngineTimeout("No answer.")

    monkeypatch.setattr(HelperContainer, "start", start)
    helpers = OpenHelpers(Connection.__new__(Connection), lambda: DOCKER)
    failed: list[type[EngineError]] = []

    def lease(cancel: Cancel, box: Volume = BOX) -> None:
        try:
            with working_for(cancel), helpers.lease(box):
                pass
        except EngineError as error:
            failed.append(type(error))

    cancels = [Cancel(), Cancel(), Cancel()]
    threads = [threading.Thread(target=lease, args=(cancel,)) for cancel in cancels]
    threads[0].start()
    assert began.acquire(timeout=30)
    for thread in threads[1:]:
        thread.start()
    wait_for(lambda: helpers._slots["box"].leases == 3, "three who need it", 30)
    for cancel in cancels[1:]:
        cancel.cancel()
    hung.set()
    for thread in threads:
        thread.join(30)
    assert sorted(error.__name__ for error in failed) == [
        Cancelled.__name__, Cancelled.__name__, EngineTimeout.__name__,
    ]  # fmt: skip
    assert not began.acquire(blocking=False)
    helpers.close(1)


def test_a_helper_stays_while_it_is_needed_and_for_its_limit_behind_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed = threading.Event()
    helper = SimpleNamespace(agent=SimpleNamespace(closed=False), close=closed.set)
    monkeypatch.setattr(open_helpers, "IDLE_LIMIT", 0.2)
    monkeypatch.setattr(HelperContainer, "start", lambda *_: helper)
    helpers = OpenHelpers(Connection.__new__(Connection), lambda: DOCKER)
    for _ in range(2):
        closed.clear()
        with helpers.lease(BOX):
            assert not closed.wait(0.5)
            needed = time.monotonic()
        assert closed.wait(30)
        assert time.monotonic() - needed >= 0.2
    helpers.close(1)
