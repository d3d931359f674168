"""An entry as documents, each better than the one before: text, then its colours; more members."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from tui.calls import call, stream
from tui.content import link_sentence, special_sentence
from tui.documents.colours import colours
from tui.documents.contents import look_into
from tui.documents.document import Document, Span
from tui.documents.listing import Listing
from tui.engine.archives import ArchiveFormat, ArchiveSum
from tui.engine.errors import FileFailed
from tui.engine.model import Entry, EntryKind
from tui.presentation import (
    counted,
    join,
    link_target,
    natural,
    now,
    safe,
    safe_text,
    sentence,
    size,
)

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

FIRST_NAMES = 200
"""Names of a folder that are shown."""

FIRST_READ = 2000
"""Entries these are chosen from: of a large folder what was read first."""

MOST_ENTRIES = 50_000
"""Entries of a folder that are counted; a larger one is not read to its end for a preview."""

EVERY = 0.2
"""Seconds between two states of a list that grows."""

SOON = 0.06
"""Seconds a text waits for its colours: painted twice it is twice as much on the line."""

CUT = {
    "entries": "… and more: these are all that are listed",
    "time": "… and more: reading took too long",
    "bytes": "… and more: too large to be fetched for a preview",
}


async def documents_of(
    files: VolumeFiles, folder: str, entry: Entry
) -> AsyncGenerator[Document, None]:
    """What an entry is, as soon as something is known, and again whenever more is."""
    path = join(folder, entry.name)
    if entry.kind is EntryKind.FILE:
        found = await call(_read, files, path, entry.name)
        parts = (
            _coloured(found)
            if isinstance(found, Document)
            else _members(files, path, found, entry.size)
        )
    elif entry.kind is EntryKind.DIRECTORY:
        parts = _folder(files, path)
    elif entry.kind is EntryKind.SYMLINK:
        yield await _link(files, folder, entry)
        return
    else:
        yield Document(sentence=special_sentence(entry))
        return
    async with aclosing(parts):
        async for document in parts:
            yield document


def _read(files: VolumeFiles, path: str, name: str) -> Document | ArchiveFormat:
    return look_into(files.read(path), name)


async def _coloured(document: Document) -> AsyncGenerator[Document, None]:
    """A text with its first colours, or without while they take their time."""
    if document.source is None:
        yield document
        return
    spans: list[list[Span]] = []
    async with aclosing(stream(colours, document.source, list(document.lines))) as parts:
        first = asyncio.ensure_future(anext(parts, None))
        try:
            if not (await asyncio.wait([first], timeout=SOON))[0]:
                yield document
            spans += await first or ()
        finally:
            first.cancel()
            await asyncio.wait([first])
        yield replace(document, spans=list(spans))
        async for part in parts:
            spans += part
    yield replace(document, spans=spans)


async def _members(
    files: VolumeFiles, path: str, kind: ArchiveFormat, length: int
) -> AsyncGenerator[Document, None]:
    members: list[Entry] = []
    total = ArchiveSum(0)
    shown = 0.0
    present = now().timestamp()
    clock = asyncio.get_running_loop().time
    what = f"{kind.value} {size(length)}"
    async with aclosing(stream(files.archive, path, kind)) as parts:
        async for part in parts:
            if isinstance(part, ArchiveSum):
                total = part
                continue
            members += part
            if clock() - shown > EVERY:
                shown = clock()
                notes = (f"{len(members):,} …", what)
                yield Document(listing=Listing(list(members), "", present), notes=notes)
    if not members:
        why = f"It cannot be listed. {total.broken}" if total.broken else "Nothing is in it."
        yield Document(sentence=safe_text(f"A {kind.value} archive. {why}"), notes=(what,))
        return
    end = f"… and no further. {total.broken}" if total.broken else CUT.get(total.cut, "")
    count = f"{total.entries:,}+ entries" if total.cut else counted(total.entries, "entry")
    notes = (f"{count}, broken" if total.broken else count, what)
    yield Document(listing=Listing(members, safe_text(end), present), notes=notes)


async def _folder(files: VolumeFiles, path: str) -> AsyncGenerator[Document, None]:
    first: list[Entry] = []
    total = 0
    clock = asyncio.get_running_loop().time
    shown = clock()
    async with aclosing(stream(files.entries, path)) as batches:
        async for batch in batches:
            first += islice(batch, FIRST_READ - len(first))
            total += len(batch)
            if total > MOST_ENTRIES:
                yield _names(first, f"{MOST_ENTRIES:,}+ entries", "… and many more")
                return
            if clock() - shown > EVERY:
                shown = clock()
                yield _names(first, f"{total:,} …", "")
    rest = total - FIRST_NAMES
    if total:
        yield _names(first, counted(total, "entry"), f"… and {rest:,} more" if rest > 0 else "")
    else:
        yield Document(sentence="Empty folder.", notes=("folder",))


def _names(entries: list[Entry], note: str, end: str) -> Document:
    """The first names in order, folders first."""
    entries.sort(key=lambda entry: (not _is_folder(entry), natural(entry.name.casefold())))
    names = [safe(entry.name) + "/" * _is_folder(entry) for entry in entries[:FIRST_NAMES]]
    return Document([*names, *([end] if end else [])], notes=(note,))


def _is_folder(entry: Entry) -> bool:
    return entry.kind is EntryKind.DIRECTORY


async def _link(files: VolumeFiles, folder: str, entry: Entry) -> Document:
    target = link_target(folder, entry.target)
    kind = None
    if target is not None:
        try:
            kind = (await call(files.stat, target)).entry.kind
        except FileFailed as error:
            return Document(sentence=link_sentence(entry, target, why=sentence(error)))
    return Document(sentence=link_sentence(entry, target, kind), notes=("link",))
