"""Where the frames of a zstd file end: the library takes one that is cut off for a whole one.

Source: RFC 8878, 3.1, "Frames".
"""

from __future__ import annotations

from collections.abc import Callable, Generator

from tui.engine.errors import ArchiveBroken

_MAGIC = 0xFD2FB528
_SKIPPABLE = 0x184D2A50
_RLE = 1
_RESERVED = 3
_Walk = Generator[int, bytes, None]
"""Says how many bytes it has to see next, or as a negative number how many it wants to leave out,
and gets them; ends with a frame.
"""


class ZstdFrames:
    """Passes on what it reads, and follows the frames in it."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._seen = bytearray()
        self._walk: _Walk | None = None
        self._wanted = 0

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end. Raises `ArchiveBroken` for what is no frame."""
        data = self._read(size)
        self._seen += data
        self._follow()
        return data

    @property
    def whole(self) -> bool:
        """Whether all that was read are whole frames."""
        return self._walk is None and not self._seen

    def _follow(self) -> None:
        while self._seen:
            if self._walk is None:
                self._walk = _frame()
                self._wanted = next(self._walk)
            if self._wanted < 0:
                skipped = min(-self._wanted, len(self._seen))
                del self._seen[:skipped]
                self._wanted += skipped
                told = b""
            elif len(self._seen) >= self._wanted:
                told = bytes(self._seen[: self._wanted])
                del self._seen[: self._wanted]
                self._wanted = 0
            else:
                return
            if self._wanted == 0:
                self._step(told)

    def _step(self, told: bytes) -> None:
        """Go on to the next part of the frame that is not empty, or to its end."""
        try:
            while self._walk is not None and self._wanted == 0:
                self._wanted = self._walk.send(told)
        except StopIteration:
            self._walk = None


def _frame() -> _Walk:
    magic = int.from_bytes((yield 4), "little")
    if magic & 0xFFFFFFF0 == _SKIPPABLE:
        yield -int.from_bytes((yield 4), "little")
        return
    if magic != _MAGIC:
        raise ArchiveBroken("Something else stands behind its end.")
    descriptor = (yield 1)[0]
    single = descriptor >> 5 & 1
    window, dictionary = 1 - single, (0, 1, 2, 4)[descriptor & 3]
    size = (single, 2, 4, 8)[descriptor >> 6]
    yield -(window + dictionary + size)
    last = 0
    while not last:
        block = int.from_bytes((yield 3), "little")
        last, kind = block & 1, block >> 1 & 3
        if kind == _RESERVED:
            raise ArchiveBroken("It cannot be unpacked: a block has an unknown type.")
        yield -(1 if kind == _RLE else block >> 3)
    yield -4 * (descriptor >> 2 & 1)
