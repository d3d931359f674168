"""Paths as they are typed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tui.presentation import safe
from tui.typed import absolute, unsafe


@pytest.mark.parametrize(
    "name",
    [
        "plain",
        "with space",
        " around ",
        "back\\slash",
        "\\x41",
        "a\x1b]0;pwned\x07\x9b31m\u202egnp\u200b",
        "\udcff\udc80 bytes",
        "e\u0301 combined é",
        "\U000e0101\t\n\r",
        "日本",
    ],
)
def test_what_is_shown_can_be_typed(name: str) -> None:
    assert unsafe(safe(name)) == name


def test_bytes_of_a_character_are_the_character() -> None:
    assert unsafe("\\xc3\\xa9") == "é"
    assert unsafe("\\xc3") == "\udcc3"


def test_a_backslash_that_begins_no_escape_stands_for_itself() -> None:
    assert unsafe("a\\q\\") == "a\\q\\"
    assert unsafe("\\ud800 \\U00110000") == "\\ud800 \\U00110000"


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("/", "/"),
        ("", "/base/1"),
        ("x", "/base/1/x"),
        ("..", "/base"),
        ("../../../..", "/"),
        ("/a//b/./c/../d/", "/a/b/d"),
    ],
)
def test_paths_are_absolute_and_plain(typed: str, path: str) -> None:
    assert absolute(typed, "/base/1") == path


def test_typed_paths_do_not_depend_on_the_locale() -> None:
    asked = "from tui.typed import unsafe; print(ascii(unsafe('/a/\\u65e5')))"
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ended = subprocess.run(
        [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.stdout.strip() == "'/a/\\u65e5'", ended.stderr
