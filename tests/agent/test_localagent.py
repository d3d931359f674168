"""The packaged agent on a folder of this machine."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.engines.waiting import wait_for
from tui.engine.errors import HelperFailed, HelperLost
from tui.engine.transfers.localagent import local_agent


def children() -> list[int]:
    told = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text()
    return [int(pid) for pid in told.split()]


@pytest.fixture(autouse=True)
def _built(binary: Path) -> None:
    """The agent is there and up to date."""


def test_it_serves_the_folder_and_ends_with_the_block(volume: Path) -> None:
    (volume / "a").write_bytes(b"x" * 3)
    before = children()
    with local_agent(volume) as agent:
        assert agent.stat("/a").entry.size == 3
        assert len(children()) == len(before) + 1
    assert children() == before
    assert agent.closed


def test_it_hears_no_signal_of_the_terminal(volume: Path) -> None:
    before = children()
    with local_agent(volume):
        (pid,) = set(children()) - set(before)
        assert os.getpgid(pid) == pid != os.getpgrp()


def test_a_folder_that_is_not_there_is_one_sentence(volume: Path) -> None:
    with pytest.raises(HelperFailed, match="could not be opened"), local_agent(volume / "none"):
        pass


def test_it_is_killed(volume: Path) -> None:
    before = children()
    with local_agent(volume) as agent:
        (pid,) = set(children()) - set(before)
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: agent.closed, "the end of the stream")
        with pytest.raises(HelperLost):
            agent.stat("/")
    assert children() == before
