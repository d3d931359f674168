"""Looking around a volume with the real program on a real engine."""

from __future__ import annotations

import sys

import pytest

from screenshots.terminal import Terminal
from tests.integration.conftest import Things

VOLTUI = [sys.executable, "-m", "tui"]


def shows(terminal: Terminal, *texts: str) -> None:
    terminal.wait_for(lambda screen: all(text in screen for text in texts), " and ".join(texts))


@pytest.fixture
def volume(things: Things) -> str:
    """A small site: configuration, a log, something binary, a name that is no text."""
    name = things.volume("looked-at")
    folder = things.folder(name)
    (folder / "etc" / "app").mkdir(parents=True)
    (folder / "var").mkdir()
    (folder / "etc" / "app" / "server.conf").write_text("[server]\nport = 8080\ntimeout = 30\n")
    (folder / "etc" / "app" / "client.conf").write_text("timeout = 5\n")
    lines = "".join(f"line {number}\n" for number in range(2000))
    (folder / "var" / "app.log").write_text(f"{lines}a timeout = 99 happened\n{lines}")
    (folder / "var" / "data.bin").write_bytes(b"\0timeout = 1\n" * 1000)
    return name


def test_find_grep_usage_hash_and_go_to(things: Things, volume: str) -> None:
    with Terminal([*VOLTUI, "--host", things.engine.url, volume], 100, 24) as terminal:
        shows(terminal, "looked-at:/", "etc/", "2 entries")
        terminal.press("f")
        shows(terminal, "Find in looked-at:/")
        terminal.press("clientc")
        shows(terminal, "1 found", "etc/app/client.conf")
        terminal.press("Enter")
        shows(terminal, "looked-at:/etc/app ", "▌ client.conf", "timeout = 5")
        terminal.press("~")
        shows(terminal, "Go to a path in looked-at")
        terminal.press("../../v", "Tab", "Enter")
        shows(terminal, "looked-at:/var ", "app.log")
        terminal.press("H")
        shows(terminal, "SHA-256", "looked-at:/var/app.log")
        terminal.wait_for(_has_digest, "the hash")
        terminal.press("q", "h", "z")
        shows(terminal, "Disk usage of looked-at:/", "var/", "apparent", "on disk")
        terminal.press("Enter")
        shows(terminal, "looked-at:/var", "data.bin")
        terminal.press("q")
        shows(terminal, "2 entries")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert not things.helpers()


def _has_digest(screen: str) -> bool:
    words = screen.replace("│", " ").split()
    return any(len(word) == 64 and set(word) <= set("0123456789abcdef") for word in words)


def test_a_line_that_was_found_is_viewed_and_escape_comes_back(things: Things, volume: str) -> None:
    with Terminal([*VOLTUI, "--host", things.engine.url, volume], 100, 24) as terminal:
        shows(terminal, "looked-at:/", "2 entries")
        terminal.press("F")
        shows(terminal, "Find text in looked-at:/")
        terminal.press("timeout = [0-9]+\r")
        shows(terminal, "3 lines in 4 files", "server.conf:3", "client.conf:1", "app.log:2001")
        terminal.press("G", "Enter")
        shows(terminal, "looked-at:/var/app.log", "a timeout = 99 happened", "line 1999")
        terminal.press("Esc")
        shows(terminal, "3 lines in 4 files")
        terminal.press("/", "(", "Enter")
        shows(terminal, "missing closing )", "tries again")
        terminal.press("Esc")
        shows(terminal, "2 entries")


def test_recent_volumes_and_other_mounts(things: Things, volume: str) -> None:
    other = things.volume("other-one")
    things.container([f"{volume}:/data", f"{other}:/more:ro", "/etc:/host"], ["true"], Labels={})
    with Terminal([*VOLTUI, "--host", things.engine.url], 100, 24) as terminal:
        shows(terminal, volume, other)
        terminal.press("/looked", "Enter", "2", "Enter")
        shows(terminal, "Mounts of ", "/data", "volume other-one", "read-only", "bind /etc")
        terminal.press("j", "j", "Enter")
        shows(terminal, "other-one:/", "This folder is empty.")
        terminal.press("b")
        shows(terminal, "Recent volumes", "other-one")
