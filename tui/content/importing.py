"""What the dialog of an import says, and what its job asks."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.content.lines import MUTED, Line, labelled
from tui.engine.holders import Holder
from tui.engine.model import Volume
from tui.engine.transfers.archivefile import ArchiveFile
from tui.engine.transfers.hostfolder import HostFolder
from tui.engine.transfers.questions import Asker, Collisions
from tui.engine.transfers.replacing import Mode
from tui.engine.transfers.sources import Source
from tui.jobs import Question, ask
from tui.presentation import counted, label_words, moment, safe, safe_text, size_words

_ENDINGS = (".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".txz", ".tar.bz2", ".tbz2")
_PROGRAMS = {
    "tar archive": "",
    "tar.gz archive": "gzip",
    "tar.bz2 archive": "bzip2",
    "tar.xz archive": "xz",
    "tar.zst archive": "zstd",
}
"""What unpacks a kind of archive to stdout with `-dc`."""
_MOST_NAMED = 8
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """What is known so far."""

    volume: Volume | None
    """It may go into this one."""
    source: Source | None = None
    writers: Sequence[Holder] | None = None
    """Who may write to the volume; None: not known yet."""


def fact_lines(facts: ImportFacts, mode: Mode, width: int) -> list[Line]:
    """What the source is, what voltui wrote into it, and who writes to the target."""
    if facts.source is None:
        return labelled("Source", "not known yet", width, MUTED)
    lines = labelled("Source", _source(facts.source), width, "")
    if isinstance(facts.source, ArchiveFile):
        lines += _archive(facts.source, mode, width)
    if facts.writers and mode is not Mode.NEW:
        names = ", ".join(safe(holder.name) for holder in facts.writers)
        lines += labelled("Writers", names, width, "$warning")
    return lines


def _source(source: Source) -> str:
    words = source.kind
    if source.size is not None:
        words += f", {size_words(source.size)}"
    if isinstance(source, ArchiveFile):
        words += f", of {moment(source.modified)}"
    return words


def _archive(source: ArchiveFile, mode: Mode, width: int) -> list[Line]:
    lines: list[Line] = []
    if source.checksum:
        lines += labelled("Checksum", f"in {safe(source.path.name)}.sha256", width, "")
    header = source.header
    if header is None:
        return lines + labelled("Volume", "made by another tool", width, MUTED)
    lines += labelled("Volume", f"{safe(header.volume)}, {moment(header.created)}", width, "")
    if header.labels and mode is Mode.NEW:
        lines += labelled("Labels", ", ".join(label_words(header.labels)), width, "")
    return lines


def suggested_name(source: Source, path: str, taken: Collection[str]) -> str:
    """The name that voltui wrote into the archive, or that of the file; made unique."""
    header = source.header if isinstance(source, ArchiveFile) else None
    name = header.volume if header else Path(path).name
    if header is None:
        ending = max((end for end in _ENDINGS if name.endswith(end)), key=len, default="")
        name = name.removesuffix(ending)
    name = "".join(char if char.isalnum() or char in "_.-" else "-" for char in name)
    name = name.lstrip("_.-")[: _LONGEST - 4]
    number, suggested = 1, name
    while suggested in taken:
        number += 1
        suggested = f"{name}-{number}"
    return suggested


def remark(mode: Mode) -> str:
    """What is to be known about what is chosen."""
    if mode is Mode.REPLACE:
        return (
            "All that is in it goes, after all of the new was read again; room for both it needs."
        )
    if mode is Mode.MERGE:
        return "Names that exist in both are asked about once, before anything is moved."
    return "Everything is read again before the volume counts as imported."


def equivalent(source: Source, path: str, volume: str) -> str:
    """The docker command that comes nearest, safe to show; empty where none does."""
    run = f"docker run --rm -i -v {shlex.quote(f'{volume}:/to')} busybox tar -x -C /to"
    file = shlex.quote(path)
    if isinstance(source, HostFolder):
        return safe_text(f"tar -cC {file} . | {run}")
    if not isinstance(source, ArchiveFile):
        return ""  # What is in a pipe shows when it is read.
    program = _PROGRAMS[source.kind]
    return safe_text(f"{program} -dc < {file} | {run}" if program else f"{run} < {file}")


class JobAsker(Asker):
    """Asks through the job in whose thread it is; no is the safe answer."""

    def unwrap(self, folder: str) -> bool:
        """Ask about a single folder around everything."""
        return ask(
            Question(
                "One folder around everything",
                f"All that is in the archive is in one folder: {safe(folder)}.\n"
                "Some tools put the contents of a volume into such a folder.",
                yes="import what is in it",
                no="import the folder itself too",
            )
        )

    def overwrite(self, collisions: Collisions) -> bool:
        """Ask about names that both have."""
        paths = [safe(path) for path in collisions.paths[:_MOST_NAMED]]
        more = f" and {collisions.count - len(paths):,} more" * (collisions.count > len(paths))
        return ask(
            Question(
                "Names that exist already",
                f"{counted(collisions.count, 'entry')} of the archive exist in the volume too: "
                f"{', '.join(paths)}{more}.",
                yes="replace them by those of the archive",
                no="leave them as they are",
            )
        )
