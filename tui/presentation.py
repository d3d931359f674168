"""Values as plain text: names made safe, sizes, ages, times, modes. No Textual in here."""

from __future__ import annotations

import os
import posixpath
import re
import stat
import time
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from tui.engine.errors import EngineError
from tui.engine.model import EntryKind

HALF_YEAR = 182 * 86_400
"""Seconds after which a date shows its year instead of the time of day, as `ls` does."""

_BLANK = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef"
)
"""Characters that Python calls printable and terminals show as nothing."""

_BLANKS = re.compile(f"[{_BLANK}]")
_DIGITS = re.compile(r"\d+")
_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\x1b": "\\e"}


class _Repertoire:
    """Which characters the terminal can show; one terminal belongs to one process."""

    ascii_only = False


def show_only_ascii(on: bool) -> None:
    """From now on `safe` escapes everything outside ASCII too (`--ascii`)."""
    _Repertoire.ascii_only = on


def safe(name: str) -> str:
    """A name as it may be shown: nothing in it reaches the terminal raw, nothing is invisible.

    Escapes begin with a backslash and a backslash of the name is doubled, so two different names
    never look the same. A byte that is not UTF-8 (a surrogate escape) shows as `\\xff`.
    """
    if name.isascii() and name.isprintable() and "\\" not in name and name == name.strip(" "):
        return name
    core = name.strip(" ")
    before = len(name) - len(name.lstrip(" "))
    after = len(name) - before - len(core)
    return "\\x20" * before + _escape(core.replace("\\", "\\\\")) + "\\x20" * after


def safe_text(text: str) -> str:
    """Text of a file or a message as it may be shown, on one line; a backslash stays one."""
    return text if text.isascii() and text.isprintable() else _escape(text)


def _escape(text: str) -> str:
    ascii_only = _Repertoire.ascii_only
    if not text.isprintable() or _BLANKS.search(text) or (ascii_only and not text.isascii()):
        text = "".join(
            c
            if c.isprintable() and not _BLANKS.match(c) and not (ascii_only and c > "~")
            else _code(c)
            for c in text
        )
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = "".join(_code(c) if unicodedata.combining(c) else c for c in text)
    return text


def _code(char: str) -> str:
    number = ord(char)
    if 0xDC80 <= number <= 0xDCFF:
        return f"\\x{number - 0xDC00:02x}"
    if number < 0x80:
        return _NAMED.get(char) or f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def natural(folded: str) -> str:
    """Sort key of a case-folded name in which `file2` stands before `file10`."""
    return _DIGITS.sub(lambda digits: digits[0].zfill(18), folded)


def size(count: int) -> str:
    """Bytes in binary units, at most five characters: `0`, `88`, `5.6K`, `734M`."""
    if count < 1000:
        return str(count)
    value = float(count)
    for unit in "KMGTPE":
        value /= 1024
        if value < 9.95:
            return f"{value:.1f}{unit}"
        if value < 999.5:
            return f"{value:.0f}{unit}"
    return "huge"


def size_words(count: int) -> str:
    """Bytes in binary units, for a sentence: `1.8 GiB`."""
    from humanize import naturalsize

    return naturalsize(count, binary=True)


def rate_words(bytes_a_second: float) -> str:
    """How fast it goes: `120M/s`."""
    return f"{size(int(bytes_a_second))}/s"


def duration(seconds: float) -> str:
    """A span of time as a clock shows it: `0:07`, `1:02:33`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def age(moment: datetime, now: datetime) -> str:
    """Time since a moment in the largest unit that fits: `just now`, `3 min ago`."""
    seconds = max(0, int((now - moment).total_seconds()))
    for limit, length, unit in _AGES:
        if seconds < limit:
            return f"{seconds // length} {unit} ago" if length else unit
    return f"{seconds // 31_557_600} y ago"


_AGES = (
    (10, 0, "just now"),
    (90, 1, "s"),
    (5_400, 60, "min"),
    (129_600, 3_600, "h"),
    (5_184_000, 86_400, "d"),
    (63_115_200, 2_629_800, "months"),
)


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def modified(seconds: int, present: float) -> str:
    """Time of change in twelve characters: `Nov 19 16:34`, with the year past six months."""
    try:
        local = time.localtime(seconds)
    except (OverflowError, ValueError, OSError):
        return "out of range"
    recent = abs(present - seconds) < HALF_YEAR
    text = time.strftime("%b %e %H:%M" if recent else "%b %e  %Y", local)
    return text if len(text) <= 12 else f"{local.tm_year:>12}"


def moment(when: datetime) -> str:
    """A point in time with its zone, as the user's clock shows it."""
    return when.astimezone().strftime("%Y-%m-%d %H:%M")


def moment_ns(nanoseconds: int) -> str:
    """Nanoseconds since the epoch, whole, as the user's clock shows them."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    try:
        local = time.localtime(seconds)
    except (OverflowError, ValueError, OSError):
        return f"{seconds}.{rest:09} s since 1970"
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', local)}.{rest:09} {time.strftime('%z', local)}"


def permissions(mode: int) -> str:
    """Type and permission bits as `ls -l` writes them."""
    return stat.filemode(mode)


def counted(number: int, thing: str) -> str:
    """`1 volume`, `1,284 files`."""
    many = {"entry": "entries"}.get(thing, f"{thing}s")
    return f"{number:,} {thing if number == 1 else many}"


KIND_WORDS = {
    EntryKind.FILE: "file",
    EntryKind.DIRECTORY: "folder",
    EntryKind.SYMLINK: "symbolic link",
    EntryKind.FIFO: "fifo",
    EntryKind.SOCKET: "socket",
    EntryKind.BLOCK: "block device",
    EntryKind.CHAR: "character device",
    EntryKind.UNKNOWN: "unknown kind of entry",
}


def label_words(labels: Mapping[str, str]) -> list[str]:
    """Labels as `key=value`, those that the engine and compose put on volumes last."""
    ordered = sorted(labels.items(), key=lambda label: (label[0].startswith("com.docker."), label))
    return [safe(f"{key}={value}" if value else key) for key, value in ordered]


def total_words(sizes: Iterable[int | None]) -> str:
    """A sum of which parts are not known: `1.2 MiB and 1 of unknown size`; empty for no part."""
    parts = list(sizes)
    unknown = parts.count(None)
    known = [part for part in parts if part is not None]
    words = [size_words(sum(known))] if known else []
    if unknown:
        words.append(f"{unknown:,} of unknown size")
    return " and ".join(words)


def device(rdev: int) -> str:
    """Major and minor number of a device."""
    return f"{rdev >> 32}, {rdev & 0xFFFFFFFF}"


def sentence(error: EngineError) -> str:
    """What went wrong, on one line."""
    return safe_text(str(error).replace("\n", " "))


def copyable(text: str) -> str:
    """Text for the clipboard; what would harm the shell it is pasted into is quoted as `$'…'`."""
    if text.isprintable():
        return text
    quoted = "".join(
        char if char.isprintable() else "".join(f"\\x{byte:02x}" for byte in os.fsencode(char))
        for char in text.replace("\\", "\\\\").replace("'", "\\'")
    )
    return f"$'{quoted}'"


def location(volume: str, path: str) -> str:
    """Where one stands, as the command line writes it: `pgdata:/base/1`."""
    return f"{safe(volume)}:{safe(path)}"


def tail(text: str, width: int) -> str:
    """The end of a text that has to fit `width` cells, for paths whose end matters most."""
    from rich.cells import cell_len

    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > max(0, width - 1):
        text = text[1:]
    return f"…{text}"


def head(text: str, width: int) -> str:
    """The beginning of a text that has to fit `width` cells."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= width:
        return text
    return f"{set_cell_size(text, max(0, width - 1)).rstrip(' ')}…"


def join(folder: str, name: str) -> str:
    """Path of an entry in a folder of a volume."""
    return f"{folder.rstrip('/')}/{name}"


def parent(path: str) -> str:
    """Folder that holds a path; `/` for the root."""
    return posixpath.dirname(path) or "/"


def link_target(folder: str, target: str) -> str | None:
    """Path inside the volume that a relative link means; None where it leaves the volume.

    An absolute target is a path in some container, not in the volume, so it leaves too.
    """
    if not target or target.startswith("/"):
        return None
    parts = [part for part in folder.split("/") if part]
    for part in target.split("/"):
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/" + "/".join(parts)
