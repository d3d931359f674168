"""`voltui clone`, as a program of its own."""

from __future__ import annotations

import json

from tests.integration.conftest import Things
from tests.integration.test_cli import voltui
from tests.integration.test_cloning import some


def test_the_new_name_or_everything_of_it_is_printed(things: Things) -> None:
    name, _ = some(things)
    first, second = things.name(), things.name()
    said = voltui(things, "clone", name, first)
    assert (said.returncode, said.stdout, said.stderr) == (0, f"{first}\n".encode(), b"")
    said = voltui(things, "clone", name, second, "--json", "--label", "a=b")
    assert said.returncode == 0, said.stderr
    told = json.loads(said.stdout)
    assert (told["name"], told["incomplete"], told["losses"]) == (second, False, [])
    assert told["changed"] == {"count": 0, "paths": []}
    assert (told["entries"], told["bytes"]) == (4, 100_000)
    assert {key: told["labels"].get(key) for key in ("kept", "a")} == {"kept": "yes", "a": "b"}
    assert "com.docker.compose.project" not in told["labels"]


def test_what_would_be_made_and_what_is_refused(things: Things) -> None:
    name, _ = some(things)
    things.container([f"{name}:/d"], ["sleep", "1000"], start=True)
    new = things.name()
    said = voltui(things, "clone", name, new, "--dry-run")
    assert said.returncode == 0
    assert f"would be cloned to {new}, a plain local volume." in said.stdout.decode()
    assert "without the label com.docker.compose.project" in said.stdout.decode()
    said = voltui(things, "clone", name, new)
    assert said.returncode == 2
    assert b"give --hot to clone it" in said.stderr
    assert voltui(things, "clone", name, name).returncode == 1
    assert voltui(things, "clone", name, new, "--hot").returncode == 0
