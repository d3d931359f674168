"""What an archive of ours says about itself: JSON in the `comment` of its pax global header.

Source: POSIX.1-2017 `pax`, "pax Extended Header": `comment` is ignored by every reader of tar.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tui import __version__
from tui.engine.masking import masked_options
from tui.engine.model import EngineInfo, Volume
from tui.engine.volumes import JOB_LABEL, parse_time

VERSION = 1
"""Of what is written here. A reader takes any that it can parse: fields are only added."""

FIRST_BYTES = 320 * 1024
"""Bytes of the tar stream in which the header is, if there is one."""

_LONGEST = 256 * 1024
_RECORD = re.compile(rb"(\d{1,7}) comment=")


@dataclass(frozen=True, slots=True)
class ArchiveHeader:
    """Where an archive comes from; every field is what a file claims."""

    volume: str
    driver: str
    created: datetime
    """When the export began."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Driver options, secrets masked."""
    labels: Mapping[str, str] = field(default_factory=dict)
    engine: str = ""
    """Tells engines apart; empty where it is not told."""
    voltui: str = ""
    """The version that wrote it."""


def header_of(volume: Volume, info: EngineInfo, created: datetime) -> ArchiveHeader:
    """The header of an export that begins now."""
    return ArchiveHeader(
        volume.name,
        volume.driver,
        created,
        masked_options(volume.options),
        {key: value for key, value in volume.labels.items() if key != JOB_LABEL},
        hashlib.sha256(info.identity.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        __version__,
    )


def encode_header(header: ArchiveHeader) -> bytes:
    """The comment, in ASCII; labels too long for any reader are left out."""
    facts: dict[str, Any] = {
        "voltui": header.voltui,
        "format": VERSION,
        "volume": header.volume,
        "driver": header.driver,
        "options": dict(header.options),
        "labels": dict(header.labels),
        "created": header.created.astimezone(UTC).isoformat(timespec="seconds"),
        "engine": header.engine,
    }
    comment = json.dumps(facts).encode("ascii")
    if len(comment) <= _LONGEST:
        return comment
    return json.dumps({**facts, "labels": {}, "options": {}}).encode("ascii")


def read_header(data: bytes) -> ArchiveHeader | None:
    """The header in the first bytes of a tar stream; None where it has none of ours."""
    comment = _comment(data)
    try:
        facts = json.loads(comment)
    except (ValueError, RecursionError):
        return None
    if not isinstance(facts, dict) or type(facts.get("format")) is not int:
        return None
    volume, created = facts.get("volume"), parse_time(facts.get("created"))
    if not isinstance(volume, str) or created is None:
        return None
    return ArchiveHeader(
        volume,
        _text(facts, "driver"),
        created,
        _texts(facts, "options"),
        _texts(facts, "labels"),
        _text(facts, "engine"),
        _text(facts, "voltui"),
    )


def _comment(data: bytes) -> bytes:
    """Of the global header an archive begins with; empty where there is none."""
    block = data[: tarfile.BLOCKSIZE]
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.TarError:
        return b""
    if header.type != tarfile.XGLTYPE or not 0 <= header.size <= _LONGEST + tarfile.BLOCKSIZE:
        return b""
    records = data[tarfile.BLOCKSIZE : tarfile.BLOCKSIZE + header.size]
    found = _RECORD.match(records)
    return records[found.end() : int(found[1]) - 1] if found else b""


def _text(facts: Mapping[str, Any], key: str) -> str:
    value = facts.get(key)
    return value if isinstance(value, str) else ""


def _texts(facts: Mapping[str, Any], key: str) -> dict[str, str]:
    value = facts.get(key)
    pairs = value.items() if isinstance(value, dict) else ()
    return {key: text for key, text in pairs if isinstance(text, str)}
