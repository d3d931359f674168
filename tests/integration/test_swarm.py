"""Volumes of swarm services: a task is named as such, a service without one is not forgotten."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from tests.engines.private import PrivateEngine
from tests.engines.waiting import wait_for
from tests.integration.conftest import Make, named
from tests.integration.removals import kept, remove_with, removed
from tui.engine import Engine, resolve
from tui.engine.errors import VolumeInUse


def serve(private: PrivateEngine, volume: str) -> dict[str, Any]:
    """A swarm of one, and a service with one task that has the volume; the service as told."""
    address = {"ListenAddr": "127.0.0.1:2377", "AdvertiseAddr": "127.0.0.1"}
    private.api.post("/swarm/init", address)
    mount = {"Type": "volume", "Source": volume, "Target": "/d"}
    command = {"Command": ["sleep", "1000"], "StopSignal": "SIGKILL"}
    task = {"Image": private.busybox(), "Mounts": [mount], **command}
    spec = {
        "Name": "web",
        "TaskTemplate": {"ContainerSpec": task},
        "Mode": {"Replicated": {"Replicas": 1}},
    }
    service = private.api.post("/services/create", spec)["ID"]
    told: dict[str, Any] = private.api.get(f"/services/{service}")
    return told


def scale_down(private: PrivateEngine, service: dict[str, Any]) -> None:
    spec = {**service["Spec"], "Mode": {"Replicated": {"Replicas": 0}}}
    version = private.api.get(f"/services/{service['ID']}")["Version"]["Index"]
    private.api.post(f"/services/{service['ID']}/update", spec, version=version)


def test_a_task_and_a_service_without_one(fresh_engine: Make) -> None:
    private = fresh_engine()
    with closing(Engine(resolve(private.url))) as engine:
        assert engine.services() == {}, "of an engine that manages no swarm"
        service = serve(private, "shared")
        wait_for(lambda: any(v.running for v in engine.volumes()), "the task", 60)
        volume = named(engine, "shared")
        (holder,) = engine.holders(volume)
        assert holder.service == "web"
        assert "a task of the swarm service web, which would start another" in holder.refusal

        (told,) = removed(engine, volume)
        kept(told, VolumeInUse, f"{holder.name} (running, a task of the swarm service web)")
        _, told = remove_with(engine, volume, [holder])
        kept(told, VolumeInUse, f"{holder.name} is not removed. It is a task")
        assert engine.holders(volume) == [holder]

        scale_down(private, service)
        wait_for(lambda: not engine.holders(volume), "the end of the task", 60)
        assert not named(engine, "shared").in_use
        assert engine.services() == {"shared": ("web",)}
