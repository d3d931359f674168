"""From one volume to another: recent ones, and what else a container has mounted; copies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fakes import FakeEngine, Node
from tests.showcase import VOLUMES, engine, volume
from tests.ui.screen import running
from tui.engine.errors import EngineTimeout
from tui.engine.mounts import ContainerMount

TREE: dict[str, Node] = {"folder": {"below": {"x": b""}}}


def both(tmp_path: Path) -> FakeEngine:
    fake = FakeEngine([volume("one", 1), volume("two", 1)], {"one": TREE, "two": TREE})
    fake._state = tmp_path
    return fake


async def test_recent_volumes_open_where_one_stood_even_after_a_restart(tmp_path: Path) -> None:
    async with running(both(tmp_path), start=("one", "/folder")) as seen:
        await seen.sees("one:/folder ", "1 entry")
        await seen.press("enter")
        await seen.sees("one:/folder/below ")
        await seen.press("h", "h", "h")
        await seen.sees("2 volumes")
        await seen.press("j", "enter")
        await seen.sees("two:/ ")
    async with running(both(tmp_path)) as seen:
        await seen.sees("2 volumes")
        await seen.press("b")
        await seen.sees("Recent volumes", "just now")
        dialog = seen.text.partition("Recent volumes")[2]
        assert dialog.index("two ") < dialog.index("one ")
        await seen.press("j", "enter")
        await seen.sees("one:/ ", "folder/")
        await seen.until(lambda: seen.cursor_line == "folder", "the list")


async def test_the_place_one_quits_at_is_remembered(tmp_path: Path) -> None:
    async with running(both(tmp_path), start=("one", "/")) as seen:
        await seen.sees("one:/ ", "folder/")
        await seen.press("enter")
        await seen.sees("one:/folder ")
        await seen.press("q")
        await seen.until(lambda: not seen.app.is_running, "the end")
    async with running(both(tmp_path)) as seen:
        await seen.sees("2 volumes")
        await seen.press("b", "enter")
        await seen.sees("one:/folder ")


async def test_no_recent_volumes_and_those_that_are_gone(tmp_path: Path) -> None:
    fake = both(tmp_path)
    async with running(fake) as seen:
        await seen.sees("2 volumes")
        await seen.press("b")
        await seen.sees("Recent volumes", "No volume was open before.")
        await seen.press("enter", "escape", "enter")
        await seen.sees("one:/ ")
        await seen.press("h")
        fake.listed.pop(0)
        await seen.press("R")
        await seen.sees("1 volume ")
        await seen.press("b")
        await seen.sees("No volume was open before.")


async def test_a_file_that_is_no_list_of_ours(tmp_path: Path) -> None:
    fake = both(tmp_path)
    path = fake.state_file("recent")
    assert path is not None
    path.write_text('[["one", 3, "never"], {}]')
    async with running(fake) as seen:
        await seen.sees("2 volumes")
        await seen.press("b")
        await seen.sees("No volume was open before.")


MOUNTS = [
    ContainerMount("volume", "redis-cache", "/v/redis", "/cache", True),
    ContainerMount("bind", "", "/etc/localtime", "/etc/localtime", False),
    ContainerMount("tmpfs", "", "", "/run", False),
]


async def test_other_mounts_of_a_container() -> None:
    fake = engine()
    fake.mounted = {"id-gitea": MOUNTS}
    async with running(fake) as seen:
        await seen.sees("gitea-data")
        await seen.press("2", "enter")
        await seen.sees("Mounts of gitea", "volume redis-cache", "read-only", "bind /etc/localtime")
        await seen.press("j", "enter")
        await seen.sees("no volume. It is shown, and")
        await seen.press("k", "enter")
        await seen.sees("redis-cache:/")


async def test_one_of_several_containers_and_an_engine_that_fails() -> None:
    fake = engine()
    fake.mounted = {"id-mc": MOUNTS[:1]}
    async with running(fake) as seen:
        await seen.sees("gitea-data")
        await seen.press("j", "j", "2", "enter")
        await seen.sees("Attached containers", "minio", "exited")
        await seen.press("j", "enter")
        await seen.sees("Mounts of mc", "redis-cache")
        await seen.press("escape")
        await seen.sees_no("Mounts of mc")
        fake.error = EngineTimeout("The engine did not answer within 10 s.")
        await seen.press("enter", "enter")
        await seen.sees("The engine did not answer within")


async def test_a_volume_without_containers_has_no_other_mounts() -> None:
    fake = FakeEngine([VOLUMES[-1]])
    async with running(fake) as seen:
        await seen.sees("no container")
        await seen.press("2", "enter")
        await seen.sees("no container")
        assert len(seen.app.screen_stack) == 1


@pytest.mark.parametrize("works", [True, False])
async def test_a_copy_goes_to_tmux_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, works: bool
) -> None:
    program = tmp_path / "tmux"
    # As one before 3.2 does, it knows no -w.
    took = f"cat >{tmp_path}/got" if works else "false"
    program.write_text(f'#!/bin/sh\n[ "$2" = - ] && {took}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("TMUX", "/tmp/tmux,1,0")
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        await seen.press("Y")
        path = "/var/lib/docker/volumes/gitea-data/_data"
        await seen.sees("clipboard", path)
        assert seen.app.clipboard == path
        if works:
            await seen.sees("prefix ] pastes it")
            assert (tmp_path / "got").read_text() == path
        else:
            await seen.sees("tmux did not take it")
        assert seen.line(path) == path, "nothing else is selected with it"
