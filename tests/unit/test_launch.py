"""Which engine `make run` takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engines.launch import configured
from tests.engines.packages import Programs
from tui.engine import endpoint


@pytest.mark.parametrize(
    "arguments", [["--host", "unix:///x"], ["ls", "--host=tcp://x"], ["-Hunix:///x"], ["--version"]]
)
def test_what_is_asked_for_is_run(arguments: list[str]) -> None:
    assert configured(arguments)


@pytest.mark.parametrize(
    ("name", "value"), [("DOCKER_HOST", "unix:///not/there"), ("DOCKER_CONTEXT", "missing")]
)
def test_a_configured_engine_counts_even_when_it_is_away(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert configured([])


def test_a_current_context_counts(private_home: Path) -> None:
    (private_home / ".docker").mkdir()
    (private_home / ".docker" / "config.json").write_text(json.dumps({"currentContext": "prod"}))
    assert configured([])


def test_only_a_machine_without_any_engine_gets_the_demo() -> None:
    sockets = [endpoint.DEFAULT_SOCKET, Path("/run/podman/podman.sock")]
    has_engine = any(each.exists() for each in sockets) or Programs().find("dockerd")
    assert configured([]) == bool(has_engine)
