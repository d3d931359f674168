"""Names and entries from hell."""

from __future__ import annotations

import os
import socket
import stat

from tests.engines.demo.tree import DAY, Tree


def odd_names(tree: Tree) -> None:
    """Names and entries that break programs which trust them."""
    for name in _ODD_NAMES:
        tree.file(name, b"The name of this file is the interesting part.\n")
    tree.file(b"deep/\x1b[31mred\x1b[0m/[link=x]folder/file.txt", "below odd folders\n")
    tree.link("loop-a", "loop-b")
    tree.link("loop-b", "loop-a")
    tree.link("absolute", "/etc/shadow")
    tree.link("leaving", "../../../../../../etc/passwd")
    tree.link("dangling", "no/such/file")
    tree.folder("locked", mode=0o000)
    tree.file("unreadable", "nobody may read this\n", mode=0o000)
    tree.file("setuid-program", "#!/bin/sh\nid\n", mode=0o4755)
    tree.file("1969.txt", "before the epoch\n", age=tree.now + DAY)
    os.mkfifo(tree.full("queue.fifo"), 0o644)
    os.mknod(tree.full("null-device"), 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    with socket.socket(socket.AF_UNIX) as end:
        here = os.open(tree.root, os.O_RDONLY)
        end.bind(f"/proc/self/fd/{here}/app.sock")
        os.close(here)


_ODD_NAMES = (
    b"\x1b[2J\x1b[31mescape.txt",
    b"\x1b]0;owned\x07title.txt",
    b"[bold red]markup[link=file:].txt",
    b"log[/]x",  # as a path: the file `]x` in the folder `log[`
    b"two\nlines.txt",
    b"tab\there.txt",
    b"caf\xe9-latin1.txt",
    b"\xff\xfe\xfd.bin",
    "invoice_\u202efdp.exe".encode(),
    "zero\u200bwidth.txt".encode(),
    "日本語のファイル.txt".encode(),
    "e\u0301-combining.txt".encode(),
    "👩‍👩‍👧-family.txt".encode(),
    b"-rf",
    b"--help",
    b"   ",
    b".hidden",
    b"'quote\"back\\slash",
    b"$(reboot);`id`",
    b"*?[a-z]",
    b"CON.txt ",
    bytes(range(1, 32)),
    b"n" * 255,
)
