"""The list of volumes follows the engine: nothing that was chosen is lost on the way."""

from __future__ import annotations

from dataclasses import replace

from tests.fakes import DOCKER, FakeEngine
from tests.ui.screen import Seen, running
from tui.engine.changes import Changed, Connected, Lost, Unheard
from tui.engine.errors import EngineUnreachable
from tui.engine.model import ContainerState, Mount, Volume
from tui.widgets.volumes import VolumesPane


def volume(name: str, *mounts: Mount) -> Volume:
    return Volume(name, "local", "local", f"/var/{name}", None, mounts=mounts)


def used_by(container: str) -> Mount:
    return Mount(container, container, "image", ContainerState.RUNNING, "/data", read_only=False)


def engine() -> FakeEngine:
    return FakeEngine([volume("bravo"), volume("delta"), volume("foxtrot")])


def names(seen: Seen) -> list[str]:
    table = seen.app.screen.query_one(VolumesPane).table
    return [table.rows.names[row] for row in table.arrangement.view]


async def test_what_is_made_elsewhere_appears_and_the_cursor_stays() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("3 volumes")
        await seen.press("j", "space", "k")
        assert seen.cursor_line == "delta"
        fake.listed.insert(0, volume("alpha"))
        fake.listed.insert(2, volume("charlie", used_by("shop")))
        fake.happened.put(Changed())
        await seen.sees("5 volumes", "alpha", "charlie", "● delta")
        assert names(seen) == ["alpha", "bravo", "charlie", "delta", "foxtrot"]
        assert seen.cursor_line == "delta"


async def test_the_filter_stays() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("3 volumes")
        await seen.press("slash", "t", "enter")
        await seen.until(lambda: names(seen) == ["delta", "foxtrot"], "the filter")
        fake.listed += [volume("tango"), volume("zulu")]
        fake.happened.put(Changed())
        await seen.until(lambda: names(seen) == ["delta", "foxtrot", "tango"], "the new one")


async def test_the_details_follow() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("no container")
        fake.listed[0] = volume("bravo", used_by("webshop"))
        fake.happened.put(Changed())
        await seen.sees("webshop")
        fake.listed[0] = volume("bravo")
        fake.happened.put(Changed())
        await seen.sees("no container")


async def test_the_cursor_goes_to_the_next_when_its_volume_is_gone() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("3 volumes")
        await seen.press("j")
        del fake.listed[1]
        fake.happened.put(Changed())
        await seen.sees("2 volumes")
        assert seen.cursor_line == "foxtrot"
        await seen.sees("/var/foxtrot")


async def test_a_loss_is_shown_until_the_engine_is_back() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("3 volumes", "Docker 27.3.1")
        fake.happened.put(Lost(EngineUnreachable("No engine answers at db1.")))
        await seen.sees("Stale. No engine answers at db1.", "bravo")
        fake.info_told = replace(DOCKER, version="28.0.0")
        fake.listed.append(volume("golf"))
        fake.happened.put(Connected(again=True))
        await seen.sees_no("Stale.")
        await seen.sees("golf", "Docker 28.0.0")


async def test_an_engine_without_events_is_said_to_be_one() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("3 volumes")
        fake.happened.put(Unheard(EngineUnreachable("refused")))
        await seen.sees("3, no events")
        fake.happened.put(Connected(again=True))
        await seen.sees_no("no events")
