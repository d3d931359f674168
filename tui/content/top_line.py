"""The first line of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from tui.content.lines import MUTED
from tui.engine import Endpoint
from tui.engine.model import EngineInfo, Volume
from tui.presentation import counted, safe_text, size


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
    left = [
        Content.assemble(("voltui", "bold $primary")),
        _engine_name(overview.endpoint, max(12, width // 3)),
    ]
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


def _engine_name(endpoint: Endpoint, width: int) -> Content:
    name = safe_text(endpoint.name)
    if cell_len(name) > width:
        name = set_cell_size(name, width - 1) + "…"
    return Content(name).stylize("bold $warning" if endpoint.remote else "$foreground")


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
