"""Names voltui gives to exports: `VOLUME-20261120T101500Z.tar.zst`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from tui.engine.transfers.compression import ArchiveFormat

_LONGEST = 200
"""Bytes of a volume's name that are kept: endings follow."""
_TIME = "%Y%m%dT%H%M%SZ"
_STAMP = r"-(\d{8}T\d{6}Z)"


def made_name(volume: str, moment: datetime, kind: ArchiveFormat | None) -> str:
    """Name of an archive, or of a folder for None; names of volumes that are no plain names are
    written with `%`.
    """
    return f"{_stem(volume)}-{moment.astimezone(UTC).strftime(_TIME)}{kind or ''}"


def made_at(path: Path, volume: str) -> datetime | None:
    """When the name of an archive says that an export of a volume began; None where `made_name`
    did not make it.
    """
    endings = "|".join(map(re.escape, ArchiveFormat))
    found = re.fullmatch(f"{re.escape(_stem(volume))}{_STAMP}(?:{endings})", path.name)
    try:
        return datetime.strptime(found[1], _TIME).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def half_made(path: Path) -> re.Pattern[str] | None:
    """What archives of the same volume are called until they are whole (`part.part_of`); None
    where `path` is no name made by us.
    """
    endings = "|".join(map(re.escape, ArchiveFormat))
    found = re.fullmatch(rf"(.+){_STAMP}(?:{endings})", path.name, re.DOTALL)
    if found is None:
        return None
    return re.compile(rf"{re.escape(found[1])}{_STAMP}(?:{endings})(?:\.\d+)?\.part")


def _stem(volume: str) -> str:
    name = quote(volume, safe="", errors="surrogateescape")[:_LONGEST]
    return f"%2E{name[1:]}" if name.startswith(".") else name
