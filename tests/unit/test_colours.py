"""Which parts of a text are coloured, and that nothing hangs on one."""

from __future__ import annotations

import pytest

from tui.documents.colours import colours
from tui.documents.document import Source
from tui.documents.languages import LANGUAGES, language_of
from tui.documents.text import shown_line


def coloured(language: str, *lines: str) -> list[list[tuple[str, str]]]:
    """For each line its coloured parts and their kinds."""
    shown = [shown_line(line) for line in lines]
    spans = [line for part in colours(Source(language, list(lines)), shown) for line in part]
    assert len(spans) <= len(lines)
    return [
        [(shown[number][begin:end], kind) for begin, end, kind in line]
        for number, line in enumerate(spans)
    ]


def test_yaml() -> None:
    assert coloured("yaml", "# note", "a:", '  b: "x"', "", "  c: d") == [
        [("# note", "comment")],
        [("a", "key")],
        [("b", "key"), ('"', "string"), ("x", "string"), ('"', "string")],
        [],
        [("c", "key")],
    ]


def test_a_part_over_several_lines_is_coloured_on_each() -> None:
    assert coloured("python", 'x = """a', "b", 'c"""') == [
        [('"""', "string"), ("a", "string")],
        [("b", "string")],
        [("c", "string"), ('"""', "string")],
    ]


def test_tabs_move_the_colours_and_escapes_take_them_away() -> None:
    spans = coloured("python", "if\t1:\t# tab", "x = 2 # \x1b[0m", "y = 'é'")
    assert spans[0] == [("if", "keyword"), ("1", "constant"), ("# tab", "comment")]
    assert spans[1] == []
    assert "'é'" in "".join(text for text, _ in spans[2])


def test_long_lines_get_no_colours() -> None:
    assert coloured("json", "{", '"' + "x" * 1100 + '"', "}") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_ends_in_time_whatever_the_text_is(language: str) -> None:
    for line in ("/*", "<!--", "'\"`", "((((", "\\", "a" * 900, "${{", "\t", "<?php", "{{{%", ""):
        shown = [line.expandtabs(8)] * 60
        for part in colours(Source(language, [line] * 60), shown):
            for spans in part:
                assert all(0 <= span.begin < span.end <= len(shown[0]) for span in spans)
                assert sorted(spans) == spans


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("compose.yml", "", "yaml"),
        ("Dockerfile", "", "docker"),
        ("Dockerfile.dev", "", "docker"),
        ("a.JSON", "", "json"),
        ("default.conf", "server {\n  listen 80;\n}\n", "nginx"),
        ("site.conf", "<VirtualHost *:80>\n", "apache"),
        ("postgresql.conf", "port = 5432\n", "ini"),
        ("run", "#!/bin/sh\n", "bash"),
        ("run", "#!/usr/bin/env -S python3.11 -u\n", "python"),
        ("run", "#!/usr/bin/awk -f\n", ""),
        ("x", "<?php\n", "php"),
        ("x", "[section]\nkey=1\n", "ini"),
        ("x", '[{"a": 1}]', "json"),
        ("notes", "server room\n", ""),
        ("sh", "text", ""),
        ("log.txt", "[info] x\n", ""),
        ("sh.txt", "text", ""),
        ("README.md", "", "markdown"),
        ("CMakeLists.txt", "", "cmake"),
    ],
)
def test_the_language_is_told_by_name_and_beginning(name: str, text: str, language: str) -> None:
    assert language_of(name, text) == language


@pytest.mark.parametrize("blank", ["\n", " \n", "\r\n", "# comment\n\n", "\f\n"])
def test_many_blank_lines_are_looked_at_once(blank: str) -> None:
    """Some expressions take the lifetime of the sun for forty empty lines."""
    lines = blank * (4000 // len(blank))
    assert language_of("notes", lines + "x") == ""
    assert language_of("app.conf", lines + "x") == "ini"
    assert language_of("notes", blank * 40 + "[section]\nkey = 1\n") == "ini"
    assert language_of("notes", blank * 40 + "  server {\n") == "nginx"
