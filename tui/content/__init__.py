"""Values as styled content, on top of `tui.presentation`."""

from tui.content.details import details
from tui.content.lines import KEY, MUTED, wrapped
from tui.content.notices import failure, link_sentence, notice, special_sentence
from tui.content.texts import as_json, copied, stat_text
from tui.content.top_line import Overview, top_line

__all__ = [
    "KEY",
    "MUTED",
    "Overview",
    "as_json",
    "copied",
    "details",
    "failure",
    "link_sentence",
    "notice",
    "special_sentence",
    "stat_text",
    "top_line",
    "wrapped",
]
