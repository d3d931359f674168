"""What stands in the place of a list, and how the app lives on when the engine does not."""

from __future__ import annotations

import statistics
import time

import pytest

from tests.fakes import FakeEngine
from tests.showcase import VOLUMES, engine, volume
from tests.ui.screen import running
from tui.engine.errors import EngineTimeout, EngineUnreachable

GONE = EngineUnreachable(
    "No engine answers at unix:///var/run/docker.sock (default socket): no such file.",
    hint="Start the engine, or name another one with --host.",
)


async def test_loading() -> None:
    fake = engine()
    fake.answers.clear()
    async with running(fake) as seen:
        await seen.sees("Asking the engine for its volumes")
        fake.answers.set()
        await seen.sees("gitea-data")


async def test_no_volumes() -> None:
    async with running(FakeEngine()) as seen:
        await seen.sees("This engine has no volumes.", "R looks again", "0 volumes")


async def test_filtered_to_nothing() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        await seen.press("slash", *"xyz")
        await seen.sees("No volume has xyz in its name.", "Esc shows all")
        await seen.press("escape")
        await seen.sees("gitea-data")
        await seen.press("j")
        await seen.at("grafana-storage")


async def test_all_in_use() -> None:
    async with running(FakeEngine(VOLUMES[:2])) as seen:
        await seen.sees("gitea-data")
        await seen.press("u")
        await seen.sees("Every volume is in use.", "u shows all")
        await seen.press("u")
        await seen.sees("gitea-data")


async def test_unreachable_tells_what_was_tried_and_retries() -> None:
    fake = engine()
    fake.error = GONE
    async with running(fake) as seen:
        await seen.sees("No engine answers at", "no such", "--host", "R retries")
        fake.error = None
        await seen.press("R")
        await seen.sees("gitea-data", "Docker 27.3.1")


async def test_an_engine_that_goes_away_leaves_the_list_marked_stale() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("gitea-data")
        fake.error = GONE
        await seen.press("R")
        await seen.sees("Stale.", "R retries", "gitea-data")
        await seen.press("j", "enter")
        await seen.sees("No engine answers", "h goes up")
        fake.error = None
        await seen.press("h", "R")
        await seen.sees_no("Stale.")


async def test_a_hung_engine_is_told_and_keys_are_served() -> None:
    fake = engine()
    fake.answers.clear()
    async with running(fake) as seen:
        await seen.sees("local has not answered for 3 s.", "R asks again")
        await seen.press("question_mark")
        await seen.sees("Find any action by its name")


async def test_keys_cost_next_to_nothing_while_the_engine_hangs() -> None:
    """Nothing that answers a key waits for the engine: 100 ms are its whole work, not its wait."""
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("gitea-data")
        fake.answers.clear()
        await seen.press("R")
        await seen.sees("local has not answered for")
        costs = []
        for key in ("j", "slash", "p", "escape", "question_mark", "q", "tab", "1", "k"):
            begun = time.thread_time()
            await seen.press(key)
            costs.append(time.thread_time() - begun)
        await seen.sees("local has not answered for")
        assert statistics.median(costs) < 0.1


async def test_a_deadline_that_passes_is_an_error_like_others() -> None:
    fake = engine()
    fake.error = EngineTimeout("The engine did not answer within 10 s.")
    async with running(fake) as seen:
        await seen.sees("did not answer within 10 s", "Tried unix:", "R retries")


async def test_a_volume_named_at_the_start_that_is_not_there() -> None:
    async with running(engine(), start=("nope", "/")) as seen:
        await seen.sees("There is no volume nope.", "gitea-data")


async def test_quit_closes_the_engine() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("gitea-data")
        await seen.press("q")
        await seen.until(fake.closed.is_set, "the engine's close")


async def test_ctrl_c_quits_when_pressed_twice() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("gitea-data")
        await seen.press("ctrl+c")
        await seen.sees("Press Ctrl+c again to quit.")
        assert not fake.closed.is_set()
        await seen.press("ctrl+c")
        await seen.until(fake.closed.is_set, "the engine's close")


@pytest.mark.parametrize("size", [(20, 5), (30, 8), (59, 10), (60, 9), (80, 24), (130, 12)])
async def test_every_size_shows_the_list_under_the_cursor(size: tuple[int, int]) -> None:
    async with running(engine(), size, start=("pgdata", "/")) as seen:
        await seen.sees("base/")
        await seen.press("h")
        await seen.sees("pgdata")
        await seen.press("question_mark")
        await seen.sees("Everywhere")
        await seen.press("q", "G")
        await seen.sees(VOLUMES[11].name[:12] if size[1] > 8 else VOLUMES[12].name[:12])


async def test_a_storm_of_sizes() -> None:
    sizes = [(20, 5), (200, 50), (80, 24), (131, 6), (61, 60), (1, 1), (129, 24), (80, 24)]
    async with running(engine(), start=("pgdata", "/")) as seen:
        await seen.sees("29 entries")
        for size in sizes * 3:
            await seen.pilot.resize_terminal(*size)
            await seen.press("j")
        await seen.sees("29 entries")


async def test_ascii_writes_nothing_else() -> None:
    fake = FakeEngine([volume("plain", 1), volume("grün●", None)])
    async with running(fake, (132, 30), ascii=True) as seen:
        await seen.sees(r"gr\u00fcn\u25cf", "> gr")
        assert seen.text.isascii()
