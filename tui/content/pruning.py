"""What is said of volumes that are to go, and of what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rich.cells import cell_len
from textual.content import Content

from tui.content.lines import KEY, MUTED, Line, indented, joined, labelled, styled
from tui.engine import masked_options
from tui.engine.model import Volume
from tui.engine.pruning import Candidate, Group
from tui.engine.removing import Outcome, Removed
from tui.keymap import key_of
from tui.presentation import (
    age,
    counted,
    label_words,
    moment,
    safe,
    safe_text,
    sentence,
    size,
    size_words,
    total_words,
)

_GROUP_WORDS = {
    Group.ANONYMOUS: "anonymous: nobody gave it a name",
    Group.LOOKS_ANONYMOUS: "looks anonymous: 64 hex digits, but the engine does not say so",
}

OUTCOME_WORDS = {
    Outcome.UNKNOWN: "not known",
    Outcome.KEPT: "stayed",
    Outcome.NOT_TRIED: "not tried",
    Outcome.GONE: "was gone",
    Outcome.REMOVED: "removed",
}
"""What an outcome is called; first what needs the user."""

_BAR = 24
"""Cells of the bar of a removal."""


def choice(sizes: Iterable[int | None], total: int) -> Content:
    """How many of the candidates are chosen, and what that frees."""
    chosen = list(sizes)
    how = ("   ", (key_of("mark.one"), KEY), (" chooses", MUTED))
    if not chosen:
        return Content.assemble((f"Nothing of {total:,} chosen", "bold"), *how)
    freed = total_words(chosen)
    frees = "of unknown size" if chosen.count(None) == len(chosen) else f"frees {freed}"
    words = (f"{len(chosen):,} of {total:,} chosen", "bold $warning")
    return Content.assemble(words, f", {frees}", *how)


def candidate_facts(candidate: Candidate, width: int, now: datetime) -> Content:
    """A candidate in a few lines, the whole name first; nothing is cut."""
    volume = candidate.volume
    lines: list[Line] = [*styled(safe(volume.name), width, "bold $primary")]
    for label, value, style in _facts(candidate, now):
        lines += labelled(label, value, width, style)
    return joined(lines)


def _facts(candidate: Candidate, now: datetime) -> Iterable[tuple[str, str, str]]:
    volume = candidate.volume
    if volume.in_use:
        yield "In use", f"by {_holders(volume)}: it is left out", "$warning"
    elif candidate.remark:
        yield "Note", safe(candidate.remark), "$warning"
    if candidate.group in _GROUP_WORDS:
        yield "Group", _GROUP_WORDS[candidate.group], ""
    yield "Size", *_measured(volume, now)
    created = volume.created
    when = f"{moment(created)}, {age(created, now)}" if created else "not known"
    yield "Created", when, "" if created else MUTED
    driver = safe(volume.driver)
    if options := label_words(masked_options(volume.options)):
        yield "Driver", f"{driver} with {', '.join(options)}", ""
    elif not volume.plain:
        yield "Driver", driver, ""
    yield "Path", safe(volume.mountpoint) or "the driver tells none", ""
    if volume.labels:
        yield "Labels", ", ".join(label_words(volume.labels)), MUTED


def _measured(volume: Volume, now: datetime) -> tuple[str, str]:
    known = volume.size
    if known is None:
        return "not known", MUTED
    files = f" in {counted(known.files, 'file')}" if known.files is not None else ""
    return f"{size_words(known.size)}{files}, measured {age(known.measured, now)}", ""


def question(chosen: Sequence[Candidate], width: int) -> list[Content]:
    """What goes, by groups and whole names, those that are missed most first."""
    sizes = [each.volume.size.size if each.volume.size else None for each in chosen]
    total = f"{counted(len(chosen), 'volume')}: {total_words(sizes)}"
    lines: list[Line] = [
        [(total, "bold")],
        *styled("They go with all that is in them, and do not come back.", width, ""),
        *styled("Each is looked at again before; what came into use by then stays.", width, MUTED),
    ]
    for group in reversed(Group):
        named = [each for each in chosen if each.group is group]
        if named:
            lines += [[], [(f"{_TITLES[group]}, {len(named):,}", "bold $primary")]]
            for each in named:
                lines += _entry(each, width)
    return [Content.assemble(*line) for line in lines]


def _entry(candidate: Candidate, width: int) -> list[Line]:
    known = candidate.volume.size
    words = "?" if known is None else size(known.size)
    room = max(8, width - 7)
    name = styled(safe(candidate.volume.name), room, "")
    remark = styled(safe(candidate.remark), room, "$warning") if candidate.remark else []
    if remark and _cells(name[-1]) + 2 + _cells(remark[0]) <= room:
        name[-1] += [("  ", ""), *remark.pop(0)]
    return indented([*name, *remark], (f"{words:>5}  ", MUTED))


def _cells(line: Line) -> int:
    return sum(cell_len(text) for text, _ in line)


_TITLES = {
    Group.ANONYMOUS: "Anonymous",
    Group.LOOKS_ANONYMOUS: "Look anonymous",
    Group.NAMED: "Named",
}


def _holders(volume: Volume) -> str:
    return ", ".join(sorted({safe(mount.container) for mount in volume.mounts}))


def removing(done: int, total: int, *, stopping: bool) -> Content:
    """How far a removal is, with a bar."""
    full = _BAR * done // max(1, total)
    bar = (("━" * full, "$primary"), ("─" * (_BAR - full), MUTED))
    words = "Stopping behind the one that is being removed" if stopping else "Removing"
    return Content.assemble((words, "bold"), "  ", *bar, f"  {done:,} of {total:,}")


def result(counts: Mapping[Outcome, int], freed: Sequence[int | None]) -> Content:
    """How many volumes ended how, and what that freed."""
    went = counts[Outcome.REMOVED]
    parts: list[tuple[str, str]] = [(f"{went:,} removed", "bold")]
    if went:
        parts.append((f", {_freed(freed)}", ""))
    for outcome in (Outcome.GONE, Outcome.KEPT, Outcome.UNKNOWN, Outcome.NOT_TRIED):
        if counts[outcome]:
            urgent = outcome in {Outcome.KEPT, Outcome.UNKNOWN}
            style = "bold $warning" if urgent else MUTED
            parts += [("  ·  ", MUTED), (f"{counts[outcome]:,} {OUTCOME_WORDS[outcome]}", style)]
    return Content.assemble(*parts)


def _freed(sizes: Sequence[int | None]) -> str:
    known = [each for each in sizes if each is not None]
    if not known:
        return "bytes freed not known"
    least = "at least " if len(known) < len(sizes) else ""
    return f"{least}{size_words(sum(known))} freed"


def outcome_facts(volume: Volume, told: Removed | None, width: int) -> Content:
    """What became of one volume, the whole name first; nothing is cut."""
    lines: list[Line] = [*styled(safe(volume.name), width, "bold $primary")]
    if told is None:
        return joined([*lines, [("its turn has not come", MUTED)]])
    lines += labelled("Outcome", _SENTENCES[told.outcome], width, "")
    if told.error is not None:
        lines += labelled("Why", sentence(told.error), width, "$warning")
        if told.error.hint:
            lines += labelled("", safe_text(told.error.hint), width, MUTED)
    if told.containers:
        names = ", ".join(map(safe, told.containers))
        lines += labelled("Also", f"removed for it: {names}", width, "")
    return joined(lines)


_SENTENCES = {
    Outcome.REMOVED: "removed: the engine has it no more",
    Outcome.GONE: "was gone: somebody else had removed it before its turn",
    Outcome.KEPT: "stayed: the engine has it",
    Outcome.UNKNOWN: "not known: not all that was in it may be there any more",
    Outcome.NOT_TRIED: "not tried: nothing was done to it",
}


def result_lines(
    volumes: Sequence[Volume], outcomes: Sequence[Removed | None], summary: str
) -> list[str]:
    """The whole result as text: one line for each volume, those that stayed first."""
    order = list(OUTCOME_WORDS)
    ended = [(order.index(t.outcome), v, t) for v, t in zip(volumes, outcomes, strict=True) if t]
    lines = []
    for _, volume, told in sorted(ended, key=lambda each: (each[0], each[1].name)):
        words = size_words(volume.size.size) if volume.size else "of unknown size"
        why = f": {sentence(told.error)}" if told.error else ""
        lines.append(f"{OUTCOME_WORDS[told.outcome]}  {safe(volume.name)}  ({words}){why}")
    return [summary, *lines]
