"""An import under the old name gives compose its volume back, under another one it is a copy."""

from __future__ import annotations

from pathlib import Path

from tests.integration.cli import voltui
from tests.integration.conftest import Things

PROJECT = "com.docker.compose.project"


def test_labels_of_compose_come_back_with_the_old_name_only(things: Things, tmp_path: Path) -> None:
    url, api = things.engine.url, things.engine.api
    name, other = things.volume(Labels={PROJECT: "shop", "owner": "ada"}), things.name()
    archive = str(tmp_path / "a.tar")
    assert voltui(url, "export", name, archive).status == 0
    said = voltui(url, "import", archive, other)
    assert said.status == 0
    assert f"Labels of compose were left out, which are for a volume named {name}." in said.err
    labels = api.get(f"/volumes/{other}")["Labels"]
    assert labels["owner"] == "ada"
    assert PROJECT not in labels
    assert voltui(url, "rm", name, "--yes").status == 0
    again = voltui(url, "import", archive, name)
    assert (again.status, "compose" in again.err) == (0, False)
    assert api.get(f"/volumes/{name}")["Labels"][PROJECT] == "shop"
