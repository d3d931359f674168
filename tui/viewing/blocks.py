"""Blocks: the parts of a file that were read, as many as memory is given for."""

from __future__ import annotations

from collections import OrderedDict

from tui.engine.lineindex import STEP

BLOCK = STEP
"""Bytes of a block; the same as those of a step of the line index."""

MOST = 384
"""Blocks that are kept: 24 MiB."""


class Missing(Exception):
    """What was asked for needs a block that is not here; read it and ask again."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Blocks:
    """Looks into a file whose size is known; raises `Missing` where it was not read yet."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self.size = 0
        """Of the file, in bytes."""

    def put(self, offset: int, data: bytes) -> None:
        """Keep what was read from the begin of a block on."""
        for at in range(0, len(data), BLOCK):
            number = (offset + at) // BLOCK
            self._kept[number] = data[at : at + BLOCK]
            self._kept.move_to_end(number)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def append(self, offset: int, data: bytes) -> None:
        """The file grew by data; kept where it follows on what is here."""
        self.size = max(self.size, offset + len(data))
        while data:
            number, inside = divmod(offset, BLOCK)
            before = self._kept.get(number, b"")
            part = data[: BLOCK - inside]
            if len(before) == inside:
                self.put(number * BLOCK, before + part)
            data, offset = data[len(part) :], offset + len(part)

    def clear(self, size: int) -> None:
        """Forget everything: the file is another one."""
        self._kept.clear()
        self.size = size

    def has(self, number: int) -> bool:
        """Whether a block is here, as long as it should be."""
        wanted = min(BLOCK, self.size - number * BLOCK)
        return len(self._kept.get(number, b"")) >= wanted

    def get(self, number: int) -> bytes:
        """A whole block; the last one is shorter."""
        if not self.has(number):
            raise Missing(number)
        if number not in self._kept:
            return b""
        self._kept.move_to_end(number)
        return self._kept[number]

    def slice(self, start: int, end: int) -> bytes:
        """Bytes of the file."""
        end = min(end, self.size)
        parts = []
        while start < end:
            number, inside = divmod(start, BLOCK)
            part = self.get(number)[inside : inside + end - start]
            parts.append(part)
            start = (number + 1) * BLOCK
        return b"".join(parts)

    def find(self, unit: bytes, start: int, end: int) -> int:
        """Where `unit` stands first, at a multiple of its length; -1 if it does not."""
        end = min(end, self.size)
        while start < end:
            number, inside = divmod(start, BLOCK)
            at = find_unit(self.get(number), unit, inside, end - number * BLOCK)
            if at >= 0:
                return number * BLOCK + at
            start = (number + 1) * BLOCK
        return -1

    def rfind(self, unit: bytes, start: int, end: int) -> int:
        """Where `unit` stands last, at a multiple of its length; -1 if it does not."""
        end = min(end, self.size)
        while start < end:
            number = (end - 1) // BLOCK
            low = max(0, start - number * BLOCK)
            at = _rfind_unit(self.get(number), unit, low, end - number * BLOCK)
            if at >= 0:
                return number * BLOCK + at
            end = number * BLOCK
        return -1


def find_unit(data: bytes, unit: bytes, start: int, end: int) -> int:
    """Like `bytes.find`, at multiples of the length of `unit` only."""
    at = data.find(unit, start, end)
    while at >= 0 and at % len(unit):
        at = data.find(unit, at + 1, end)
    return at


def _rfind_unit(data: bytes, unit: bytes, start: int, end: int) -> int:
    at = data.rfind(unit, start, end)
    while at >= 0 and at % len(unit):
        at = data.rfind(unit, start, at + len(unit) - 1)
    return at


def count_units(data: bytes, unit: bytes) -> int:
    """How often `unit` stands in data, at multiples of its length."""
    if len(unit) == 1:
        return data.count(unit)
    return sum(data[at : at + len(unit)] == unit for at in range(0, len(data), len(unit)))
