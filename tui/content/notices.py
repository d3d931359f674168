"""Sentences in place of something that cannot be shown."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.content.lines import KEY, MUTED
from tui.engine import Endpoint, EngineError
from tui.engine.errors import EngineTimeout, EngineUnreachable
from tui.engine.model import Entry, EntryKind
from tui.keymap import key_of
from tui.presentation import KIND_WORDS, device, safe, safe_text, sentence

Part = str | tuple[str, str]


def notice(headline: str, *lines: Part, keys: Sequence[tuple[str, str]] = ()) -> Content:
    """A sentence in place of a list, what explains it, and the keys that help, by their ids."""
    parts: list[Part] = [(headline, "bold")]
    for line in lines:
        parts += ["\n\n", line]
    for number, (key, words) in enumerate(keys):
        parts += ["\n\n" if number == 0 else "   ", (key_of(key), KEY), f" {words}"]
    return Content.assemble(*parts)


def failure(
    error: EngineError, endpoint: Endpoint, keys: Sequence[tuple[str, str]] = ()
) -> Content:
    """What went wrong, what was tried, what to do."""
    lines: list[Part] = []
    if isinstance(error, EngineUnreachable | EngineTimeout) and endpoint.url not in str(error):
        tried = f"Tried {safe_text(endpoint.url)}, from {safe_text(endpoint.origin)}."
        lines.append((tried, MUTED))
    if error.hint:
        lines.append(safe_text(error.hint))
    return notice(sentence(error), *lines, keys=keys)


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
