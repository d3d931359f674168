"""Writing believable trees straight into a mountpoint: owners, modes and ages included."""

from __future__ import annotations

import contextlib
import os
import random
from pathlib import Path

FILES = Path(__file__).parent / "files"
DAY = 86_400


class Tree:
    """The files of one volume; everything is made with its owner, its modes and some age.

    Paths are relative to the volume's root; text is written as UTF-8. What is random depends on
    the volume's name alone, so two demos hold the same.
    """

    def __init__(self, root: Path, name: str, now: float, scale: float = 1.0) -> None:
        self.root = os.fsencode(root)
        self.name = name
        self.now = now
        self.scale = scale
        """Share of the many files that is really made."""
        self.random = random.Random(name)
        self.uid = self.gid = 0
        self.file_mode = 0o644
        self.folder_mode = 0o755

    def owned(self, uid: int, gid: int, file_mode: int = 0o644, folder_mode: int = 0o755) -> Tree:
        """Owner and modes for what follows, and for the volume's root."""
        self.uid, self.gid, self.file_mode, self.folder_mode = uid, gid, file_mode, folder_mode
        os.chown(self.root, uid, gid)
        os.chmod(self.root, folder_mode)
        return self

    def copy_files(self) -> None:
        """Copy the files that are kept for this volume beside this module."""
        source = FILES / self.name
        for path in sorted(source.rglob("*")):
            if path.is_file():
                mode = 0o755 if path.suffix == ".sh" else None
                self.file(str(path.relative_to(source)), path.read_bytes(), mode=mode)

    def folder(self, path: str | bytes, *, mode: int | None = None) -> bytes:
        """Make a folder and those above it; return its full path."""
        full = self.full(path)
        if not os.path.isdir(full):
            if os.path.dirname(full) != self.root:
                self.folder(os.path.relpath(os.path.dirname(full), self.root))
            with contextlib.suppress(FileExistsError):  # by what fills the volume beside us
                os.mkdir(full)
            os.chown(full, self.uid, self.gid)
            os.chmod(full, self.folder_mode if mode is None else mode)
        return full

    def file(
        self,
        path: str | bytes,
        data: str | bytes = b"",
        *,
        mode: int | None = None,
        age: float | None = None,
        size: int | None = None,
    ) -> bytes:
        """Write a file, `age` seconds old; with `size` it is stretched to that by a hole."""
        full = self.full(path)
        self.folder(os.path.relpath(os.path.dirname(full), self.root))
        with open(full, "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
            if size is not None:
                file.truncate(size)
        os.chown(full, self.uid, self.gid)
        os.chmod(full, self.file_mode if mode is None else mode)
        self.aged(path, age)
        return full

    def link(self, path: str | bytes, target: str | bytes) -> None:
        """Make a symbolic link."""
        full = self.full(path)
        self.folder(os.path.relpath(os.path.dirname(full), self.root))
        os.symlink(os.fsencode(target), full)
        os.chown(full, self.uid, self.gid, follow_symlinks=False)

    def aged(self, path: str | bytes, age: float | None = None) -> None:
        """Set the time of last change; without `age` up to 200 days ago."""
        seconds = self.random.uniform(3600, 200 * DAY) if age is None else age
        os.utime(self.full(path), (self.now - seconds, self.now - seconds))

    def full(self, path: str | bytes) -> bytes:
        """Full path of a path below the root."""
        joined = os.path.join(self.root, os.fsencode(path))
        return joined[:-2] if joined.endswith(b"/.") else joined

    def settle(self) -> None:
        """Give every folder the age of the youngest it holds."""
        for folder, folders, files in os.walk(self.root, topdown=False):
            names = [os.path.join(folder, name) for name in (*folders, *files)]
            youngest = [os.lstat(name).st_mtime for name in names]
            if youngest:
                with contextlib.suppress(OSError):
                    os.utime(folder, (max(youngest), max(youngest)))
