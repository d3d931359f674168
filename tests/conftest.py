"""Real engines for every test, a private home, and a last look for what was left behind."""

from __future__ import annotations

import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import docker
import pytest

from tests.engines.leaks import RunLeaks, engine_contents
from tests.engines.private import PrivateEngine
from tests.engines.proxy import FaultProxy
from tests.engines.waiting import wait_for

_LEAKS = pytest.StashKey[RunLeaks]()
_LEFT = pytest.StashKey[list[str]]()
_FOREIGN = ("DOCKER_", "COMPOSE_", "VOLTUI_", "XDG_", "TEXTUAL", "NO_COLOR", "COLORTERM", "LC_")


def pytest_configure(config: pytest.Config) -> None:
    """Take the developer's settings out of the environment before anything reads them."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    os.environ.setdefault("GOCACHE", str(cache / "go-build"))
    if not hasattr(config, "workerinput"):  # A worker has what the plugins of its run tell it.
        for name in [name for name in os.environ if name.startswith(_FOREIGN)]:
            del os.environ[name]
    os.environ["TZ"] = "UTC"
    time.tzset()
    if not hasattr(config, "workerinput"):  # The workers of a run are looked at together.
        config.stash[_LEAKS] = RunLeaks()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run when something of it is still there."""
    leaks = session.config.stash.get(_LEAKS, None)
    if leaks is None:
        return
    try:
        wait_for(lambda: not leaks.found(), "the end of the run's processes", 5)
    except AssertionError:
        session.config.stash[_LEFT] = leaks.found()
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what was left behind."""
    left = config.stash.get(_LEFT, [])
    if left:
        terminalreporter.section("left behind")
        for line in left:
            terminalreporter.line(line, red=True)


@pytest.fixture(autouse=True)
def private_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for each test; its caches of packages and builds are shared."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    return home


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Let Python collect what an app of the test kept from it for as long as it ran."""
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    gc.enable()


@pytest.fixture(scope="session")
def engine_20() -> Iterator[PrivateEngine]:
    """The session's engine; tests leave it as they found it, which is checked at the end."""
    with PrivateEngine() as engine:
        engine.busybox()
        before = engine_contents(engine.api)
        yield engine
        left = sorted(engine_contents(engine.api) - before)
        assert not left, f"left on the engine: {', '.join(left)}"


@pytest.fixture(scope="session")
def busybox(engine_20: PrivateEngine) -> str:
    """Name of an image with busybox on the session's engine."""
    return engine_20.busybox()


@pytest.fixture(scope="session")
def docker_client(engine_20: PrivateEngine) -> Iterator[docker.APIClient]:
    """The SDK on the session's engine, for set-up by tests."""
    with closing(docker.APIClient(engine_20.url, version="auto")) as client:
        yield client


@pytest.fixture
def fresh_engine() -> Iterator[Callable[..., PrivateEngine]]:
    """Start an engine that a test may break: `fresh_engine(**options of PrivateEngine)`."""
    with ExitStack() as engines:
        yield lambda **options: engines.enter_context(PrivateEngine(**options))


@pytest.fixture
def make_proxy() -> Iterator[Callable[[PrivateEngine], FaultProxy]]:
    """Put a proxy with faults in front of an engine: `make_proxy(engine)`."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="voltui-proxy-")))

        def make(engine: PrivateEngine) -> FaultProxy:
            count = len(list(folder.iterdir()))
            return stack.enter_context(FaultProxy(engine.socket, folder / f"{count}.sock"))

        yield make
