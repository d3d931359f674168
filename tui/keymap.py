"""Which key does what: every binding by its id, with the changes of the user's config."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, format_key

_SHOWN = {
    "up": "Up", "down": "Down", "left": "Left", "right": "Right", "home": "Home", "end": "End",
    "pageup": "PgUp", "pagedown": "PgDn", "space": "Space", "enter": "Enter", "escape": "Esc",
    "backspace": "Backspace", "tab": "Tab", "delete": "Delete",
}  # fmt: skip

_NAMES = {
    **{shown.lower(): name for name, shown in _SHOWN.items()},
    **{key.value: key.value for key in Keys if "<" not in key.value},
    **{f"f{number}": f"f{number}" for number in range(1, 25)},
}
"""Textual's name of a key by how it may be written, in lower case."""

_MODIFIERS = ("ctrl", "alt", "shift", "super", "meta", "hyper")


@dataclass(frozen=True, slots=True)
class Bound:
    """One binding with an id, of one class."""

    where: type[DOMNode]
    binding: Binding


class _Changes:
    """What the user's config changed; one keyboard belongs to one process."""

    keys: Mapping[str, Sequence[str]] = {}
    first: dict[str, str] = {}


def change(keys: Mapping[str, Sequence[str]]) -> None:
    """From now on these are the keys of these ids, by Textual's names."""
    _Changes.keys = keys
    _Changes.first = {}


def key_words(key: str) -> str:
    """A key as the help writes it: `Ctrl+a`, `PgDn`, `/`."""
    *modifiers, name = key.strip().split("+")
    if name.startswith("f") and name[1:].isdigit():
        name = name.upper()
    shown = _SHOWN.get(name) or format_key(name)
    return "+".join([*(modifier.capitalize() for modifier in modifiers), shown])


def key_named(written: str) -> str | None:
    """Textual's name of a key as a user writes it: `Ctrl+r`, `PgDn`, `?`; None: it is no key."""
    if len(written) == 1:
        return _named(written) if written.isprintable() else None
    *modifiers, name = written.split("+") if written[-1] != "+" else [*written.split("+")[:-2], "+"]
    modifiers = [modifier.strip().lower() for modifier in modifiers]
    if any(modifier not in _MODIFIERS for modifier in modifiers):
        return None
    name = name.strip().lower()
    known = _named(name) if len(name) == 1 else _NAMES.get(name)
    if known is None and len(format_key(name)) == 1:
        known = name
    return "+".join([*modifiers, known]) if known else None


def _named(char: str) -> str:
    """Textual's name of a printable character."""
    if char.isalnum():
        return char
    name = unicodedata.name(char, char).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


def keys_of(binding: Binding, changes: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """Textual's names of the keys of a binding, changed as the config says, or as `changes` do."""
    changed = (_Changes.keys if changes is None else changes).get(binding.id or "")
    return list(changed) if changed else [key.strip() for key in binding.key.split(",")]


def key_of(identifier: str) -> str:
    """The first key of an action as a sentence writes it: `R`, `Esc`; anything else as it is."""
    if identifier not in _Changes.first:
        _Changes.first = {
            bound.binding.id or "": key_words(keys_of(bound.binding)[0])
            for bound in every_binding()
        }
    return _Changes.first.setdefault(identifier, identifier)


def every_binding() -> Iterator[Bound]:
    """Every binding with an id, of every class of ours that has been imported."""
    for cls in _classes(DOMNode):
        if cls.__module__.startswith("tui."):
            for binding in vars(cls).get("BINDINGS", ()):
                if isinstance(binding, Binding) and binding.id:
                    yield Bound(cls, binding)


def _classes(base: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for cls in base.__subclasses__():
        yield cls
        yield from _classes(cls)
