"""A Nextcloud with 200,000 files."""

from __future__ import annotations

import os

from tests.engines.demo.databases import mariadb
from tests.engines.demo.tree import DAY, Tree

PREVIEWS = 60_000
PHOTOS = 140_000
_WWW = 33
_USERS = ("ada", "grace", "linus", "margaret")
_APPS = ("activity", "calendar", "contacts", "dav", "files", "mail", "notes", "photos", "viewer")


def nextcloud_html(tree: Tree) -> None:
    """The application."""
    tree.owned(_WWW, _WWW, 0o640, 0o750).copy_files()
    for app in _APPS:
        info = f"<info>\n  <id>{app}</id>\n  <version>1.2.0</version>\n</info>\n"
        tree.file(f"apps/{app}/appinfo/info.xml", info)
        for part in ("Controller", "Service", "Db"):
            tree.file(f"apps/{app}/lib/{part}/Index.php", f"<?php\n// {app}: {part}\n")
        tree.file(f"apps/{app}/js/{app}-main.js", f"/* {app} */\n" + "void 0;\n" * 400)
    tree.folder("data")  # where nextcloud_data is mounted, in a container below a read-only mount
    tree.file("version.php", "<?php\n$OC_Version = array(28,0,4,1);\n")


def nextcloud_data(tree: Tree) -> None:
    """Everything of the users but the previews and photos, which are made beside."""
    tree.owned(_WWW, _WWW, 0o640, 0o750)
    tree.file(".ocdata", "# Nextcloud data directory\n", age=300 * DAY)
    tree.file(
        "nextcloud.log", '{"level":2,"app":"core","message":"Trusted domain"}\n' * 900, age=DAY
    )
    for user in _USERS:
        tree.file(f"{user}/files/Documents/Welcome.md", f"# Welcome, {user}\n\nYour files.\n")
        for number in range(60):
            tree.file(
                f"{user}/files/Notes/note-{number:03}.md", f"# Note {number}\n\n- one\n- two\n"
            )
        tree.folder(f"{user}/files_trashbin/files")


def nextcloud_previews(tree: Tree) -> None:
    """One folder with very many files."""
    tree.owned(_WWW, _WWW, 0o640, 0o750)
    folder = tree.folder("appdata_ocx7k2demo/preview")
    names = [f"{n:06}-256-256.jpg" for n in range(int(PREVIEWS * tree.scale))]
    _many(folder, names, b"\xff\xd8\xff\xe0\0\x10JFIF" + tree.random.randbytes(90_000), tree.now)


def photos_of_ada_and_grace(tree: Tree) -> None:
    """One half of the photos."""
    _photos(tree, _USERS[:2])


def photos_of_linus_and_margaret(tree: Tree) -> None:
    """The other half of the photos."""
    _photos(tree, _USERS[2:])


def _photos(tree: Tree, users: tuple[str, ...]) -> None:
    """Photos by user, year and month."""
    tree.owned(_WWW, _WWW, 0o640, 0o750)
    months = [
        f"{user}/files/Photos/{year}/{month:02}"
        for year in range(2016, 2024)
        for month in range(1, 13)
        for user in users
    ]
    data = b"\xff\xd8\xff\xe1\0\x18Exif" + tree.random.randbytes(90_000)
    share, rest = divmod(int(PHOTOS * tree.scale) // 2, len(months))
    for index, month in enumerate(months):
        names = [f"IMG_{n:05}.jpg" for n in range(share + (index < rest))]
        _many(tree.folder(month), names, data, tree.now - (len(months) - index) * 15 * DAY)


def _many(folder: bytes, names: list[str], data: bytes, newest: float) -> None:
    """Write many files of 20 to 90 KB into one folder: every 25th whole, the others mostly holes.

    A descriptor spares the kernel the long paths, the holes spare the disk a gigabyte.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for index, name in enumerate(names):
            file = os.open(name, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o640, dir_fd=handle)
            size = 20_000 + index * 7919 % 70_000
            if index % 25 == 0:
                os.write(file, data[:size])
            os.truncate(file, size)
            os.fchown(file, _WWW, _WWW)
            os.utime(file, (newest - index * 60, newest - index * 60))
            os.close(file)
    finally:
        os.close(handle)


def nextcloud_db(tree: Tree) -> None:
    """The database of the cloud."""
    mariadb(tree, "nextcloud", ["oc_accounts", "oc_filecache", "oc_jobs", "oc_share", "oc_users"])
