"""`create`, `rm` and `prune` do the same on API 1.41, on API 1.45 and on Podman."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines.packages import podman_programs, trixie_docker_programs
from tests.engines.podman import Podman
from tests.engines.private import PrivateEngine
from tests.integration.cli import voltui, volumes

pytestmark = pytest.mark.slow

Other = PrivateEngine | Podman
LABELLED = "Docker 26.1"
"""The engine that labels what is anonymous."""


@pytest.fixture(params=["Docker 20.10", LABELLED, "Podman 4.3"])
def other(request: pytest.FixtureRequest) -> Iterator[Other]:
    if request.param == "Podman 4.3":
        with Podman(podman_programs()) as podman:
            yield podman
    elif request.param == LABELLED:
        with PrivateEngine(programs=trixie_docker_programs()) as docker:
            yield docker
    else:
        with PrivateEngine() as docker:
            yield docker


def made(other: Other, name: str = "", **labels: str) -> str:
    body = {"Name": name, "Labels": labels} if name else {"Labels": labels}
    return str(other.api.post("/volumes/create", body)["Name"])


def test_prune_takes_the_same(other: Other, request: pytest.FixtureRequest) -> None:
    anonymous = [made(other) for _ in range(3)]
    named = [made(other, "named"), made(other, "shop", **{"com.docker.compose.project": "shop"})]
    snapshot = made(other, "before", **{"voltui.snapshot": "named"})
    labelled = LABELLED in request.node.name

    said = voltui(other.url, "prune", "--yes", "--json")
    assert said.status == 0, said.err
    gone = {each["name"] for each in said.objects if each["outcome"] == "removed"}
    assert gone == (set(anonymous) if labelled else set())

    said = voltui(other.url, "prune", "--looks-anonymous", "--yes", "--json")
    assert said.status == 0, said.err
    gone |= {each["name"] for each in said.objects if each["outcome"] == "removed"}
    assert gone == set(anonymous)
    assert volumes(other.api) == {*named, snapshot}

    said = voltui(other.url, "prune", "--all", "--project", "shop", "--yes", "--sizes")
    assert (said.status, said.out) == (0, "shop\n")
    assert "1 of 1 volume removed (0 Bytes)." in said.err
    said = voltui(other.url, "prune", "--all", "--yes")
    assert (said.status, said.out) == (0, "named\n")
    assert volumes(other.api) == {snapshot}


def test_an_age_is_told_by_engines_that_know_it(
    other: Other, request: pytest.FixtureRequest
) -> None:
    name = made(other, "young")
    said = voltui(other.url, "prune", "--all", "--older-than", "1m", "--yes")
    assert (said.status, said.out) == (0, "Nothing to remove.\n")
    assert ("does not tell their age" in said.err) == ("20.10" in request.node.name)
    said = voltui(other.url, "prune", "--all", "--older-than", "0m", "--yes")
    assert (name not in volumes(other.api)) == ("20.10" not in request.node.name)


def test_create_and_rm(other: Other) -> None:
    options = {"type": "tmpfs", "device": "tmpfs", "o": "mode=1700"}
    given = ["--preset", "tmpfs", "--set", "mode=1700", "--label", "a=b"]
    said = voltui(other.url, "create", "data", *given)
    assert (said.status, said.out, said.err) == (0, "data\n", "")
    (told,) = other.api.get("/volumes")["Volumes"]
    assert (told["Options"], told["Labels"]["a"]) == (options, "b")

    for again in (["data"], ["data", "--label", "c=d"], ["data", "-d", "nowhere"]):
        said = voltui(other.url, "create", *again)
        assert (said.status, said.out) == (1, "")
        assert said.err.startswith("voltui: There is a volume named data already.")
    for wrong in (["-d", "nowhere"], ["-o", "foo=bar"]):
        said = voltui(other.url, "create", "other", *wrong)
        assert (said.status, said.out) == (1, "")
        assert "nowhere" in said.err or "foo" in said.err
    assert volumes(other.api) == {"data"}

    said = voltui(other.url, "rm", "data", "dat", "--yes")
    assert (said.status, said.out) == (1, "data\n")
    assert "There is no volume named dat." in said.err
    assert volumes(other.api) == set()
