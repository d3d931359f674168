"""What the engine's lists become."""

from __future__ import annotations

from datetime import UTC, datetime

from tui.engine.model import ContainerState
from tui.engine.volumes import parse_helpers, parse_time, parse_volumes

HEX = "0123456789abcdef" * 4


def volume(name: str, **more: object) -> dict[str, object]:
    return {"Name": name, "Driver": "local", "Mountpoint": f"/m/{name}", "Labels": None, **more}


def container(name: str, *mounts: dict[str, object], **more: object) -> dict[str, object]:
    return {
        "Id": name * 8,
        "Names": [f"/{name}"],
        "Image": "busybox",
        "State": "running",
        "Labels": {},
        "Mounts": list(mounts),
        **more,
    }


def mount(name: str, destination: str, rw: bool = True) -> dict[str, object]:
    return {"Type": "volume", "Name": name, "Destination": destination, "RW": rw}


def test_a_volume_mounted_twice_by_one_container_has_two_mounts_and_one_container() -> None:
    (parsed,) = parse_volumes(
        {"Volumes": [volume("data")]},
        [container("web", mount("data", "/a"), mount("data", "/b", rw=False))],
    )
    assert [(m.destination, m.read_only) for m in parsed.mounts] == [("/a", False), ("/b", True)]
    assert parsed.containers == 1


def test_helpers_of_ours_are_nobodys_users() -> None:
    helper = container(
        "h",
        mount("data", "/v", rw=False),
        Labels={"voltui.helper": "1", "voltui.volume": "data", "voltui.client": "a/1"},
    )
    (parsed,) = parse_volumes({"Volumes": [volume("data")]}, [helper])
    assert not parsed.in_use
    (found,) = parse_helpers([helper, container("web")])
    assert (found.volume, found.client, found.read_only) == ("data", "a/1", True)


def test_stopped_and_created_containers_use_a_volume_too() -> None:
    states = ["created", "exited", "paused", "dead", "quite new"]
    containers = [container(s[0], mount("data", "/d"), State=s) for s in states]
    (parsed,) = parse_volumes({"Volumes": [volume("data")]}, containers)
    assert {m.state for m in parsed.mounts} == {
        ContainerState.CREATED,
        ContainerState.EXITED,
        ContainerState.PAUSED,
        ContainerState.DEAD,
        ContainerState.UNKNOWN,
    }
    assert parsed.in_use
    assert parsed.running


def test_anonymous_is_what_the_label_says_and_the_name_only_looks_so() -> None:
    labelled = volume(HEX, Labels={"com.docker.volume.anonymous": ""})
    unlabelled = volume(HEX)
    chosen = volume("f" * 63)
    parsed = parse_volumes({"Volumes": [labelled, unlabelled, chosen]}, [])
    assert [(v.anonymous, v.looks_anonymous) for v in parsed] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_missing_and_strange_fields_are_unknown() -> None:
    strange = {"Name": "x", "Options": None, "CreatedAt": "nonsense"}
    (parsed,) = parse_volumes({"Volumes": [strange]}, [])
    assert (parsed.created, parsed.size, parsed.mountpoint, parsed.project) == (
        None,
        None,
        "",
        None,
    )
    assert not parsed.plain
    unused = {"Id": "1", "Mounts": None, "Labels": None, "Names": None}
    (bare,) = parse_volumes({"Volumes": [volume("y")]}, [unused])
    assert not bare.in_use


def test_times_of_both_engines() -> None:
    assert parse_time("2026-11-21T02:59:20Z") == datetime(2026, 11, 21, 2, 59, 20, tzinfo=UTC)
    podman = parse_time("2026-11-21T03:59:20.123456789+01:00")
    assert podman == datetime(2026, 11, 21, 2, 59, 20, 123456, tzinfo=UTC)
    assert parse_time("0001-01-01T00:00:00Z") is None
    assert parse_time(1763693960) == datetime(2025, 11, 21, 2, 59, 20, tzinfo=UTC)
