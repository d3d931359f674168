"""What a transfer could not keep, and what changed under it, in sentences. No Textual in here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tui.engine.transfers.progress import Loss, Report
from tui.presentation import counted, safe, safe_text


class _Words(NamedTuple):
    """`{n}` sockets, …; what follows on one of them and on several."""

    thing: str
    one: str
    many: str


_WORDS = {
    "socket": _Words("socket", "is left out", "are left out"),
    "flags": _Words(
        "entry", "lost its inode flags, such as immutable", "lost inode flags, such as immutable"
    ),
    "xattr": _Words("entry", "lost extended attributes", "lost extended attributes"),
    "acl": _Words("entry", "lost its access control list", "lost their access control lists"),
    "capability": _Words("file", "lost its capabilities", "lost their capabilities"),
    "device": _Words("device", "is left out", "are left out"),
    "owner": _Words("entry", "lost its owner or group", "lost their owner or group"),
    "mode": _Words("entry", "lost a part of its mode", "lost a part of their mode"),
    "time": _Words("entry", "lost its time of change", "lost their times of change"),
    "link": _Words(
        "hard link", "became a file of its own", "became files of their own"
    ),
    "sparse": _Words("file", "has no holes any more", "have no holes any more"),
    "name": _Words(
        "entry", "is left out: its name cannot be kept", "are left out: their names cannot be kept"
    ),
    "path": _Words(
        "entry", "is left out: its path is too long", "are left out: their paths are too long"
    ),
    "unreadable": _Words(
        "entry", "could not be read and is left out", "could not be read and are left out"
    ),
    "whiteout": _Words(
        "entry",
        "has a name that begins with .wh., which an image takes for something removed",
        "have names that begin with .wh., which an image takes for something removed",
    ),
}  # fmt: skip


def loss_sentences(
    losses: Sequence[Loss],
    changed: int = 0,
    changed_paths: Sequence[str] = (),
    *,
    most: int = 20,
) -> list[str]:
    """One sentence for each kind, with at most `most` names, safe to show; empty where all was
    kept and nothing changed.
    """
    told = [_loss(loss, most) for loss in losses if loss.count]
    if changed:
        what = f"{counted(changed, 'entry')} of the source changed meanwhile"
        told.append(_named(what, changed, changed_paths, most))
    return told


def report_sentences(report: Report, *, most: int = 20) -> list[str]:
    """Everything a report has to say beyond that it is done."""
    told = loss_sentences(report.losses, report.changed, report.changed_paths, most=most)
    return told + [safe_text(note) for note in report.notes]


def loss_fields(report: Report) -> dict[str, Any]:
    """The same for a JSON object: `losses` and `changed`."""
    return {
        "losses": [
            {"kind": loss.kind, "count": loss.count, "paths": list(loss.paths)}
            for loss in report.losses
        ],
        "changed": {"count": report.changed, "paths": list(report.changed_paths)},
    }


def _loss(loss: Loss, most: int) -> str:
    words = _WORDS.get(loss.kind)
    if words is None:  # A kind of a later agent.
        return _named(
            f"{counted(loss.count, 'entry')}: {safe(loss.kind)} was lost", *_rest(loss), most
        )
    verb = words.one if loss.count == 1 else words.many
    return _named(f"{counted(loss.count, words.thing)} {verb}", *_rest(loss), most)


def _rest(loss: Loss) -> tuple[int, tuple[str, ...]]:
    return loss.count, loss.paths


def _named(what: str, count: int, paths: Sequence[str], most: int) -> str:
    shown = [safe(path) for path in paths[:most]]
    if not shown:
        return f"{what}."
    more = f" and {count - len(shown):,} more" if count > len(shown) else ""
    return f"{what}: {', '.join(shown)}{more}"
