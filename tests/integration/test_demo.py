"""The demo holds what it promises, is found again, finished after an interruption and removed."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.engines.demo.containers import CONTAINERS
from tests.engines.demo.server import Demo
from tests.engines.demo.volumes import VOLUMES, anonymous_name
from tests.engines.packages import cache_folder
from tests.engines.private import PrivateEngine
from tests.engines.waiting import wait_for

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    made = Demo(tmp_path_factory.mktemp("demo"), scale=0.002)
    try:
        made.start()
        yield made
    finally:
        made.clean()


@pytest.fixture
def engine(demo: Demo) -> PrivateEngine:
    return demo.start()


def folder(engine: PrivateEngine, volume: str) -> Path:
    return engine.path(engine.api.get(f"/volumes/{volume}")["Mountpoint"])


def containers(engine: PrivateEngine) -> dict[str, Any]:
    return {each["Names"][0][1:]: each for each in engine.api.get("/containers/json", all=1)}


def test_all_volumes_and_containers_are_there(engine: PrivateEngine) -> None:
    volumes = {each["Name"] for each in engine.api.get("/volumes")["Volumes"]}
    assert volumes == {plan.name for plan in VOLUMES}
    assert len(volumes) == 32
    assert containers(engine).keys() == {plan.name for plan in CONTAINERS}
    assert len(CONTAINERS) == 22
    assert "voltui.demo=1" in engine.api.get("/info")["Labels"]


def test_containers_run_are_stopped_created_and_paused(engine: PrivateEngine) -> None:
    states = {name: each["State"] for name, each in containers(engine).items()}
    assert states == {plan.name: plan.state for plan in CONTAINERS}
    assert set(states.values()) == {"running", "exited", "created", "paused"}


def test_compose_projects_are_up_stopped_and_gone(engine: PrivateEngine) -> None:
    label = "com.docker.compose.project"
    projects = {(each["Labels"] or {}).get(label) for each in engine.api.get("/volumes")["Volumes"]}
    states: dict[str, set[str]] = {}
    for each in containers(engine).values():
        states.setdefault(each["Labels"].get(label, ""), set()).add(each["State"])
    assert projects - {None} == {"shop", "monitoring", "nextcloud", "wiki"}
    assert states["shop"] == {"running"}
    assert states["nextcloud"] == {"exited"}
    assert "wiki" not in states
    shop = engine.api.get("/volumes/shop_pgdata")["Labels"]
    assert shop["com.docker.compose.volume"] == "pgdata"


def test_volumes_are_shared_read_only_mounted_twice_and_unused(engine: PrivateEngine) -> None:
    mounts: dict[str, list[tuple[str, bool]]] = {plan.name: [] for plan in VOLUMES}
    for name, each in containers(engine).items():
        for mount in each["Mounts"]:
            mounts[mount["Name"]].append((name, mount["RW"]))
    assert len({name for name, _ in mounts["shop_app-logs"]}) == 4
    assert ("shop-web-1", False) in mounts["shop_static"]
    twice = [name for name, _ in mounts["nextcloud_data"] if name == "nextcloud-cron-1"]
    assert len(twice) == 2
    assert mounts["app-db"] == [("app-db", True)]
    assert mounts[anonymous_name(1)]
    assert re.fullmatch("[0-9a-f]{64}", anonymous_name(1))
    snapshot = "shop_pgdata-20241101T030000Z"
    unused = {anonymous_name(2), anonymous_name(3), "mosquitto-data", "wiki_uploads", snapshot}
    assert {name for name, users in mounts.items() if not users} == unused
    labels = engine.api.get(f"/volumes/{snapshot}")["Labels"]
    assert labels["voltui.snapshot"] == "shop_pgdata"


def test_a_database_belongs_to_its_user_and_is_closed_to_others(engine: PrivateEngine) -> None:
    root = folder(engine, "shop_pgdata")
    entries = [root, *root.rglob("*")]
    assert {(each.stat().st_uid, each.stat().st_gid) for each in entries} == {(999, 999)}
    modes = {stat.S_IMODE(each.stat().st_mode) for each in entries}
    assert modes == {0o700, 0o600}
    assert "shared_buffers = 1GB" in (root / "postgresql.conf").read_text()
    assert (root / "base" / "16384" / "1259").stat().st_size % 8192 == 0
    assert len({each.stat().st_mtime for each in entries}) > 100


def test_a_log_grows_while_one_looks(engine: PrivateEngine) -> None:
    log = folder(engine, "shop_app-logs") / "app.log"
    wait_for(log.exists, "the log")
    before = log.stat().st_size
    wait_for(lambda: log.stat().st_size > before, "another line")
    assert " INFO  id=" in log.read_text()


def test_big_things_are_holes_and_small_things_are_many(engine: PrivateEngine) -> None:
    image = (folder(engine, "vm-images") / "golden-2024.2.raw").stat()
    assert image.st_size == 2 << 30
    assert image.st_blocks * 512 < 1 << 20
    data = folder(engine, "nextcloud_data")
    assert len(os.listdir(data / "appdata_ocx7k2demo" / "preview")) == 120
    assert len(list(data.glob("*/files/Photos/*/*/*.jpg"))) == 280


def test_hostile_names_and_entries_are_there(engine: PrivateEngine) -> None:
    names = set(os.listdir(os.fsencode(folder(engine, "import-from-windows"))))
    assert any(b"\x1b" in name for name in names)
    assert any(b"\n" in name for name in names)
    assert any(b"[bold red]" in name for name in names)
    assert {b"-rf", b"   ", b"caf\xe9-latin1.txt", b"n" * 255} <= names
    root = folder(engine, "import-from-windows")
    kinds = {stat.S_IFMT(each.lstat().st_mode) for each in root.iterdir()}
    assert {stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR, stat.S_IFLNK} <= kinds


def test_a_volume_in_memory_holds_something(engine: PrivateEngine) -> None:
    assert len(os.listdir(folder(engine, "shop_sessions"))) == 25


def test_databases_of_services_are_real(engine: PrivateEngine) -> None:
    path = folder(engine, "grafana-storage") / "grafana.db"
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM dashboard").fetchone() == (60,)


def test_it_is_found_again_and_restored_after_a_crash(demo: Demo) -> None:
    engine = demo.start()
    pid = engine.pid
    assert demo.start().pid == pid
    engine.end_processes()
    assert not demo.running()
    again = demo.start()
    states = {name: each["State"] for name, each in containers(again).items()}
    assert states == {plan.name: plan.state for plan in CONTAINERS}
    assert len(os.listdir(folder(again, "shop_sessions"))) == 25


def test_an_interrupted_fill_is_finished(demo: Demo) -> None:
    engine = demo.start()
    (demo.root / "complete").unlink()
    (demo.root / "filled" / "traefik-acme").unlink()
    acme = folder(engine, "traefik-acme") / "acme.json"
    acme.write_text("half wri")
    stray = folder(engine, "traefik-acme") / "stray"
    stray.mkdir()
    kept = folder(engine, "backups") / "kept"
    kept.touch()
    demo.start()
    assert acme.read_text().startswith("{")
    assert not stray.exists()
    assert kept.exists()


def test_the_command_tells_and_removes(tmp_path: Path) -> None:
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(PROJECT)}
    (tmp_path / "voltui").mkdir()

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.engines.demo", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert run("status").returncode == 1
    assert run("env").stdout == (f"export DOCKER_HOST=unix://{tmp_path}/voltui/demo/engine.sock\n")
    assert run("clean").returncode == 0
    assert run("nonsense").returncode == 2
    assert not os.listdir(tmp_path / "voltui")


@pytest.mark.slow
def test_the_whole_demo_has_two_hundred_thousand_files_and_goes_without_a_trace() -> None:
    demo = Demo(cache_folder() / "demo-test")
    mounts = Path("/proc/self/mounts").read_text()
    try:
        data = folder(demo.start(), "nextcloud_data")
        counted = sum(len(files) for _, _, files in os.walk(os.fsencode(data)))
        assert counted > 200_000
    finally:
        demo.clean()
    assert not demo.root.exists()
    assert Path("/proc/self/mounts").read_text() == mounts
