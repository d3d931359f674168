"""Texts shown over everything else."""

from __future__ import annotations

import json

from rich.cells import chop_cells
from textual.content import Content

from tui.content.lines import MUTED, joined, labelled, wrapped
from tui.engine.model import FileStat
from tui.presentation import (
    KIND_WORDS,
    device,
    moment_ns,
    permissions,
    safe,
    safe_text,
    size_words,
)


def stat_text(told: FileStat, width: int) -> Content:
    """Everything `statx` tells, one fact a line."""
    entry = told.entry
    facts = [
        ("Name", safe(entry.name)),
        ("Kind", KIND_WORDS[entry.kind]),
        ("Target", safe(entry.target)),
        ("Size", f"{entry.size:,} bytes ({size_words(entry.size)})"),
        ("On disk", f"{told.blocks * 512:,} bytes ({told.blocks:,} blocks of 512)"),
        ("Mode", f"{permissions(entry.mode)}  {entry.mode & 0o7777:04o}"),
        ("Owner", f"uid {entry.uid}, gid {entry.gid}"),
        ("Modified", moment_ns(entry.mtime_ns)),
        ("Changed", moment_ns(told.version.ctime_ns)),
        ("Accessed", moment_ns(told.atime_ns)),
        ("Born", "not kept" if told.btime_ns is None else moment_ns(told.btime_ns)),
        ("Links", f"{entry.nlink:,}"),
        ("Inode", str(entry.inode)),
        ("Device", device(entry.rdev) if entry.rdev else ""),
    ]
    return joined(
        line for label, value in facts if value for line in labelled(label, value, width, "")
    )


def as_json(value: object, width: int) -> Content:
    """A value of the engine as JSON, every line whole."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    lines = [part for line in text.split("\n") for part in chop_cells(safe_text(line), width)]
    return Content("\n".join(lines))


def copied(text: str, more: str, width: int) -> Content:
    """What was sent to the clipboard, whole, to be selected where the terminal takes nothing."""
    told = "Sent to the clipboard of the terminal. If it takes none, select it here:"
    lines = [*(wrapped(more, width) if more else []), *wrapped(told, width)]
    whole = "\n".join(
        part for line in text.split("\n") for part in chop_cells(safe_text(line), width) or [""]
    )
    return Content.assemble(("\n".join(lines), MUTED), "\n\n", whole)
