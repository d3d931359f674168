"""The details of a volume: everything known of it, nothing cut."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rich.cells import cell_len, chop_cells
from textual.content import Content

from tui.content.lines import MUTED, Line, indented, joined, labelled, styled
from tui.engine import masked_options
from tui.engine.model import ContainerState, Mount, Volume, VolumeSize
from tui.presentation import age, counted, moment, safe, size_words

_MARKS = {
    ContainerState.RUNNING: ("● ", "$success"),
    ContainerState.RESTARTING: ("● ", "$warning"),
    ContainerState.PAUSED: ("‖ ", "$warning"),
}
_STOPPED = ("○ ", MUTED)


def state_mark(state: ContainerState) -> tuple[str, str]:
    """What stands before the name of a container."""
    return _MARKS.get(state, _STOPPED)


def details(volume: Volume, width: int, now: datetime) -> Content:
    """Everything known of a volume; nothing is cut, long values wrap."""
    lines: list[Line] = []
    lines += styled(safe(volume.name), width, "bold $primary")
    lines += _path(volume.mountpoint, width)
    lines.append([])
    for label, value, style in _facts(volume, now):
        lines += labelled(label, value, width, style)
    lines += _attached(volume.mounts, width)
    lines += _mapping("Labels", volume.labels, width)
    lines += _mapping("Options", masked_options(volume.options), width)
    return joined(lines)


def _facts(volume: Volume, now: datetime) -> Iterable[tuple[str, str, str]]:
    if volume.incomplete:
        yield "State", "incomplete: it is being filled, or that never came to its end", "$warning"
    yield from _size(volume.size, now)
    scope = f" (scope {safe(volume.scope)})" if volume.scope else ""
    yield "Driver", safe(volume.driver) + scope, ""
    created = volume.created
    yield "Created", *((moment(created), "") if created else ("not known", MUTED))
    if volume.project:
        yield "Project", safe(volume.project), ""
    if volume.anonymous:
        yield "Name", "anonymous", MUTED
    elif volume.looks_anonymous:
        yield "Name", "looks anonymous: 64 hex digits", MUTED


def _size(known: VolumeSize | None, now: datetime) -> Iterable[tuple[str, str, str]]:
    if known is None:
        yield "Size", "not known yet", MUTED
        return
    yield "Size", f"{size_words(known.size)} apparent", ""
    if known.files is not None:
        yield "", f"in {counted(known.files, 'file')}", MUTED
    yield "", f"measured {age(known.measured, now)}", MUTED


def _path(mountpoint: str, width: int) -> list[Line]:
    """The whole mountpoint, broken behind a slash where that is possible."""
    if not mountpoint:
        return [[("the driver tells no mountpoint", MUTED)]]
    lines = [""]
    for part in re.findall(r"[^/]*/|[^/]+$", safe(mountpoint)):
        if cell_len(lines[-1] + part) > width:
            lines.append("")
        *whole, lines[-1] = chop_cells(lines[-1] + part, width)
        lines[-1:-1] = whole
    return [[(line, "")] for line in lines if line]


def _attached(mounts: Sequence[Mount], width: int) -> list[Line]:
    lines: list[Line] = [[], [("Attached to", "bold")]]
    if not mounts:
        return [*lines, [("no container", "$warning")]]
    names = [cell_len(safe(mount.container)) for mount in mounts]
    column = min(max(names), max(8, width // 2 - 4))
    return lines + [line for mount in mounts for line in _mount(mount, column, width)]


def _mount(mount: Mount, column: int, width: int) -> list[Line]:
    """State, container and destination: on one line where they fit, else below each other."""
    mark = state_mark(mount.state)
    name, destination = safe(mount.container), safe(mount.destination)
    remarks = [(" ro", "$warning")] if mount.read_only else []
    if mount.state is not ContainerState.RUNNING:
        remarks.append((f" {mount.state}", MUTED))
    extra = sum(cell_len(text) for text, _ in remarks)
    space = column - cell_len(name) + 2
    if space >= 2 and column + 4 + cell_len(destination) + extra <= width:
        return [[mark, (name + " " * space, ""), (destination, MUTED), *remarks]]
    above = indented(styled(name, width - 2, ""), mark)
    below = indented(styled(destination, width - 4 - extra, MUTED), ("    ", ""))
    below[-1] += remarks
    return above + below


def _mapping(title: str, values: Mapping[str, str], width: int) -> list[Line]:
    if not values:
        return []
    pairs = [_pair(safe(key), safe(value), width) for key, value in sorted(values.items())]
    return [[], [(title, "bold")], *(line for pair in pairs for line in pair)]


def _pair(key: str, value: str, width: int) -> list[Line]:
    if cell_len(key) + 1 + cell_len(value) <= width:
        return [[(f"{key} ", MUTED), (value, "")]]
    below = indented(styled(value, width - 2, ""), ("  ", ""))
    return [*styled(key, width, MUTED), *below]
