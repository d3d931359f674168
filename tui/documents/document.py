"""Document: what the preview shows of one entry."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Document:
    """Lines, or a sentence in their place; all of it is safe to show."""

    lines: list[str] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    """Size, encoding and the like for the title, what matters most first."""
    numbered: bool = False
    sentence: str = ""
    """Shown in place of lines where there are none."""
