"""What goes with a volume, and what does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.content.lines import MUTED, Line, indented, labelled, styled
from tui.engine import masked_options
from tui.engine.masking import masked_text
from tui.engine.model import DiskUsage, Volume, VolumeSize
from tui.engine.volumes import SNAPSHOT_LABEL
from tui.presentation import age, counted, safe, size_words


@dataclass(frozen=True, slots=True)
class Inside:
    """What was found inside a volume so far."""

    usage: DiskUsage | None = None
    complete: bool = False
    """Nothing follows: all was counted, or what could not be has its reason."""
    why: str = ""
    """Why it was not counted, safe to show."""

    @property
    def empty(self) -> bool:
        """Whether it was looked into and holds nothing."""
        used = self.usage
        return (
            used is not None
            and self.complete
            and not (self.why or used.files or used.directories or used.errors)
        )

    @property
    def holds_something(self) -> bool:
        """Whether something was seen in it."""
        used = self.usage
        return used is not None and bool(used.files or used.directories or used.errors)


def known_size(volume: Volume, inside: Inside) -> int | None:
    """Bytes, counted now or measured before; None: not known."""
    if inside.usage is not None and inside.complete and not inside.why:
        return inside.usage.apparent
    return volume.size.size if volume.size else None


def holds(volume: Volume, inside: Inside, now: datetime) -> str:
    """What is inside, in words, with how that is known."""
    if inside.empty:
        return "nothing"
    if inside.complete and inside.usage is not None and not inside.why:
        return _amount(inside.usage)
    measured = _measured(volume.size, now)
    if inside.complete:
        return f"{measured}; not counted: {inside.why}"
    so_far = f" {_amount(inside.usage)} so far" if inside.usage else ""
    return f"{measured}; counting …{so_far}"


def amount(size: int, files: int, directories: int) -> str:
    """`1.8 GiB in 1,284 files and 312 folders`."""
    folders = f" and {counted(directories, 'folder')}" if directories else ""
    return f"{size_words(size)} in {counted(files, 'file')}{folders}"


def _amount(usage: DiskUsage) -> str:
    text = amount(usage.apparent, usage.files, usage.directories)
    return f"at least {text}, {usage.errors:,} not readable" if usage.errors else text


def _measured(known: VolumeSize | None, now: datetime) -> str:
    if known is None:
        return "size not known"
    files = f" in {counted(known.files, 'file')}" if known.files is not None else ""
    return f"{size_words(known.size)}{files}, measured {age(known.measured, now)}"


def stays(volume: Volume) -> str:
    """What becomes of storage that is not the engine's own when the volume is deleted, safe to
    show; empty where it is.

    Of the driver local: it unmounts the device and removes the mountpoint (run).
    """
    device = safe(masked_text(volume.options.get("device", "")))
    if volume.driver != "local":
        return f"Whether its data goes too is up to the driver {safe(volume.driver)}."
    if volume.options.get("type") == "tmpfs":
        return "It is kept in memory: its contents go when no container has it mounted."
    if device:
        return f"Deleting the volume does not delete what is in {device}."
    return ""


def volume_lines(volume: Volume, inside: Inside, now: datetime, width: int) -> list[Line]:
    """Everything about one volume that matters when it goes, a fact a line."""
    lines: list[Line] = []
    for label, value in (("Holds", holds(volume, inside, now)), *_facts(volume)):
        lines += labelled(label, value, width, "")
    if words := stays(volume):
        lines += styled(words, width, "$warning")
    return lines


def _facts(volume: Volume) -> Iterable[tuple[str, str]]:
    if volume.project:
        yield "Project", safe(volume.project)
    if volume.driver != "local":
        yield "Driver", safe(volume.driver)
    if volume.options:
        yield "Options", _pairs(masked_options(volume.options))
    if labels := {k: v for k, v in volume.labels.items() if k.startswith(SNAPSHOT_LABEL)}:
        yield "Snapshot", _pairs(labels)


def _pairs(values: Mapping[str, str]) -> str:
    return "  ".join(f"{safe(key)}={safe(value)}" for key, value in sorted(values.items()))


def brief_lines(volume: Volume, inside: Inside, now: datetime, width: int) -> list[Line]:
    """The same of one among several: its name, and the facts in one paragraph below."""
    name = indented(styled(safe(volume.name), width - 2, "bold"), ("· ", MUTED))
    facts = [f"{label.lower()} {value}" for label, value in _facts(volume)]
    below = styled("; ".join([holds(volume, inside, now), *facts]), width - 2, MUTED)
    if words := stays(volume):
        below += styled(words, width - 2, "$warning")
    return name + indented(below, ("  ", ""))


def total(volumes: Sequence[Volume], insides: Mapping[str, Inside]) -> str:
    """`3 volumes with at least 2.1 GiB`."""
    sizes = [known_size(volume, insides.get(volume.name, Inside())) for volume in volumes]
    known = [size for size in sizes if size is not None]
    words = counted(len(volumes), "volume")
    if not known:
        return f"{words} of unknown size"
    least = "at least " if len(known) < len(sizes) else ""
    return f"{words} with {least}{size_words(sum(known))}"
