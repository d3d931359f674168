"""Deleting volumes: all that goes is named, nothing is chosen unasked, what stays says why."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from tests.fakes import FakeEngine
from tests.showcase import HEX, engine, holder, mount, volume
from tests.ui.screen import Seen, running
from tui.engine.changes import Changed
from tui.engine.errors import EngineUnreachable, VolumeInUse
from tui.engine.model import Volume
from tui.screens.deleting import DeleteScreen
from tui.screens.main import MainScreen


def dialog(seen: Seen) -> DeleteScreen:
    assert isinstance(seen.app.screen, DeleteScreen)
    return seen.app.screen


async def delete(seen: Seen, *names: str) -> None:
    """Mark volumes, open the dialog and wait until all is known."""
    main = seen.app.screen
    assert isinstance(main, MainScreen)
    await seen.until(lambda: bool(main.volumes.table.arrangement.view), "the list")
    for name in names:
        main.volumes.table.seek(name)
        if len(names) > 1:
            await seen.press("space")
    await seen.press("d")
    await seen.until(lambda: isinstance(seen.app.screen, DeleteScreen), "the dialog")
    await seen.until(lambda: not waits(dialog(seen)), "what is known")


def waits(screen: DeleteScreen) -> bool:
    return "…" in screen.refusal() or any(not i.complete for i in screen._insides.values())


async def gone(seen: Seen) -> None:
    await seen.until(lambda: isinstance(seen.app.screen, MainScreen), "the end of the dialog")


def names(fake: FakeEngine) -> set[str]:
    return {volume.name for volume in fake.listed}


def one(name: str = "data", **more: Any) -> Volume:
    return replace(volume(name, None), **more)


# What the dialog says


async def test_it_names_what_goes_and_everybody_who_holds_it() -> None:
    async with running(engine(), (80, 40)) as seen:
        await delete(seen, "pgdata")
        await seen.sees("Delete pgdata?", "18 files and 15 folders", "1 not readable", "shop")
        await seen.sees("Held by 3 containers", "[ ] ● db  running, postgres:16, project shop")
        await seen.sees("/var/lib/postgresql/data read-write", "/import read-only", "○ pgadmin")
        await seen.sees("Its anonymous volume 3f9c1be07a52… stays behind.")
        await seen.sees("Removing a container loses what it wrote outside of its volumes")


async def test_storage_that_is_not_the_engines_is_not_said_to_go() -> None:
    options = {"type": "none", "o": "bind,password=hunter2", "device": "/srv/data"}
    fake = FakeEngine([one(options=options), one("tmp", options={"type": "tmpfs"})])
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.sees("Deleting the volume does not delete what is in /srv/data.", "not counted")
        assert "hunter2" not in seen.text
        assert not fake.opened, "it is not mounted unasked"
        await seen.press("escape", "j")
        await delete(seen, "tmp")
        await seen.sees("kept in memory")


async def test_the_service_that_makes_it_anew_is_named() -> None:
    fake = FakeEngine([one()])
    fake.served = {"data": ("web",), "other": ("elsewhere",)}
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.sees("The swarm service web names data")
        assert "elsewhere" not in seen.text


async def test_labels_of_a_snapshot_are_shown() -> None:
    fake = FakeEngine([one(labels={"voltui.snapshot": "pgdata", "other": "x"})])
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.sees("Snapshot voltui.snapshot=pgdata")


# What has to be typed


async def test_a_name_is_typed_for_what_may_hold_something() -> None:
    fake = FakeEngine([one()], {"data": {"file": b"x"}})
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.sees("Type data")
        await seen.press(*"dat", "enter")
        await seen.sees("That is not data.")
        await seen.press("a", "enter")
        await gone(seen)
        await seen.sees("data is deleted.", "no volumes")


@pytest.mark.parametrize(
    ("listed", "tree"),
    [
        (one(), {}),
        (one(HEX, anonymous=True), {"file": b"x"}),
        (one(HEX, looks_anonymous=True), {"file": b"x"}),
    ],
    ids=["empty", "anonymous", "looks-anonymous"],
)
async def test_a_key_is_enough_for_the_rest(listed: Volume, tree: dict[str, bytes]) -> None:
    fake = FakeEngine([listed], {listed.name: tree})
    async with running(fake) as seen:
        await delete(seen, listed.name)
        await seen.sees("y Yes")
        assert "Type" not in seen.text
        await seen.press("enter")
        await gone(seen)
        assert names(fake) == {listed.name}, "Enter is no"
        await delete(seen, listed.name)
        await seen.press("y")
        await gone(seen)
        assert not fake.listed


async def test_nothing_can_be_said_yes_to_before_it_is_known_what_is_inside() -> None:
    fake = FakeEngine([one()], {"data": {"slow": b""}})
    fake.stuck = "slow"
    async with running(fake) as seen:
        await seen.sees("data")
        await seen.press("d")
        await seen.sees("Counting what is inside …")
        await seen.press("y", "enter")
        assert names(fake) == {"data"}
        fake.freed.set()
        await seen.sees("Type data")


async def test_leaving_while_it_is_counted() -> None:
    fake = FakeEngine([one()], {"data": {"slow": b""}})
    fake.stuck = "slow"
    async with running(fake) as seen:
        await seen.sees("data")
        await seen.press("d")
        await seen.sees("Counting what is inside …")
        await seen.press("escape")
        await gone(seen)
        fake.freed.set()
        await seen.until(lambda: fake.opened[0].left, "the end of the count")


async def test_what_cannot_be_counted_wants_its_name() -> None:
    fake = FakeEngine([one()], {"data": EngineUnreachable("No engine answers.")})
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.sees("Type data", "not counted: No engine answers.")


# Who holds it


async def test_nothing_is_chosen_unasked_and_all_have_to_be() -> None:
    fake = engine()
    async with running(fake, (80, 40)) as seen:
        await delete(seen, "pgdata")
        assert dialog(seen).boxes.chosen == set()
        assert dialog(seen).check_action("agree", ()) is False
        await seen.press("y", "enter", "space", "space")
        await seen.sees("pgadmin holds it: Space chooses it")
        assert "Type pgdata" not in seen.text
        await seen.press("space")
        await seen.sees("Type pgdata")
        await seen.press(*"pgdata", "enter")
        await gone(seen)
        await seen.sees("pgdata is deleted. Removed with it:", "db, db-replica, pgadmin")
        assert "pgdata" not in names(fake)
        assert len(names(fake)) == 13


async def test_a_container_that_starts_meanwhile_appears_and_is_not_chosen() -> None:
    fake = FakeEngine([one()], {"data": {"file": b"x"}})
    fake.held["data"] = [holder("web", "/data")]
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.press("space", *"dat")
        fake.held["data"].append(holder("late", "/d"))
        fake.listed[0] = one(mounts=(mount("web", "/data"), mount("late", "/d")))
        fake.happened.put(Changed())
        await seen.sees("[ ] ● late", "[x] ● web", "late holds it")
        await seen.press("a", "enter")
        assert names(fake) == {"data"}


async def test_who_cannot_be_removed_says_why() -> None:
    fake = FakeEngine([one()])
    fake.held["data"] = [holder("task.1", "/d", service="shop"), holder("web", "/data")]
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.sees("[-] ● task.1", "a task of the swarm service shop", "task.1 stays.")
        await seen.press("space", "j", "space")
        await seen.sees("[x] ● web", "[-] ● task.1")
        assert dialog(seen).check_action("agree", ()) is None


async def test_another_voltui_that_leaves_is_noticed() -> None:
    fake = FakeEngine([one()])
    fake.held["data"] = [holder("voltui-1", "/v", client="elsewhere/1")]
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.sees("voltui-1 stays. Another voltui reads the volume.")
        fake.held.clear()
        await seen.sees_no("voltui-1")
        assert dialog(seen).check_action("agree", ()) is True


async def test_while_the_holders_are_not_known_nothing_is_deleted() -> None:
    fake = FakeEngine([one()])
    async with running(fake) as seen:
        await seen.sees("data")
        fake.error = EngineUnreachable("No engine answers.")
        await seen.press("d")
        await seen.sees("Who holds it is not known. No engine answers.")
        await seen.press("y", "enter")
        fake.error = None
        assert names(fake) == {"data"}


async def test_a_volume_deleted_elsewhere_meanwhile() -> None:
    fake = FakeEngine([one(), one("other")])
    async with running(fake) as seen:
        await delete(seen, "data")
        fake.listed = [one("other")]
        fake.happened.put(Changed())
        await seen.sees("Somebody else deleted it meanwhile.")
        assert dialog(seen).check_action("agree", ()) is None


async def test_a_volume_made_anew_meanwhile_is_not_the_one_that_was_shown() -> None:
    fake = FakeEngine([one()])
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.sees("y Yes")
        fake.listed = [one(labels={"other": "1"})]
        fake.happened.put(Changed())
        await seen.sees("data was deleted and made anew meanwhile: look at it again.")
        await seen.press("y")
        assert dialog(seen).check_action("agree", ()) is None
        assert names(fake) == {"data"}


async def test_the_engine_is_asked_for_the_volume_as_it_was_shown() -> None:
    before = one(stamp="2026-11-21T10:00:00Z", created=None)
    fake = FakeEngine([before])
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.sees("y Yes")
        fake.listed = [replace(before, stamp="2026-11-21T10:00:09Z")]
        fake.happened.put(Changed())
        listed = dialog(seen)._listed
        await seen.until(lambda: listed.find("data") == fake.listed[0], "the newer list")
        await seen.press("y")
        await gone(seen)
        assert fake.asked_to_remove == [before]


async def test_what_came_inside_with_a_container_that_went_again_wants_the_name() -> None:
    fake = FakeEngine([one()], {"data": {}})
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.sees("y Yes")
        fake.trees = {"data": {"file": b"x"}}
        fake.held["data"] = [holder("web", "/data")]
        fake.listed = [one(mounts=(mount("web", "/data"),))]
        fake.happened.put(Changed())
        await seen.sees("[ ] ● web")
        del fake.held["data"]
        fake.listed = [one()]
        fake.happened.put(Changed())
        await seen.sees_no("web")
        await seen.sees("Type data")


async def test_a_container_that_was_started_has_to_be_chosen_anew() -> None:
    fake = FakeEngine([one()], {"data": {"file": b"x"}})
    fake.held["data"] = [holder("web", "/data", "exited")]
    fake.listed = [one(mounts=(mount("web", "/data", "exited"),))]
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.press("space")
        await seen.sees("[x] ○ web")
        fake.held["data"] = [holder("web", "/data")]
        fake.listed = [one(mounts=(mount("web", "/data"),))]
        fake.happened.put(Changed())
        await seen.sees("[ ] ● web")


async def test_who_came_while_the_services_were_asked_for_is_not_removed_unseen() -> None:
    asked = threading.Event()

    class Slow(FakeEngine):
        def services(self) -> dict[str, tuple[str, ...]]:
            if "late" in str(self.held):
                asked.wait()
            return super().services()

    fake = Slow([one(mounts=(mount("web", "/data"),))], {"data": {"file": b"x"}})
    fake.held["data"] = [holder("web", "/data")]
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.press("space", *"data")
        fake.held["data"] = [holder("web", "/data"), holder("late", "/d")]
        fake.listed = [one(mounts=(mount("web", "/data"), mount("late", "/d")))]
        fake.happened.put(Changed())
        listed = dialog(seen)._listed
        await seen.until(lambda: listed.find("data") == fake.listed[0], "the newer list")
        await seen.press("enter")
        asked.set()
        await seen.sees("data: stayed")
        assert names(fake) == {"data"}


# Several at once


async def test_several_share_one_box_for_a_container_that_holds_two() -> None:
    fake = engine()
    async with running(fake, (100, 60)) as seen:
        await delete(seen, "pgdata", "redis-cache", "old-mysql-5.7")
        await seen.sees("Delete 3 volumes?", "Held by 4 containers", "pgdata at /import read-only")
        await seen.sees("redis-cache at /spool read-write")
        assert seen.text.count("[ ] ● db  ") == 1
        await seen.press("space", "space", "space", "space")
        await seen.sees("Type delete 3")
        await seen.type("delete")
        await seen.press("space", "3", "enter")
        await gone(seen)
        await seen.sees("3 volumes are deleted.")
        assert not names(fake) & {"pgdata", "redis-cache", "old-mysql-5.7"}


async def test_what_stayed_says_why_until_it_is_closed() -> None:
    fake = engine()
    why = VolumeInUse("registry is in use by web (running).", hint="Look again.")
    fake.unremovable["registry"] = why
    async with running(fake, (100, 50)) as seen:
        await delete(seen, "registry", "old-mysql-5.7")
        await seen.type("delete")
        await seen.press("space", "2", "enter")
        await seen.sees("Not everything was deleted", "registry: stayed", str(why), "Look again.")
        await seen.sees("Removed 1 volume: old-mysql-5.7")
        await seen.press("escape")
        await gone(seen)
        assert "registry" in names(fake)


# The work


async def test_each_step_is_told_and_escape_brings_back_what_was_stopped() -> None:
    fake = FakeEngine([one()], {"data": {"file": b"x"}})
    fake.held["data"] = [holder("web", "/data", stop_timeout=30)]
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.press("space", *"data")
        fake.answers.clear()
        await seen.press("enter")
        await seen.sees("looking at data again …", "Esc Cancel")
        await seen.press("escape")
        await seen.sees("Cancelled: it ends behind this step.")
        fake.answers.set()
        await seen.sees("Started again 1 container: web", "data: not tried")
        await seen.press("escape")
        await gone(seen)
        assert names(fake) == {"data"}


async def test_quitting_meanwhile_cancels_it_and_waits_for_what_comes_back() -> None:
    fake = FakeEngine([one()], {"data": {"file": b"x"}})
    fake.held["data"] = [holder("web", "/data")]
    async with running(fake) as seen:
        await delete(seen, "data")
        await seen.press("space", *"data")
        fake.answers.clear()
        await seen.press("enter")
        await seen.sees("looking at data again …")
        screen = dialog(seen)
        await seen.press("ctrl+c")
        await seen.sees("Press Ctrl+c again to quit.")
        assert not screen.stopping
        await seen.press("ctrl+c")
        await seen.until(lambda: screen.stopping, "the cancel")
        assert not fake.closed.is_set()
        fake.answers.set()
        await seen.until(fake.closed.is_set, "the end")
        assert screen._progress.removed[0].started_again == ("web",)
        assert names(fake) == {"data"}


async def test_the_open_volume_is_left_before_it_goes() -> None:
    fake = FakeEngine([one(), one("other")], {"data": {"file": b"x"}})
    async with running(fake, (160, 40), start=("data", "/")) as seen:
        await seen.sees("1 entry")
        await seen.press("1")
        await delete(seen, "data")
        await seen.press(*"data")
        fake.answers.clear()
        await seen.press("enter")
        await seen.sees("data is being deleted.")
        assert fake.opened[0].left
        fake.answers.set()
        await gone(seen)
        await seen.sees("data is deleted.", "Enter opens other")
        assert "gone" not in seen.text


async def test_the_cursor_goes_to_the_neighbour() -> None:
    fake = FakeEngine([one("alpha"), one("bravo"), one("charlie")])
    async with running(fake) as seen:
        await delete(seen, "bravo")
        await seen.press("y")
        await gone(seen)
        await seen.at("charlie")


# Read-only, and nothing there


async def test_read_only_greys_it_and_says_why() -> None:
    fake = FakeEngine([one()], read_only=True)
    async with running(fake) as seen:
        await seen.sees("data", "d Delete")
        main = seen.app.screen
        assert isinstance(main, MainScreen)
        assert main.volumes.check_action("delete", ()) is None
        assert main.volumes.reason("delete") == "voltui was started with --read-only."
        await seen.press("d", "delete")
        assert seen.app.screen is main


async def test_without_a_volume_it_is_greyed() -> None:
    async with running(FakeEngine()) as seen:
        await seen.sees("no volumes")
        main = seen.app.screen
        assert isinstance(main, MainScreen)
        assert main.volumes.check_action("delete", ()) is None
        await seen.press("d")
        assert seen.app.screen is main


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (20, 5)])
async def test_it_works_at_any_size(size: tuple[int, int]) -> None:
    fake = FakeEngine([one()], {"data": {"file": b"x"}})
    fake.held["data"] = [holder("web", "/data"), holder("db", "/d")]
    async with running(fake, size) as seen:
        await delete(seen, "data")
        while dialog(seen).refusal():
            before = seen.text
            await seen.press("space")
            assert seen.text != before
        await seen.press(*"data")
        await seen.sees("data", "↵ Yes")
        await seen.press("enter")
        await gone(seen)
        assert not fake.listed
