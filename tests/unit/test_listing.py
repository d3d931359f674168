"""Members of archives as lines."""

from __future__ import annotations

import stat

from tui.documents.listing import Listing
from tui.engine.model import Entry

PRESENT = 1_795_000_000.0


def entry(name: str, mode: int, size: int = 0, target: str = "") -> Entry:
    return Entry(name, mode, 0, 0, size, 1_795_000_000, 0, 1, 0, 0, target, 0)


MEMBERS = [
    entry("a/", stat.S_IFDIR | 0o755),
    entry("a/b", stat.S_IFREG | 0o644, 1500),
    entry("a/c", stat.S_IFLNK | 0o777, target="../b"),
    entry("a/d", stat.S_IFREG | 0o644, target="a/b"),
    entry("../\x1b[31m/", stat.S_IFREG | 0o644),
    entry("/", stat.S_IFDIR | 0o755),
    entry("what", 0o644),
]


def test_columns_drop_with_the_width() -> None:
    listing = Listing(MEMBERS, "… and more", PRESENT)
    wide = listing.lines(64)
    assert list(wide)[1].split() == ["-rw-r--r--", "1.5K", *wide[1].split()[2:5], "a/b"]
    assert [line[31:] for line in wide[:7]] == [
        "  a/",
        "  a/b",
        "  a/c → ../b",
        "  a/d = the same file as a/b",
        r"  ../\e[31m",
        "  /",
        "  what",
    ]
    assert [line[0] for line in wide[:7]] == ["d", "-", "l", "-", "-", "d", "?"]
    assert wide[-1] == wide[7] == "… and more"
    assert len(listing.lines(44)[0]) == len("       Nov 18 15:33  a/")
    assert listing.lines(32)[1] == " 1.5K  a/b"


def test_equal_lists_are_equal() -> None:
    assert Listing(MEMBERS).lines(64) == Listing(list(MEMBERS)).lines(80)
    assert Listing(MEMBERS).lines(64) != Listing(MEMBERS).lines(32)
    assert Listing(MEMBERS).lines(64) != Listing(MEMBERS[1:]).lines(64)
