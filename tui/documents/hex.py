"""Bytes that are no text, as a hex dump with offsets."""

from __future__ import annotations

PER_LINE = 16
"""Bytes of one line."""

DIGITS = 6
"""Digits of an offset at least; enough for 16 MiB."""


def hex_lines(data: bytes, offset: int = 0, digits: int = DIGITS) -> list[str]:
    """One line for every 16 bytes: offset, bytes in two groups, and as characters of ASCII.

    `offset` is that of the first byte in its file; offsets have `digits` digits or more.
    """
    lines = []
    for start in range(0, len(data), PER_LINE):
        part = data[start : start + PER_LINE]
        left, right = part[:8].hex(" "), part[8:].hex(" ")
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in part)
        lines.append(f"{offset + start:0{digits}x}  {left:<23}  {right:<23}  {text}")
    return lines


def digits_for(size: int) -> int:
    """How many digits the offsets in a file of `size` bytes need."""
    return max(DIGITS, len(f"{max(0, size - 1):x}"))
