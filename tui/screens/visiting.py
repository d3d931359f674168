"""Ways to another volume: those that were open lately, and what else a container has mounted."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import App

from tui.calls import call
from tui.engine import Engine, EngineError
from tui.engine.model import Mount, Volume
from tui.engine.mounts import ContainerMount
from tui.messages import ErrorRaised
from tui.presentation import age, now, safe
from tui.recents import Recent, Recents
from tui.screens.picker import Picker
from tui.widgets.pick_rows import PickRows, Title
from tui.widgets.table import Spans

BIND = "This is a folder of the engine's machine, no volume. It is shown, and not opened."
OTHER = "This is no volume: what is in it lives in the container. It is not opened."


async def choose_recent(
    app: App[object], recents: Recents, volumes: Sequence[Volume]
) -> Recent | None:
    """Let the user choose among volumes that were open lately and still exist."""
    try:
        remembered = await call(recents.all)
    except EngineError as error:
        app.post_message(ErrorRaised(error, "Recent volumes"))
        return None
    names = {volume.name for volume in volumes}
    known = [recent for recent in remembered if recent.volume in names]
    present = now()
    cells: list[list[Spans]] = [
        [
            [(safe(recent.volume), "")],
            [(safe(recent.folder), "dim")],
            [(age(recent.opened, present), "dim")],
        ]
        for recent in known
    ]
    titles = [Title("Volume"), Title("Folder", 26, 60, keep_end=True), Title("Open", 14, 40)]
    words = "" if known else "No volume was open before. Enter opens the one under the cursor."
    row = await app.push_screen_wait(Picker("Recent volumes", PickRows(titles, cells), words))
    return None if row is None else known[row]


async def choose_mount(app: App[object], engine: Engine, mounts: Sequence[Mount]) -> str | None:
    """Let the user choose an attached container, then a volume it has mounted."""
    mount = await _choose_container(app, mounts)
    if mount is None:
        return None
    title = f"Mounts of {safe(mount.container)}"
    try:
        found = await call(engine.mounts, mount.container_id)
    except EngineError as error:
        app.post_message(ErrorRaised(error, title))
        return None
    cells: list[list[Spans]] = [_mount_cells(each) for each in found]
    titles = [Title("Mounted at"), Title("What", 36, 50, keep_end=True), Title("Access", 10, 30)]
    words = "" if found else "It has nothing mounted any more."
    picker = Picker(
        title,
        PickRows(titles, cells),
        words,
        refusal=lambda row: _refusal(found[row]),
    )
    row = await app.push_screen_wait(picker)
    return None if row is None else found[row].volume


async def _choose_container(app: App[object], mounts: Sequence[Mount]) -> Mount | None:
    """One of several containers; the only one without a question."""
    containers = list({mount.container_id: mount for mount in mounts}.values())
    if len(containers) < 2:
        return containers[0] if containers else None
    cells: list[list[Spans]] = [
        [
            [(safe(mount.container), "")],
            [(safe(mount.image), "dim")],
            [(str(mount.state), "running" if mount.running else "dim")],
        ]
        for mount in containers
    ]
    titles = [Title("Container"), Title("Image", 30, 60), Title("State", 12, 30)]
    row = await app.push_screen_wait(Picker("Attached containers", PickRows(titles, cells)))
    return None if row is None else containers[row]


def _mount_cells(mount: ContainerMount) -> list[Spans]:
    what: Spans = [(f"{mount.kind} ", "dim"), (safe(mount.volume or mount.source), "")]
    access = ("read-only", "warning") if mount.read_only else ("read-write", "")
    return [[(safe(mount.destination), "")], what, [access]]


def _refusal(mount: ContainerMount) -> str:
    if mount.volume:
        return ""
    return BIND if mount.kind == "bind" else OTHER
