"""What a transfer could not keep, said in sentences."""

from __future__ import annotations

from tui.engine.transfers.progress import Loss, Report, Sums
from tui.losses import loss_fields, loss_sentences, report_sentences


def test_each_kind_is_one_sentence_with_names() -> None:
    losses = [Loss("socket", 1, ("/run/a.sock",)), Loss("flags", 1204, ("/a", "/b"))]
    assert loss_sentences(losses) == [
        "1 socket is left out: /run/a.sock",
        "1,204 entries lost inode flags, such as immutable: /a, /b and 1,202 more",
    ]


def test_nothing_lost_says_nothing() -> None:
    assert loss_sentences([Loss("acl", 0)]) == []


def test_only_so_many_names() -> None:
    loss = Loss("xattr", 3, ("/a", "/b", "/c"))
    assert loss_sentences([loss], most=1) == ["3 entries lost extended attributes: /a and 2 more"]


def test_names_are_made_safe() -> None:
    (told,) = loss_sentences([Loss("link", 1, ("/a\x1b[31m\n",))])
    assert told == "1 hard link became a file of its own: /a\\e[31m\\n"


def test_a_kind_nobody_knows_is_told_too() -> None:
    assert loss_sentences([Loss("aura", 2)]) == ["2 entries: aura was lost."]


def test_what_changed_meanwhile() -> None:
    report = Report(Sums(), changed=2, changed_paths=("/log", "/db"), notes=("By the way.",))
    assert report_sentences(report) == [
        "2 entries of the source changed meanwhile: /log, /db",
        "By the way.",
    ]
    assert loss_fields(report) == {
        "losses": [],
        "changed": {"count": 2, "paths": ["/log", "/db"]},
    }
