"""Filling an engine with the demo; what an interrupted run left is finished or done again."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.engines.api import EngineAPIError
from tests.engines.demo.containers import CONTAINERS, ContainerPlan
from tests.engines.demo.tree import Tree
from tests.engines.demo.volumes import VOLUMES, Fill, VolumePlan
from tests.engines.private import PrivateEngine
from tests.engines.waiting import wait_for


def fill(engine: PrivateEngine, *, scale: float = 1.0) -> None:
    """Make the volumes with their files, then the containers in their states.

    `scale` is the share of the 200,000 files to make.
    """
    _fill_volumes(engine, scale)
    revive(engine)


def revive(engine: PrivateEngine) -> None:
    """Bring back what ends with the engine: the states of containers, the files in memory."""
    _make_containers(engine)
    for plan in VOLUMES:
        root = engine.path(_mountpoint(engine, plan))
        if plan.tmpfs and not os.listdir(root):
            _write(plan, plan.fills, root, 1.0)


def _make_containers(engine: PrivateEngine) -> None:
    """Make the containers that lack and bring each into its state."""
    _tag_images(engine)
    known = {name: each["Id"] for each in _containers(engine) for name in each["Names"]}
    for plan in CONTAINERS:
        if f"/{plan.name}" not in known:
            engine.api.post("/containers/create", plan.payload(), name=plan.name)
    with ThreadPoolExecutor(4) as threads:
        for result in [threads.submit(_bring_to_state, engine, plan) for plan in CONTAINERS]:
            result.result()


def _fill_volumes(engine: PrivateEngine, scale: float) -> None:
    done = engine.root / "filled"
    done.mkdir(exist_ok=True)
    work: list[tuple[VolumePlan, Fill, Path]] = []
    for plan in VOLUMES:
        mountpoint = _create(engine, plan)
        if not plan.tmpfs and not (done / plan.name).exists():
            _clear(mountpoint)
            work += [(plan, each, mountpoint) for each in plan.fills]
    # The heavy ones first, so that no processor waits for them in the end.
    work.sort(key=lambda item: len(item[0].fills), reverse=True)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), context) as pool:
        running = [
            pool.submit(_write, plan, (each,), mountpoint, scale) for plan, each, mountpoint in work
        ]
        for result in running:
            result.result()
    for plan in VOLUMES:
        (done / plan.name).touch()


def _create(engine: PrivateEngine, plan: VolumePlan) -> Path:
    labels = plan.all_labels()
    if plan.anonymous and _labels_anonymous(engine):
        labels["com.docker.volume.anonymous"] = ""
    options = {"DriverOpts": dict(plan.options)} if plan.options else {}
    made = engine.api.post("/volumes/create", {"Name": plan.name, "Labels": labels, **options})
    return Path(made["Mountpoint"])


def _labels_anonymous(engine: PrivateEngine) -> bool:
    version: str = engine.api.get("/version")["ApiVersion"]
    return tuple(map(int, version.split("."))) >= (1, 42)


def _write(plan: VolumePlan, fills: tuple[Fill, ...], root: Path, scale: float) -> None:
    for each in fills:
        tree = Tree(root, plan.name, time.time(), scale)
        each(tree)
    if len(plan.fills) == 1:
        tree.settle()


def _clear(root: Path) -> None:
    for entry in os.scandir(os.fsencode(root)):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)


def _tag_images(engine: PrivateEngine) -> None:
    base = engine.busybox()
    known = {tag for each in engine.api.get("/images/json") for tag in each["RepoTags"] or []}
    for image in sorted({plan.image for plan in CONTAINERS} - known):
        repository, _, tag = image.rpartition(":")
        engine.api.post(f"/images/{base}/tag", None, repo=repository, tag=tag)


def _containers(engine: PrivateEngine) -> Iterator[Any]:
    yield from engine.api.get("/containers/json", all="1")


def _mountpoint(engine: PrivateEngine, plan: VolumePlan) -> str:
    return str(engine.api.get(f"/volumes/{plan.name}")["Mountpoint"])


def _state(engine: PrivateEngine, plan: ContainerPlan) -> str:
    return str(engine.api.get(f"/containers/{plan.name}/json")["State"]["Status"])


def _bring_to_state(engine: PrivateEngine, plan: ContainerPlan) -> None:
    state = _state(engine, plan)
    if state == plan.state or plan.state == "created":
        return
    if state in {"created", "exited"}:
        engine.api.post(f"/containers/{plan.name}/start")
    if plan.state == "exited":
        wait_for(lambda: _state(engine, plan) == "exited", f"the end of {plan.name}", 30)
    if plan.state == "paused":
        try:
            engine.api.post(f"/containers/{plan.name}/pause")
        except EngineAPIError as error:
            if error.status != 409:
                raise
