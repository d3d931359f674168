"""The engines that the tests themselves stand on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import docker
import pytest

from tests.engines.api import EngineAPI, EngineAPIError
from tests.engines.leaks import engine_contents
from tests.engines.namespace import Namespace
from tests.engines.packages import cache_folder, trixie_docker_programs
from tests.engines.private import PrivateEngine, PrivateEngineError
from tests.engines.proxy import FaultProxy
from tests.engines.remains import cgroup_of, remove_abandoned
from tests.engines.spawn import process_start
from tests.engines.waiting import wait_for

Fresh = Callable[..., PrivateEngine]
PROJECT = Path(__file__).parents[2]


def run_container(engine: PrivateEngine, volume: str = "data") -> str:
    mount = {"Type": "volume", "Source": volume, "Target": "/v"}
    body = {
        "Image": engine.busybox(),
        "Cmd": ["sleep", "1000"],
        "StopSignal": "SIGKILL",
        "HostConfig": {"Mounts": [mount], "RestartPolicy": {"Name": "always"}},
    }
    made = str(engine.api.post("/containers/create", body)["Id"])
    engine.api.post(f"/containers/{made}/start")
    return made


def running(engine: PrivateEngine) -> list[str]:
    return [each["Id"] for each in engine.api.get("/containers/json")]


def cgroups(engine: PrivateEngine) -> list[Path]:
    return list(Path("/sys/fs/cgroup").glob(f"**/{cgroup_of(engine.root)}"))


def test_two_engines_at_once_know_nothing_of_each_other(fresh_engine: Fresh) -> None:
    one, other = fresh_engine(), fresh_engine()
    one.api.post("/volumes/create", {"Name": "mine"})
    assert not other.api.get("/volumes")["Volumes"]
    assert one.namespace.processes().keys().isdisjoint(other.namespace.processes())


def test_the_mountpoint_is_seen_from_here_and_its_mounts_too(fresh_engine: Fresh) -> None:
    engine = fresh_engine()
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}
    engine.api.post("/volumes/create", {"Name": "memory", "DriverOpts": options})
    container = run_container(engine, "memory")
    folder = engine.path(engine.api.get("/volumes/memory")["Mountpoint"])
    (folder / "seen").write_text("in memory")
    with closing(docker.APIClient(engine.url)) as client:
        command = client.exec_create(container, ["cat", "/v/seen"])["Id"]
        assert client.exec_start(command) == b"in memory"


def test_after_a_crash_it_starts_again_with_what_it_had(fresh_engine: Fresh) -> None:
    engine = fresh_engine()
    container = run_container(engine)
    engine.kill()
    assert engine.pid is None
    assert not engine.api.answers()
    engine.start()
    wait_for(lambda: running(engine) == [container], "the container's restart")


def test_a_clean_restart_keeps_containers_and_volumes(fresh_engine: Fresh) -> None:
    engine = fresh_engine()
    container = run_container(engine)
    before = engine_contents(engine.api)
    engine.restart()
    wait_for(lambda: running(engine) == [container], "the container's restart")
    assert engine_contents(engine.api) == before


def test_with_live_restore_containers_survive_the_daemon(fresh_engine: Fresh) -> None:
    engine = fresh_engine(live_restore=True)
    container = run_container(engine)
    wait_for(lambda: engine.namespace.find("sleep"), "the container's command")
    pid = engine.namespace.find("sleep")
    engine.stop()
    assert engine.namespace.find("sleep") == pid
    engine.start()
    assert running(engine) == [container]
    assert engine.namespace.find("sleep") == pid


def test_a_frozen_engine_accepts_and_does_not_answer(fresh_engine: Fresh) -> None:
    engine = fresh_engine()
    engine.freeze()
    assert not EngineAPI(engine.socket, timeout=0.3).answers()
    engine.thaw()
    assert engine.api.answers()


@pytest.mark.parametrize("state", ["running", "paused", "frozen", "killed"])
def test_nothing_is_left_whatever_state_it_was_in(state: str) -> None:
    mounts = Path("/proc/self/mounts").read_text()
    with PrivateEngine() as engine:
        container = run_container(engine)
        wait_for(lambda: engine.namespace.find("sleep"), "the container's command")
        inside = {pid: process_start(pid) for pid in engine.namespace.processes()}
        assert {"tini", "dockerd", "containerd"} <= set(engine.namespace.processes().values())
        if state == "paused":
            engine.api.post(f"/containers/{container}/pause")
        elif state == "frozen":
            engine.freeze()
        elif state == "killed":
            engine.kill()
        assert cgroups(engine)
    assert not engine.root.exists()
    assert Path("/proc/self/mounts").read_text() == mounts
    assert not cgroups(engine)
    assert not any(process_start(pid) == start for pid, start in inside.items())


def test_a_volume_with_a_path_past_path_max_is_removed_too() -> None:
    with PrivateEngine() as engine:
        engine.api.post("/volumes/create", {"Name": "deep"})
        here = os.open(engine.api.get("/volumes/deep")["Mountpoint"], os.O_RDONLY)
        for _ in range(60):
            os.mkdir("d" * 200, dir_fd=here)
            below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(here)
    assert not engine.root.exists()


def test_an_engine_ends_with_its_owner_even_after_kill_9(tmp_path: Path) -> None:
    script = (
        "from tests.engines.private import PrivateEngine\n"
        "engine = PrivateEngine(); engine.start()\n"
        "print(engine.root, engine.namespace.init, engine.namespace.started, flush=True)\n"
        "input()\n"
    )
    environment = os.environ | {
        "XDG_CACHE_HOME": str(cache_folder().parent),
        "PYTHONPATH": str(PROJECT),
    }
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    ) as owner:
        assert owner.stdout is not None
        root, init, started = owner.stdout.readline().decode().split()
        namespace = Namespace(int(init), started)
        assert namespace.find("dockerd")
        owner.send_signal(signal.SIGKILL)
    wait_for(lambda: not namespace.alive, "the end of the orphaned engine")
    assert Path(root).exists()
    remove_abandoned()
    assert not Path(root).exists()


def test_a_socket_path_that_is_too_long_is_said(tmp_path: Path) -> None:
    with pytest.raises(PrivateEngineError, match="too long"):
        PrivateEngine(tmp_path / ("x" * 120))


@pytest.mark.slow
def test_docker_26_of_debian_13_runs_beside(fresh_engine: Fresh) -> None:
    engine = fresh_engine(programs=trixie_docker_programs())
    assert engine.api.get("/version")["ApiVersion"] == "1.45"
    container = run_container(engine)
    assert running(engine) == [container]


@pytest.fixture
def proxy(
    engine_20: PrivateEngine, make_proxy: Callable[[PrivateEngine], FaultProxy]
) -> FaultProxy:
    return make_proxy(engine_20)


class TestProxy:
    def test_it_counts_what_passes(self, proxy: FaultProxy) -> None:
        api = EngineAPI(proxy.path)
        api.get("/version")
        api.post("/containers/prune")
        assert proxy.requests == ["GET /version", "POST /containers/prune"]
        assert proxy.connections == 2
        assert proxy.round_trips == 2
        assert proxy.to_engine.bytes > 50
        assert proxy.to_client.bytes > 500

    def test_what_is_asked_at_once_is_one_round_trip(self, proxy: FaultProxy) -> None:
        proxy.to_engine.delay = proxy.to_client.delay = 0.1
        asked = [
            threading.Thread(target=EngineAPI(proxy.path).get, args=("/version",)) for _ in range(3)
        ]
        for thread in asked:
            thread.start()
        for thread in asked:
            thread.join()
        assert (len(proxy.requests), proxy.round_trips) == (3, 1)

    def test_a_delay_counts_once_each_way(self, proxy: FaultProxy) -> None:
        proxy.to_engine.delay = proxy.to_client.delay = 0.1
        begin = time.monotonic()
        EngineAPI(proxy.path).get("/version")
        assert 0.2 <= time.monotonic() - begin < 0.39

    def test_a_stalled_one_accepts_and_goes_on_when_told(self, proxy: FaultProxy) -> None:
        proxy.stalled = True
        assert not EngineAPI(proxy.path, timeout=0.2).answers()
        late = threading.Timer(0.2, setattr, (proxy, "stalled", False))
        late.start()
        assert EngineAPI(proxy.path, timeout=5).answers()
        late.join()

    def test_posts_are_refused_while_gets_pass(self, proxy: FaultProxy) -> None:
        proxy.refused_methods = frozenset({"POST"})
        api = EngineAPI(proxy.path)
        assert api.get("/version")
        with pytest.raises(EngineAPIError, match=r"403.*forbidden by the proxy"):
            api.post("/volumes/create", {"Name": "never-made"})

    def test_an_answer_is_cut_in_its_middle(self, proxy: FaultProxy) -> None:
        proxy.to_client.cut_after = 100
        assert not EngineAPI(proxy.path).answers()
        assert proxy.to_client.bytes == 100

    def test_garbage_is_no_answer(self, proxy: FaultProxy) -> None:
        proxy.garbage = b"\x15\x03\x01\x00\x02\x02\x46 not HTTP\r\n"
        with closing(socket.socket(socket.AF_UNIX)) as client:
            client.connect(str(proxy.path))
            client.sendall(b"GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.makefile("rb").read() == proxy.garbage

    def test_attached_streams_and_uploads_pass_in_chunks(
        self, proxy: FaultProxy, busybox: str
    ) -> None:
        with closing(docker.APIClient(proxy.url, version="1.41")) as client:
            made = client.create_container(
                busybox, ["cat"], stdin_open=True, host_config=client.create_host_config()
            )["Id"]
            try:
                attached = client.attach_socket(made, {"stdin": 1, "stdout": 1, "stream": 1})
                client.start(made)
                attached._sock.sendall(b"through the proxy\n")
                assert attached.read(26)[8:] == b"through the proxy\n"
                attached._sock.close()
                attached.close()
                client.put_archive(made, "/tmp", _chunks())
            finally:
                client.remove_container(made, force=True)


def _chunks() -> Iterator[bytes]:
    for _ in range(20):
        yield bytes(512)
