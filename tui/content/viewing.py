"""What the viewer says about the file it shows, what matters most first."""

from __future__ import annotations

from dataclasses import dataclass

from tui.presentation import size


@dataclass(frozen=True, slots=True)
class Viewed:
    """What is on the screen of a viewer."""

    size: int
    top: int
    bottom: int
    """Offsets in bytes between which the rows on the screen lie."""
    lines: tuple[int, int] | None
    """Numbers of the first and the last line."""
    total: int | None
    """How many lines there are, once they are counted."""
    encoding: str
    ends: str
    doing: tuple[str, ...]
    """What goes on, what happened; safe to show."""


def viewer_notes(viewed: Viewed) -> tuple[str, ...]:
    """Notes for the title; as many are shown as fit."""
    return (*viewed.doing, *_position(viewed), size(viewed.size), *_kind(viewed))


def _position(viewed: Viewed) -> tuple[str, ...]:
    if not viewed.size:
        return ()
    share = f"{min(100, viewed.bottom * 100 // viewed.size)}%"
    if not viewed.encoding:
        return (f"{viewed.top:#x}", share)
    if viewed.lines is None:
        return (share,)
    total = "" if viewed.total is None else f" of {viewed.total:,}"
    return (f"{viewed.lines[0]:,}-{viewed.lines[1]:,}{total}", share)


def _kind(viewed: Viewed) -> tuple[str, ...]:
    if not viewed.encoding:
        return ("hex",)
    ends = "mixed line ends" if viewed.ends == "mixed" else viewed.ends
    return (viewed.encoding, ends) if ends not in {"", "LF"} else (viewed.encoding,)
