"""Each screen that looks around, as a picture; look at it before accepting another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.fakes import FakeEngine, Node, denied
from tests.hostile import NAME
from tests.showcase import PGDATA, VOLUMES, engine
from tests.snapshots.test_snapshots import INSIDE, NARROW, WIDE, after, seen
from tui.app import VolumeApp
from tui.engine.mounts import ContainerMount

Compare = Callable[..., bool]

SIZES = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "200x50"])

DATA: dict[str, Node] = {
    **PGDATA,
    "base": {
        "1": {"PG_VERSION": b"16\n", "2619": b"x" * 24_576, "2608": b"y" * 90_112},
        "16384": {"16385": b"z" * 180_000, "16386_fsm": b"w" * 24_576},
    },
    "pg_wal": {"000000010000000000000001": b"wal" * 90_000},
    "global": {"pg_control": b"c" * 8192, "1262": b"d" * 8192},
    "secret": denied("/secret"),
}


def data() -> FakeEngine:
    fake = engine()
    fake.trees = {"pgdata": DATA}
    return fake


async def look(pilot: Pilot[None], *keys: str, then: str) -> None:
    await seen(pilot, "entries")
    await pilot.press(*keys)
    await seen(pilot, then)
    await pilot.pause()


@SIZES
def test_find(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await look(pilot, "f", then="Type a part")
        await pilot.press(*"pgs")
        await seen(pilot, "found of")
        await pilot.pause()

    assert snap_compare(VolumeApp(data(), INSIDE), terminal_size=size, run_before=run)


@SIZES
def test_grep(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await look(pilot, "F", then="Type what")
        await pilot.press(*"(max|min)_", "enter")
        await seen(pilot, "lines in")
        await pilot.pause()

    fake = data()
    assert snap_compare(VolumeApp(fake, INSIDE), terminal_size=size, run_before=run)


@SIZES
def test_usage(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await look(pilot, "z", then="could not be read")

    assert snap_compare(VolumeApp(data(), INSIDE), terminal_size=size, run_before=run)


@SIZES
def test_hash(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await look(pilot, "slash", *"postgresql.conf", "enter", then="listen_addresses")
        await pilot.press("H")
        await seen(pilot, "Bytes read")
        await pilot.pause()

    assert snap_compare(VolumeApp(data(), INSIDE), terminal_size=size, run_before=run)


@SIZES
def test_goto(snap_compare: Compare, size: tuple[int, int]) -> None:
    run = after("16384/", "tilde", *"pg", "tab", then="pg_ident.conf  ")
    assert snap_compare(VolumeApp(data(), INSIDE), terminal_size=size, run_before=run)


@SIZES
def test_mounts(snap_compare: Compare, size: tuple[int, int]) -> None:
    fake = data()
    fake.mounted = {
        "id-gitea": [
            ContainerMount("volume", "gitea-data", "/v", "/data", False),
            ContainerMount("volume", "registry", "/v", "/packages", True),
            ContainerMount("bind", "", "/etc/localtime", "/etc/localtime", True),
        ]
    }
    run = after("gitea-data", "2", "enter", then="Mounts of gitea")
    assert snap_compare(VolumeApp(fake), terminal_size=size, run_before=run)


def test_copied(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    run = after("16384/", "Y", then="clipboard")
    assert snap_compare(VolumeApp(data(), INSIDE), terminal_size=NARROW, run_before=run)


@pytest.mark.parametrize(
    ("keys", "opened", "then"),
    [
        (["f", "*"], "Find in", "2 found"),
        (["z"], "Disk usage of", "100.0%"),
        (["F", "full_stop", "enter"], "Find text in", "1 line in"),
    ],
    ids=["find", "usage", "grep"],
)
def test_hostile(snap_compare: Compare, keys: list[str], opened: str, then: str) -> None:
    tree: dict[str, Node] = {NAME: {NAME: b"x\x1b]0;pwned\x07\x9b31m\n"}}
    fake = FakeEngine(VOLUMES, {"pgdata": tree})

    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot, "1 entry")
        await pilot.press(keys[0])
        await seen(pilot, opened)
        await pilot.press(*keys[1:])
        await seen(pilot, then)
        await pilot.pause()

    assert snap_compare(VolumeApp(fake, INSIDE), terminal_size=NARROW, run_before=run)
