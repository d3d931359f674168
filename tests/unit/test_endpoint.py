"""Resolution of the engine is the docker CLI's."""

from __future__ import annotations

import hashlib
import json
import socket
from pathlib import Path

import pytest

from tui.engine import endpoint as module
from tui.engine.endpoint import resolve
from tui.engine.errors import UsageError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(module, "DEFAULT_SOCKET", tmp_path / "default.sock")
    return {"HOME": str(tmp_path)}


def write_config(home: dict[str, str], current: str) -> None:
    folder = Path(home["HOME"]) / ".docker"
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"currentContext": current}))


def write_context(home: dict[str, str], name: str, host: str, tls: bool = False) -> None:
    digest = hashlib.sha256(name.encode()).hexdigest()
    folder = Path(home["HOME"]) / ".docker" / "contexts"
    meta = folder / "meta" / digest
    meta.mkdir(parents=True)
    (meta / "meta.json").write_text(
        json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}})
    )
    if tls:
        (folder / "tls" / digest / "docker").mkdir(parents=True)


def listen(path: Path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    return listening


def test_order_is_host_context_environment_current_context(home: dict[str, str]) -> None:
    write_context(home, "prod", "tcp://10.0.0.1:2375")
    write_context(home, "stage", "tcp://10.0.0.2:2375")
    write_config(home, "prod")
    everything = {**home, "DOCKER_HOST": "tcp://10.0.0.3", "DOCKER_CONTEXT": "stage"}

    assert resolve("tcp://10.0.0.4", None, everything).url == "tcp://10.0.0.4:2375"
    assert resolve(None, "stage", everything).url == "tcp://10.0.0.2:2375"
    assert resolve(None, None, everything).url == "tcp://10.0.0.3:2375"
    assert resolve(None, None, {**home, "DOCKER_CONTEXT": "stage"}).url == "tcp://10.0.0.2:2375"
    found = resolve(None, None, home)
    assert (found.url, found.name, found.origin) == (
        "tcp://10.0.0.1:2375",
        "prod",
        "context prod",
    )
    assert found.remote


def test_default_context_means_the_environment_or_the_socket(home: dict[str, str]) -> None:
    write_config(home, "default")
    assert resolve(None, None, home).origin == "default socket"
    with_host = {**home, "DOCKER_HOST": "unix:///run/other.sock"}
    assert resolve(None, "default", with_host).url == "unix:///run/other.sock"


def test_rootless_and_podman_sockets_only_where_the_default_is_absent(
    home: dict[str, str], tmp_path: Path
) -> None:
    environ = {**home, "XDG_RUNTIME_DIR": str(tmp_path / "run")}
    with listen(tmp_path / "run" / "podman" / "podman.sock"):
        assert resolve(None, None, environ).origin == "Podman socket"
        with listen(tmp_path / "run" / "docker.sock"):
            assert resolve(None, None, environ).origin == "rootless socket"
            with listen(tmp_path / "default.sock"):
                assert resolve(None, None, environ).origin == "default socket"


def test_a_local_engine_is_not_remote(home: dict[str, str]) -> None:
    for host in ("unix:///x.sock", "tcp://127.0.0.1:2375", "tcp://localhost", "tcp://[::1]:2375"):
        assert not resolve(host, None, home).remote
    for host in ("tcp://10.1.2.3", "tcp://db.example", "10.1.2.3:2375"):
        assert resolve(host, None, home).remote


@pytest.mark.parametrize(
    ("host", "context", "environ", "says"),
    [
        ("tcp://a", "b", {}, "not both"),
        (None, "nowhere", {}, "no docker context named nowhere"),
        ("ftp://a", None, {}, "only unix:// and tcp://"),
        ("ssh://a", None, {}, "ssh"),
        ("tcp://a:99999", None, {}, "port"),
        ("tcp://a:x", None, {}, "port"),
        ("tcp://", None, {}, "no host"),
        ("tcp://[::1", None, {}, "no host"),
        ("tcp://..:2375", None, {}, "no host"),
        ("tcp://\udcff", None, {}, "no host"),
        ("tcp://a\0b", None, {}, "no host"),
        (f"tcp://{'a' * 64}.example", None, {}, "no host"),
        (None, "\udcff", {}, "no docker context"),
        (None, None, {"DOCKER_CONTEXT": "\ud800"}, "no docker context"),
        ("unix://", None, {}, "no socket"),
        ("unix://relative", None, {}, "no socket"),
        ("tcp://a", None, {"DOCKER_TLS_VERIFY": "1"}, "TLS"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    home: dict[str, str],
    host: str | None,
    context: str | None,
    environ: dict[str, str],
    says: str,
) -> None:
    with pytest.raises(UsageError, match=says):
        resolve(host, context, {**home, **environ})


def test_the_path_of_a_socket_is_kept_whole(home: dict[str, str]) -> None:
    for path in ("/a?b#c.sock", "/a b/%41.sock", "/a\udcff"):
        for host in (f"unix://{path}", path, f"UNIX://{path}"):
            found = resolve(host, None, home)
            assert (found.socket, found.remote) == (path, False)
            assert found.address == f"http+unix://{path}"
    assert resolve("tcp://a", None, home).socket == ""


def test_a_context_with_tls_is_told(home: dict[str, str]) -> None:
    write_context(home, "secure", "tcp://10.0.0.1:2376", tls=True)
    with pytest.raises(UsageError, match="context secure uses TLS"):
        resolve(None, "secure", home)


@pytest.mark.parametrize("content", ["{", "[]", '{"currentContext": 3}'])
def test_a_broken_configuration_is_told_or_ignored(home: dict[str, str], content: str) -> None:
    folder = Path(home["HOME"]) / ".docker"
    folder.mkdir()
    (folder / "config.json").write_text(content)
    if content == "{":
        with pytest.raises(UsageError, match=r"config\.json cannot be read"):
            resolve(None, None, home)
    else:
        assert resolve(None, None, home).origin == "default socket"
