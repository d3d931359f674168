"""`prune`: what was listed, only that, and each outcome told."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from screenshots.terminal import Terminal
from tests.engines.private import PrivateEngine
from tests.engines.waiting import wait_for
from tests.integration.cli import VOLTUI, Said, asked, voltui, volumes
from tests.integration.conftest import Make, Things
from tests.integration.test_swarm import scale_down, serve

ANONYMOUS = {"com.docker.volume.anonymous": ""}
MANY = 1_000


def only(things: Things, *arguments: str) -> Said:
    """A prune of what has this test's label."""
    return voltui(things.engine.url, "prune", "--label", "test", *arguments)


def some(things: Things) -> dict[str, str]:
    """One volume of each kind, by the kind."""
    shop = {"com.docker.compose.project": "shop"}
    made = {
        "anonymous": things.volume(Labels={"test": "1", **ANONYMOUS}),
        "looks": things.volume("a" * 64, Labels={"test": "2"}),
        "named": things.volume(Labels={"test": "1"}),
        "shop": things.volume(Labels={"test": "1", **shop}),
        "snapshot": things.volume(Labels={"test": "1", "voltui.snapshot": "data"}),
        "used": things.volume(Labels={"test": "1", **ANONYMOUS}),
    }
    things.container([f"{made['used']}:/d"], ["true"])
    return made


def test_only_anonymous_ones_go_unasked_and_the_rest_is_told(things: Things) -> None:
    made = some(things)
    said = only(things, "--yes")
    assert (said.status, said.out) == (0, f"{made['anonymous']}\n")
    assert "2 volumes with a name: --all takes them" not in said.err
    assert "3 volumes with a name: --all takes them" in said.err
    assert "1 volume without the engine's label: --looks-anonymous takes them" in said.err
    assert set(made.values()) - volumes(things.engine.api) == {made["anonymous"]}


@pytest.mark.parametrize(
    ("arguments", "kinds"),
    [
        (["--looks-anonymous"], {"anonymous", "looks"}),
        (["--anonymous"], {"anonymous"}),
        (["--all"], {"anonymous", "looks", "named", "shop"}),
        (["--all", "--label", "test=2"], {"looks"}),
        (["--all", "--project", "shop"], {"shop"}),
        (["--project", "shop"], set()),
        (["--all", "--older-than", "1m"], set()),
    ],
)
def test_the_filters(things: Things, arguments: list[str], kinds: set[str]) -> None:
    """Docker 20.10 does not tell when a volume was made, so no age is old enough there."""
    made = some(things)
    before = volumes(things.engine.api)
    dry = only(things, *arguments, "--dry-run", "--json")
    assert dry.status == 0
    assert {each["name"] for each in dry.objects} == {made[kind] for kind in kinds}
    assert {each["outcome"] for each in dry.objects} <= {None}
    assert volumes(things.engine.api) == before

    said = only(things, *arguments, "--yes", "--json")
    assert said.status == 0, said.err
    assert [each["name"] for each in said.objects] == [each["name"] for each in dry.objects]
    assert {each["outcome"] for each in said.objects} <= {"removed"}
    assert before - volumes(things.engine.api) == {made[kind] for kind in kinds}


def test_an_age_that_is_not_known_is_told(things: Things) -> None:
    some(things)
    said = only(things, "--all", "--older-than", "1m", "--yes")
    assert (said.status, said.out) == (0, "Nothing to remove.\n")
    assert "5 volumes because the engine does not tell their age" in said.err


def test_the_list_has_sizes_and_says_what_is_not_known(things: Things) -> None:
    made = some(things)
    (things.folder(made["named"]) / "file").write_bytes(b"x" * 5000)
    said = only(things, "--all", "--dry-run")
    assert said.out.endswith("4 volumes, of unknown size\n")
    things.volume(Labels={"test": "1"}, DriverOpts={"type": "tmpfs", "device": "tmpfs"})
    said = only(things, "--all", "--dry-run", "--sizes")
    assert said.out.endswith("5 volumes, at least 4.9 KiB, 1 of unknown size\n")
    lines = {line.split()[0]: line.split() for line in said.out.splitlines()}
    assert lines[made["named"]][1:] == ["named", "4.9K", "?", "-"]
    assert lines[made["shop"]][1:] == ["named", "0", "?", "of", "project", "shop"]


def test_the_question_lists_what_goes(things: Things) -> None:
    made = some(things)
    arguments = ["prune", "--label", "test", "--all"]
    status, written = asked(things.engine.url, *arguments, answer="n")
    assert status == 1
    assert set(made.values()) <= volumes(things.engine.api)
    assert all(made[kind] in written for kind in ("anonymous", "looks", "named", "shop"))
    assert made["used"] not in written
    status, written = asked(things.engine.url, *arguments, answer="y")
    assert status == 0
    assert "4 of 4 volumes removed" in written


@pytest.mark.parametrize(
    "arguments", [[], ["--json"], ["--read-only", "--yes"], ["--older-than", "30"]]
)
def test_what_prune_refuses(things: Things, arguments: list[str]) -> None:
    made = some(things)
    said = only(things, *arguments)
    assert (said.status, said.out) == (2, "")
    assert set(made.values()) <= volumes(things.engine.api)


def test_what_came_into_use_went_or_is_another_since_the_list_stays(things: Things) -> None:
    """All of it happens while the question stands; the others go."""
    names = [things.volume(Labels={"test": "1", "nr": str(number)}) for number in range(5)]
    used, started, gone, anew, _ = names
    api = things.engine.api

    def meanwhile() -> None:
        things.container([f"{used}:/d"], ["true"])
        things.container([f"{started}:/d"], ["sleep", "1000"], start=True)
        api.delete(f"/volumes/{gone}")
        api.delete(f"/volumes/{anew}")
        things.volume(anew, Labels={"test": "1", "nr": "other"})

    arguments = ["prune", "--label", "test", "--all"]
    status, written = asked(things.engine.url, *arguments, answer="y", meanwhile=meanwhile)

    assert status == 1
    assert f"{used} stays: {used} is in use by" in written
    assert f"{started} stays: {started} is in use by" in written
    assert f"{gone} is not there" in written
    assert f"{anew} stays: The volume {anew} was deleted and made anew" in written
    assert "1 of 5 volumes removed" in written
    assert set(names) & volumes(api) == {used, anew, started}
    assert things.engine.api.get(f"/volumes/{anew}")["Labels"]["nr"] == "other"


def test_what_a_swarm_service_names_goes_by_rm_only(fresh_engine: Make) -> None:
    private = fresh_engine()
    service = serve(private, "shared")

    def used() -> bool:
        return bool(private.api.get("/containers/json", all=1))

    wait_for(used, "the task", 60)
    scale_down(private, service)
    wait_for(lambda: not used(), "the end of the task", 60)

    said = voltui(private.url, "prune", "--all", "--yes")
    assert (said.status, said.out) == (0, "Nothing to remove.\n")
    assert "Left out: shared, of swarm service web." in said.err
    said = voltui(private.url, "rm", "shared", "--dry-run")
    assert "The swarm service web names shared, and makes it anew." in said.out
    said = voltui(private.url, "rm", "shared", "--yes")
    assert (said.status, said.out) == (0, "shared\n")


def many(engine: PrivateEngine) -> set[str]:
    """Volumes enough that a prune can be met in its middle; their names."""
    for number in range(MANY):
        engine.api.post("/volumes/create", {"Name": f"v-{number:04}"})
    assert len(volumes(engine.api)) == MANY
    return volumes(engine.api)


def pruning(engine: PrivateEngine) -> subprocess.Popen[str]:
    command = [*VOLTUI, "--host", engine.url, "prune", "--all", "--yes", "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def told_after(
    process: subprocess.Popen[str], lines: int, act: Callable[[], None]
) -> dict[str, dict[str, Any]]:
    """What a prune tells of each volume, by its name; `act` is called after some lines."""
    told = {}
    assert process.stdout is not None
    for line in process.stdout:
        each = json.loads(line)
        told[each["name"]] = each
        if len(told) == lines:
            act()
    return told


def of(told: dict[str, dict[str, Any]], outcome: str) -> set[str]:
    return {name for name, each in told.items() if each["outcome"] == outcome}


@pytest.mark.parametrize("comes_back", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_what_went_is_right_although_the_engine_dies_in_the_middle(
    fresh_engine: Make, comes_back: bool
) -> None:
    engine = fresh_engine()
    before = many(engine)

    def die() -> None:
        engine.kill()
        if comes_back:
            engine.start()

    with pruning(engine) as process:
        told = told_after(process, MANY // 3, die)
        _, err = process.communicate(timeout=60)

    if not comes_back:
        engine.start()
    left = volumes(engine.api)
    assert set(told) == before
    assert of(told, "removed") | of(told, "unknown") | of(told, "not tried") == before
    assert len(of(told, "removed")) >= MANY // 3
    assert not of(told, "removed") & left
    assert of(told, "not tried") <= left
    assert len(of(told, "unknown")) <= 1
    if comes_back:  # It goes on if the engine is back before it is given up.
        assert process.returncode == (1 if left else 0), err
    else:
        assert len(of(told, "not tried")) > MANY // 3
        assert process.returncode == 1
    assert "Traceback" not in err


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_prune_tells_of_each_volume(
    fresh_engine: Make, number: signal.Signals, status: int
) -> None:
    engine = fresh_engine()
    before = many(engine)
    with pruning(engine) as process:
        told = told_after(process, 100, lambda: process.send_signal(number))
        process.wait(60)
    assert process.returncode == status
    left = volumes(engine.api)
    assert set(told) == before
    assert of(told, "removed") == before - left
    assert of(told, "not tried") == left
    assert left


def test_a_second_signal_ends_it_at_once(fresh_engine: Make) -> None:
    """The engine hangs, so the first one waits for what becomes of the volume under way."""
    engine = fresh_engine()
    many(engine)
    command = [*VOLTUI, "--host", engine.url, "prune", "--all", "--yes"]
    with Terminal(command, 100, 30) as terminal:
        terminal.wait_for(lambda screen: "v-01" in screen, "the middle")
        engine.freeze()
        terminal.press("Ctrl+c")
        terminal.wait_for(lambda screen: "Once more ends voltui at once" in screen, "a word")
        assert not terminal.ended()
        terminal.press("Ctrl+c")
        assert terminal.wait_end() == 130
    engine.thaw()
    told = set(re.findall(rb"(?<! )v-\d{4}(?=\r\n)", terminal.written))
    assert 100 <= len(told) < MANY
    assert not {name.decode() for name in told} & volumes(engine.api)


def test_a_reader_that_goes_away_ends_the_prune(fresh_engine: Make) -> None:
    """Nothing more goes when nobody is told of it."""
    engine = fresh_engine()
    many(engine)
    with pruning(engine) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1
    assert volumes(engine.api)
