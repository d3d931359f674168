"""Values as styled content: the details of a volume, the top line, sentences in place of a list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len, chop_cells
from textual.content import Content

from tui.engine import Endpoint, EngineError, masked_options
from tui.engine.errors import CallRefused, EngineTimeout, EngineUnreachable
from tui.engine.model import (
    ContainerState,
    EngineInfo,
    Entry,
    EntryKind,
    FileStat,
    Mount,
    Volume,
    VolumeSize,
)
from tui.presentation import (
    KIND_WORDS,
    age,
    counted,
    device,
    moment,
    moment_ns,
    permissions,
    safe,
    safe_text,
    sentence,
    size,
    size_words,
)

Part = str | tuple[str, str]

KEY = "bold $footer-key-foreground"
MUTED = "$text-muted"

_MARKS = {
    ContainerState.RUNNING: ("●", "$success"),
    ContainerState.RESTARTING: ("●", "$warning"),
    ContainerState.PAUSED: ("‖", "$warning"),
}
_LABEL = 9
"""Cells of the names on the left of the details."""


def notice(headline: str, *lines: Part, keys: Sequence[tuple[str, str]] = ()) -> Content:
    """A sentence in place of a list, what explains it, and the keys that help."""
    parts: list[Part] = [(headline, "bold")]
    for line in lines:
        parts += ["\n\n", line]
    for number, (key, words) in enumerate(keys):
        parts += ["\n\n" if number == 0 else "   ", (key, KEY), f" {words}"]
    return Content.assemble(*parts)


def failure(
    error: EngineError, endpoint: Endpoint, keys: Sequence[tuple[str, str]] = ()
) -> Content:
    """What went wrong, what was tried, what to do."""
    headlines = {
        EngineUnreachable: "No engine answers.",
        EngineTimeout: "The engine does not answer.",
        CallRefused: "The engine refused.",
    }
    headline = headlines.get(type(error))
    lines: list[Part] = [sentence(error)] if headline else []
    if isinstance(error, EngineUnreachable | EngineTimeout):
        lines.append(
            (f"Tried {safe_text(endpoint.url)}, from {safe_text(endpoint.origin)}.", MUTED)
        )
    if error.hint:
        lines.append(safe_text(error.hint))
    return notice(headline or sentence(error), *lines, keys=keys)


@dataclass(frozen=True, slots=True)
class Overview:
    """What the top line tells."""

    endpoint: Endpoint
    read_only: bool
    info: EngineInfo | None = None
    volumes: Sequence[Volume] | None = None
    """None: not known yet."""


def top_line(overview: Overview, width: int) -> Content:
    """Name, engine and where it was found, then counts; what does not fit drops from the middle."""
    left = [Content.assemble(("voltui", "bold $primary")), _engine_name(overview.endpoint)]
    right = [Content(text).stylize(style) for text, style in _totals(overview.volumes)]
    flags = _flags(overview)
    optional = [*_engine_facts(overview)]
    while True:
        start = Content("  ").join([*left, *flags, *optional])
        end = Content("  ·  ").stylize(MUTED).join(right)
        space = width - start.cell_length - end.cell_length
        if space >= 2 or not (optional or right):
            break
        (optional or right).pop()
    return Content.assemble(start, " " * max(1, space), end)


def _engine_name(endpoint: Endpoint) -> Content:
    return Content(safe_text(endpoint.name)).stylize(
        "bold $warning" if endpoint.remote else "$foreground"
    )


def _engine_facts(overview: Overview) -> Iterable[Content]:
    if overview.info:
        version = f"{safe_text(overview.info.name)} {safe_text(overview.info.version)}".strip()
        yield Content(version).stylize(MUTED)
    yield Content(safe_text(overview.endpoint.origin)).stylize(MUTED)


def _flags(overview: Overview) -> list[Content]:
    flags = []
    if overview.read_only:
        flags.append(Content("read-only").stylize("$warning"))
    if overview.info and overview.info.demo:
        flags.append(Content("demo").stylize("$warning"))
    return flags


def _totals(volumes: Sequence[Volume] | None) -> list[tuple[str, str]]:
    if volumes is None:
        return []
    totals = [(counted(len(volumes), "volume"), "$foreground")]
    known = [volume.size.size for volume in volumes if volume.size is not None]
    if known:
        least = "" if len(known) == len(volumes) else "≥ "
        totals.append((least + size(sum(known)), "$foreground"))
    elif volumes:
        totals.append(("size ?", MUTED))
    unused = sum(not volume.in_use for volume in volumes)
    if unused:
        totals.append((f"{unused} unused", "$warning"))
    return totals


def details(volume: Volume, width: int, now: datetime) -> Content:
    """Everything known of a volume; nothing is cut, long values wrap."""
    lines: list[list[tuple[str, str]]] = []
    lines += _wrapped(safe(volume.name), width, "bold $primary")
    lines += _path(volume.mountpoint, width)
    lines.append([])
    for label, value, style in _facts(volume, now):
        lines += _labelled(label, value, width, style)
    lines += _attached(volume.mounts, width)
    lines += _mapping("Labels", volume.labels, width)
    lines += _mapping("Options", masked_options(volume.options), width)
    return Content("\n").join(Content.assemble(*line) for line in lines)


def _facts(volume: Volume, now: datetime) -> Iterable[tuple[str, str, str]]:
    yield from _size(volume.size, now)
    scope = f" (scope {safe(volume.scope)})" if volume.scope else ""
    yield "Driver", safe(volume.driver) + scope, ""
    yield "Created", moment(volume.created) if volume.created else "not known", ""
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


def _path(mountpoint: str, width: int) -> list[list[tuple[str, str]]]:
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


def _attached(mounts: Sequence[Mount], width: int) -> list[list[tuple[str, str]]]:
    if not mounts:
        return [[], [("Attached to", "bold")], [("no container", "$warning")]]
    lines: list[list[tuple[str, str]]] = [[], [("Attached to", "bold")]]
    column = min(max(cell_len(safe(mount.container)) for mount in mounts), max(8, width // 2 - 4))
    for mount in mounts:
        mark, style = _MARKS.get(mount.state, ("○", MUTED))
        name = safe(mount.container)
        tail = [(" ro", "$warning")] if mount.read_only else []
        if mount.state is not ContainerState.RUNNING:
            tail.append((f" {mount.state}", MUTED))
        extra = sum(cell_len(text) for text, _ in tail)
        destination = safe(mount.destination)
        line = [(f"{mark} ", style), (name, "")]
        if cell_len(name) <= column and 2 + column + 2 + cell_len(destination) + extra <= width:
            gap = " " * (column - cell_len(name) + 2)
            lines.append([*line, (gap + destination, MUTED), *tail])
        else:
            lines += [
                [(f"{mark} ", style), *part] if not n else [("  ", ""), *part]
                for n, part in enumerate(_wrapped(name, width - 2, ""))
            ]
            below = _wrapped(destination, width - 4 - extra, MUTED)
            lines += [[("    ", ""), *part] for part in below]
            lines[-1] += tail
    return lines


def _mapping(
    title: str, values: dict[str, str] | object, width: int
) -> list[list[tuple[str, str]]]:
    if not isinstance(values, dict) or not values:
        return []
    lines: list[list[tuple[str, str]]] = [[], [(title, "bold")]]
    for key, value in sorted(values.items()):
        lines += _pair(safe(key), safe(value), width)
    return lines


def _pair(key: str, value: str, width: int) -> list[list[tuple[str, str]]]:
    if cell_len(key) + 1 + cell_len(value) <= width:
        return [[(f"{key} ", MUTED), (value, "")]]
    below = [[("  ", ""), *part] for part in _wrapped(value, width - 2, "")]
    return [*_wrapped(key, width, MUTED), *below]


def _labelled(label: str, value: str, width: int, style: str) -> list[list[tuple[str, str]]]:
    pieces = _wrapped(value, max(8, width - _LABEL), style)
    return [
        [((label if not number else "").ljust(_LABEL), MUTED), *piece]
        for number, piece in enumerate(pieces)
    ]


def _wrapped(text: str, width: int, style: str) -> list[list[tuple[str, str]]]:
    return [[(line, style)] for line in wrapped(text, width)]


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken at spaces where there are some."""
    width = max(4, width)
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cell_len(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = chop_cells(word, width) or [""]
        lines += whole
    return [*lines, line]


def special_sentence(entry: Entry) -> str:
    """What is said in place of the contents of something that is never opened."""
    words = KIND_WORDS[entry.kind]
    number = f" {device(entry.rdev)}" if entry.rdev else ""
    return f"{words.capitalize()}{number}: it is shown, and never opened."


def link_sentence(
    entry: Entry, target: str | None, kind: EntryKind | None = None, why: str = ""
) -> str:
    """Where a symbolic link points and what stands there, as far as that is in the volume."""
    points = f"Symbolic link to {safe(entry.target)}"
    if target is None:
        return f"{points}, which is not in this volume. It is not followed."
    if kind is None:
        return f"{points}, which leads nowhere. {why}"
    return f"{points}, a {KIND_WORDS[kind]} in this volume: {safe(target)}"


def stat_text(told: FileStat, width: int) -> Content:
    """Everything `statx` tells, one fact a line."""
    entry = told.entry
    facts = [
        ("Name", safe(entry.name)),
        ("Kind", KIND_WORDS[entry.kind]),
        ("Target", safe(entry.target)),
        ("Size", f"{entry.size:,} bytes ({size_words(entry.size)})"),
        ("On disk", f"{told.blocks * 512:,} bytes ({told.blocks:,} blocks of 512)"),
        ("Mode", f"{permissions(entry.mode)}  {entry.mode & 0o7777:04o}"),
        ("Owner", f"uid {entry.uid}, gid {entry.gid}"),
        ("Modified", moment_ns(entry.mtime_ns)),
        ("Changed", moment_ns(told.version.ctime_ns)),
        ("Accessed", moment_ns(told.atime_ns)),
        ("Born", "not kept" if told.btime_ns is None else moment_ns(told.btime_ns)),
        ("Links", f"{entry.nlink:,}"),
        ("Inode", str(entry.inode)),
        ("Device", device(entry.rdev) if entry.rdev else ""),
    ]
    lines = [line for label, value in facts if value for line in _labelled(label, value, width, "")]
    return Content("\n").join(Content.assemble(*line) for line in lines)


def as_json(value: object, width: int) -> Content:
    """A value of the engine as JSON, every line whole."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    lines = [part for line in text.split("\n") for part in chop_cells(safe_text(line), width)]
    return Content("\n".join(lines))


def copied(text: str, width: int) -> Content:
    """What was sent to the clipboard, to be selected where the terminal takes nothing."""
    told = wrapped(
        "Sent to the clipboard of the terminal. If it takes none, select it here:", width
    )
    return Content("\n".join([*told, "", *chop_cells(safe_text(text), width)]))
