"""Filling an engine with the demo; what an interrupted run left is finished or done again."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.engines.api import EngineAPIError
from tests.engines.demo.containers import CONTAINERS, ContainerPlan
from tests.engines.demo.tree import Tree
from tests.engines.demo.volumes import VOLUMES, Fill, VolumePlan
from tests.engines.private import PrivateEngine
from tests.engines.waiting import wait_for

_Work = tuple[VolumePlan, Fill, Path]
_PR_SET_PDEATHSIG = 1


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
            _write(plan, plan.fills[0], root, 1.0)


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
    shares: list[list[_Work]] = [[]]
    for plan in VOLUMES:
        mountpoint = _create(engine, plan)
        if not plan.tmpfs and not (done / plan.name).exists():
            _clear(mountpoint)
            if len(plan.fills) == 1:
                shares[0].append((plan, plan.fills[0], mountpoint))
            else:
                shares += [[(plan, each, mountpoint)] for each in plan.fills]
    _write_at_once(shares, scale)
    for plan in VOLUMES:
        (done / plan.name).touch()


def _write_at_once(shares: list[list[_Work]], scale: float) -> None:
    """Write each share in a process of its own, none of which outlives this call."""
    # Not a ProcessPoolExecutor: interrupted by Ctrl+c it waits for ever.
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_share, args=(each, scale)) for each in shares if each]
    try:
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
    finally:
        for writer in writers:
            if writer.pid is not None:
                writer.kill()
                writer.join()
    if any(writer.exitcode for writer in writers):
        raise RuntimeError("A part of the demo could not be written; the reason stands above.")


def _write_share(share: list[_Work], scale: float) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for plan, each, mountpoint in share:
        _write(plan, each, mountpoint, scale)


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


def _write(plan: VolumePlan, fill_one: Fill, root: Path, scale: float) -> None:
    tree = Tree(root, plan.name, time.time(), scale)
    fill_one(tree)
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
