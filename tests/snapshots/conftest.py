"""The same terminal, clock and zone for every picture."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

PRESENT = datetime(2026, 11, 20, 9, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _same_everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    for name in ("NO_COLOR", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr("tui.widgets.details.now", lambda: PRESENT)
    monkeypatch.setattr("tui.widgets.file_rows.now", lambda: PRESENT)
    monkeypatch.setattr("tui.widgets.found_rows.now", lambda: PRESENT)
    monkeypatch.setattr("tui.widgets.preview_documents.now", lambda: PRESENT)
    monkeypatch.setattr("tui.screens.deleting.now", lambda: PRESENT)
    monkeypatch.setattr("tui.screens.emptying.now", lambda: PRESENT)
    monkeypatch.setattr("tui.widgets.prune_list.now", lambda: PRESENT)
    monkeypatch.setattr("tui.jobs.job.now", lambda: PRESENT)
    yield
    monkeypatch.undo()
    time.tzset()
