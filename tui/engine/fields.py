"""Typed readers of an engine's JSON: what may be missing is empty, another shape is an error.

Every reader raises `ProtocolError` that names the call, so that nothing behind this border has to
ask what kind of value it holds, and an answer that was not understood is never shown as empty.
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from tui.engine.errors import ProtocolError

T = TypeVar("T")

_DEEPEST = 50
"""Levels of an answer that is passed on as it is: a deeper one could not be walked or written."""


class Fields:
    """One JSON object of the answer to `call`, such as `GET /volumes`."""

    def __init__(self, value: object, call: str) -> None:
        if not isinstance(value, dict):
            refuse(call)
        self._fields: dict[str, Any] = value
        self._call = call

    def all(self) -> dict[str, Any]:
        """The whole object."""
        return self._fields

    def value(self, field: str, *, present: bool = False) -> object:
        """Whatever stands there; None where it is missing, unless it has to be `present`."""
        if present and field not in self._fields:
            refuse(self._call)
        return self._fields.get(field)

    def text(self, field: str) -> str:
        """A text, empty where it is missing."""
        return self._typed(field, str, "")

    def name(self, field: str) -> str:
        """A text that has to be there."""
        return self.text(field) or refuse(self._call)

    def flag(self, field: str, *, missing: bool) -> bool:
        """True or false, `missing` where it is missing."""
        return self._typed(field, bool, missing)

    def texts(self, field: str) -> list[str]:
        """A list of texts, empty where it is missing."""
        found: list[Any] = self._typed(field, list, [])
        return [self._text(text) for text in found]

    def pairs(self, field: str) -> dict[str, str]:
        """An object of texts, empty where it is missing."""
        found: dict[str, Any] = self._typed(field, dict, {})
        return {key: self._text(text) for key, text in found.items()}

    def inner(self, field: str) -> Fields:
        """An object, empty where it is missing."""
        return Fields(self._typed(field, dict, {}), self._call)

    def objects(self, field: str) -> list[Fields]:
        """A list of objects, empty where it is missing."""
        return objects(self._typed(field, list, []), self._call)

    def _typed(self, field: str, kind: type[T], missing: T) -> T:
        value = self._fields.get(field)
        if value is None:
            return missing
        return value if isinstance(value, kind) else refuse(self._call)

    def _text(self, value: object) -> str:
        return value if isinstance(value, str) else refuse(self._call)


def objects(value: object, call: str) -> list[Fields]:
    """A list of objects, which has to be there."""
    return [Fields(item, call) for item in value] if isinstance(value, list) else refuse(call)


def shallow(value: object, call: str) -> None:
    """Refuse what is nested deeper than whoever walks or writes it can follow."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    refuse(call)


def refuse(call: str) -> NoReturn:
    """Raise the `ProtocolError` of an answer to `call`."""
    raise ProtocolError(
        f"{call} answered in a shape voltui does not know.",
        hint="Something else than a Docker engine may answer, or stand between.",
    )


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
