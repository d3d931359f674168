"""Docker's own tutorial: a database on a volume, taken away and brought back."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engines.postgres import DATA, import_postgres
from tests.engines.private import PrivateEngine
from tests.engines.waiting import wait_for
from tests.integration.cli import voltui, volumes

pytestmark = pytest.mark.slow

TABLE = "CREATE TABLE tasks (id int, what text); INSERT INTO tasks VALUES (1, 'one'), (2, 'two');"
ROWS = "SELECT string_agg(id || what, ' ' ORDER BY id) FROM tasks"


class Database:
    """A container with PostgreSQL on a volume, through the docker command."""

    def __init__(self, engine: PrivateEngine) -> None:
        self._engine = engine
        busybox = engine.programs.find("busybox")
        assert busybox
        self._image = import_postgres(engine.api, busybox)
        self._environment = {**engine.programs.environment(), "DOCKER_HOST": engine.url}

    def start(self, volume: str) -> None:
        """Run a new container named db, and wait until the server answers."""
        self._docker("run", "--detach", "--name", "db", "--volume", f"{volume}:{DATA}", self._image)
        wait_for(lambda: self._psql("SELECT 1").returncode == 0, "the database", 60)

    def ask(self, query: str) -> str:
        """What psql prints."""
        said = self._psql(query)
        assert said.returncode == 0, said.stderr
        return said.stdout.strip()

    def end(self) -> None:
        """Stop the container and remove it; the volume stays."""
        self._docker("stop", "db")
        self._docker("rm", "db")

    def _psql(self, query: str) -> subprocess.CompletedProcess[str]:
        command = ["docker", "exec", "db", "psql", "--username", "postgres", "-At", "-c", query]
        return self._run(command)

    def _docker(self, *arguments: str) -> None:
        done = self._run(["docker", *arguments])
        assert done.returncode == 0, done.stderr

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=False
        )


@pytest.fixture
def engine(fresh_engine: Callable[..., PrivateEngine]) -> PrivateEngine:
    return fresh_engine()


def test_a_database_comes_back_from_an_export_and_from_a_clone(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    database = Database(engine)
    database.start("pgdata")
    database.ask(TABLE)
    hot = voltui(engine.url, "export", "pgdata", str(tmp_path / "hot.tar.zst"))
    assert hot.status == 2
    assert "db" in hot.err
    database.end()

    archive = tmp_path / "pgdata.tar.zst"
    assert voltui(engine.url, "export", "pgdata", str(archive)).status == 0
    assert voltui(engine.url, "clone", "pgdata", "branch").status == 0
    assert voltui(engine.url, "rm", "pgdata", "--yes").status == 0
    assert "pgdata" not in volumes(engine.api)

    assert voltui(engine.url, "import", str(archive), "pgdata").status == 0
    for volume in ("pgdata", "branch"):
        database.start(volume)
        assert database.ask(ROWS) == "1one 2two"
        database.ask("INSERT INTO tasks VALUES (3, 'three')")
        database.end()
