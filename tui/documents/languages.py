"""In which language a text is written, by the name of its file, then by its first lines."""

from __future__ import annotations

import re

LANGUAGES = {
    "apache": ".htaccess",
    "bash": "sh bash zsh ksh ash env bashrc profile .bashrc .profile .env",
    "batch": "bat cmd",
    "c": "c h",
    "cmake": "cmake CMakeLists.txt",
    "cpp": "cpp cc cxx hpp",
    "css": "css",
    "diff": "diff patch",
    "docker": "dockerfile Dockerfile Containerfile",
    "go": "go",
    "groovy": "groovy gradle Jenkinsfile",
    "hcl": "hcl tf tfvars",
    "html": "html htm xhtml",
    "ini": "ini cfg cnf conf inf service socket timer mount desktop .gitconfig",
    "java": "java",
    "javascript": "js mjs cjs jsx",
    "json": "json geojson webmanifest jsonl ndjson map",
    "kotlin": "kt kts",
    "lua": "lua",
    "make": "mk Makefile makefile GNUmakefile",
    "markdown": "md markdown",
    "nginx": "nginx nginx.conf",
    "perl": "pl pm",
    "php": "php php5 phtml",
    "powershell": "ps1 psm1",
    "properties": "properties",
    "protobuf": "proto",
    "python": "py pyi pyw wsgi",
    "ruby": "rb rake Gemfile Rakefile Vagrantfile",
    "rust": "rs",
    "scss": "scss",
    "sql": "sql ddl",
    "toml": "toml",
    "typescript": "ts tsx mts",
    "xml": "xml svg xsd xsl plist pom rss atom csproj",
    "yaml": "yaml yml",
}
"""Lexers of pygments that are used, with endings and whole names of files."""

_BY_NAME = {name: language for language, names in LANGUAGES.items() for name in names.split()}
_INTERPRETERS = {
    "sh": "bash", "bash": "bash", "dash": "bash", "ash": "bash", "zsh": "bash", "ksh": "bash",
    "python": "python", "perl": "perl", "ruby": "ruby", "node": "javascript", "php": "php",
    "lua": "lua",
}  # fmt: skip
_SHEBANG = re.compile(r"#!\s*(?:\S*/)?([a-z]+)[\d.]*(?:\s+(?:-\S+\s+)*([a-z]+))?")
# Space at the begin of a line is none of the lines before: else these take time without bound.
_NGINX = re.compile(
    r"^[^\S\n]*(server|location|upstream|http|events|worker_processes)\b[^=\n]*[{;]", re.M
)
_APACHE = re.compile(
    r"^[^\S\n]*<(VirtualHost|Directory|IfModule|Location|FilesMatch|Proxy)\b", re.M
)
_SECTION = re.compile(r"^(?:[^\S\n]*(?:[#;].*)?\n)*\[[^\]\n{}\"]+\]\s*\n")
_BEGINNINGS = [
    ("<?php", "php"),
    ("<?xml", "xml"),
    ("<!doctype html", "html"),
    ("<html", "html"),
    ("---\n", "yaml"),
    ("diff --git ", "diff"),
    ('{"', "json"),
    ('[{"', "json"),
    ('{\n  "', "json"),
]


def language_of(name: str, text: str) -> str:
    """A lexer's name for a file by its name, then by its beginning; empty where none is known."""
    first, last = name.partition(".")[0], name.rpartition(".")[2].lower()
    found = _BY_NAME.get(last, "") if "." in name else ""
    if not name.islower() or name.startswith("."):  # A file named `sh` is no shell script.
        found = _BY_NAME.get(name) or found or _BY_NAME.get(first, "")
    return _by_content(text[:4096]) or found if found in {"", "ini"} else found


def _by_content(text: str) -> str:
    if text.startswith("#!"):
        shebang = _SHEBANG.match(text)
        return _interpreter(shebang[1], shebang[2]) if shebang else ""
    start = text.lstrip().lower()
    for beginning, language in _BEGINNINGS:
        if start.startswith(beginning):
            return language
    for pattern, language in ((_APACHE, "apache"), (_NGINX, "nginx"), (_SECTION, "ini")):
        if pattern.search(text):
            return language
    return ""


def _interpreter(program: str, argument: str | None) -> str:
    return _INTERPRETERS.get((argument or "") if program == "env" else program, "")
