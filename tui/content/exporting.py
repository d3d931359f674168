"""What the dialog of an export says."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tui.content.lines import MUTED, Line, labelled
from tui.engine.holders import Holder
from tui.engine.model import Volume
from tui.engine.transfers.destinations import Destination
from tui.engine.transfers.tofile import ArchiveFile
from tui.presentation import counted, safe, safe_text, size_words, total_words

_SHOWN = 3
"""Files of several that are named."""
_PIPES = {".tar": "", ".tar.gz": " | gzip", ".tar.zst": " | zstd -T0"}


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """What is known so far of the volumes that are chosen."""

    volumes: Sequence[Volume]
    places: Sequence[Destination] = ()
    """Where each of them goes; none while the place makes no sense."""
    free: int | None = None
    """Bytes free there."""
    writers: Mapping[str, Sequence[Holder]] = field(default_factory=dict)
    """By name of the volume; those that were not asked about are missing."""

    @property
    def asked(self) -> bool:
        """Whether all writers are known."""
        return all(volume.name in self.writers for volume in self.volumes)

    @property
    def written(self) -> dict[str, Sequence[Holder]]:
        """Who may write, for each volume that somebody may write to."""
        names = {volume.name for volume in self.volumes}
        return {name: held for name, held in self.writers.items() if held and name in names}


def fact_lines(facts: ExportFacts, width: int) -> list[Line]:
    """What goes where, how much room there is, and who writes meanwhile."""
    sizes = [volume.size.size if volume.size else None for volume in facts.volumes]
    what = total_words(sizes)
    if len(facts.volumes) > 1:
        what = f"{counted(len(facts.volumes), 'volume')}, {what}"
    lines = labelled("Holds", what, width, "")
    paths = [safe(str(path_of(place))) for place in facts.places]
    more = len(paths) - _SHOWN
    shown = paths[:_SHOWN] if more > 1 else paths
    for number, path in enumerate(shown):
        lines += labelled("Makes" if number == 0 else "", path, width, "")
    if more > 1:
        lines += labelled("", f"and {more:,} more", width, MUTED)
    if facts.free is not None:
        known = sum(size for size in sizes if size is not None)
        lines += labelled(
            "Room",
            f"{size_words(facts.free)} free",
            width,
            "$warning" if known > facts.free else "",
        )
    for name, held in facts.written.items():
        names = ", ".join(safe(holder.name) for holder in held)
        whose = f"{safe(name)}: " if len(facts.volumes) > 1 else ""
        lines += labelled("Writers", f"{whose}{names}", width, "$warning")
    return lines


def path_of(place: Destination) -> Path | None:
    """The file or folder that an export makes."""
    path = getattr(place, "path", None)
    return path if isinstance(path, Path) else None


def equivalent(volume: str, place: Destination) -> str:
    """The docker command that comes nearest, safe to show."""
    mount = shlex.quote(f"{volume}:/v:ro")
    path = shlex.quote(str(path_of(place) or "-"))
    run = f"docker run --rm -v {mount} busybox tar -cC /v ."
    if isinstance(place, ArchiveFile):
        return safe_text(f"{run}{_PIPES[place.kind.value]} > {path}")
    return safe_text(f"mkdir {path} && {run} | tar -xC {path}")
