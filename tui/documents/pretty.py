"""JSON on one line, laid out over many; no character of its values is changed."""

from __future__ import annotations

import json
import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+')

_OPENING, _CLOSING = {"{", "["}, {"}", "]"}

INDENT = 2
DEEPEST = 40
"""Levels that are indented; what is nested deeper stands below them."""


def pretty_json(text: str) -> list[str] | None:
    """The lines of a JSON object or array; None where the text is none.

    Numbers, escapes and double keys stay as they are written: only the space between them changes.
    """
    if text.lstrip()[:1] not in _OPENING:
        return None
    try:
        json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    lines = [""]
    depth = 0
    before = ""
    for token in _TOKEN.findall(text):
        closes, opened = token in _CLOSING, before in _OPENING
        depth -= closes
        if before == "," or closes != opened:
            lines.append(" " * INDENT * min(depth, DEEPEST))
        lines[-1] += ": " if token == ":" else token
        depth += token in _OPENING
        before = token
    return lines
