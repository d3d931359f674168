"""PartFile: a file that has its name only once it is whole."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tui.engine.errors import FileFailed, UsageError
from tui.engine.transfers.madenames import half_made

PART = ".part"
_MOST_IN_THE_WAY = 100
_MOST_TOLD = 10
_LONGEST_NAME = 255
_AT_FDCWD = -100
_NO_REPLACE = 1
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES, errno.EXDEV}
_HINTS = {
    errno.ENOSPC: "Make room there, or name another place.",
    errno.EDQUOT: "Make room there, or name another place.",
    errno.EFBIG: "Its file system takes no file of that size: name another place.",
}


class PartFile:
    """A new file beside its place, for its owner alone, locked as long as it is being written."""

    def __init__(self, target: Path) -> None:
        """Raises `FileFailed`. What another export left is neither used nor removed."""
        self.target = target
        self.notes: list[str] = []
        """About what was in the way."""
        with told(target):
            self.path = self._create()
            fcntl.flock(self.fd, fcntl.LOCK_EX)  # Others hold it only to look whether it is held.

    def _create(self) -> Path:
        for number in range(_MOST_IN_THE_WAY):
            path = part_of(self.target, number)
            try:
                flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
                self.fd = os.open(path, flags, 0o600)
            except FileExistsError:
                self.notes.append(_in_the_way(path))
            else:
                self._mode = 0o666 & ~_umask()
                return path
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))

    def write(self, data: bytes) -> None:
        """Append; raises `FileFailed`."""
        with told(self.target):
            view = memoryview(data)
            while view:
                view = view[os.write(self.fd, view) :]

    def reopened(self) -> int:
        """A descriptor to read it from its beginning, from the storage; the caller closes it."""
        with told(self.target):
            again = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            if not os.path.samestat(os.fstat(again), os.fstat(self.fd)):
                os.close(again)
                raise FileFailed(
                    f"{self.path} was replaced while it was written.", path=str(self.path)
                )
            if hasattr(os, "posix_fadvise"):  # Else it comes out of memory, which proves less.
                os.posix_fadvise(again, 0, 0, os.POSIX_FADV_DONTNEED)
            return again

    def place(self, *, overwrite: bool) -> None:
        """Give it its name, for good. Where one of that name came meanwhile, that stays, and
        `FileFailed` is raised, unless it is to be overwritten.
        """
        with told(self.target):
            os.close(self.reopened())
            with suppress(FileNotFoundError):
                if overwrite:
                    self._mode = self.target.stat().st_mode & 0o777
            os.fchmod(self.fd, self._mode)
            if overwrite:
                os.replace(self.path, self.target)
            else:
                _link(self.path, self.target)
            sync_folder(self.target.parent)

    def close(self) -> None:
        """Remove it, unless it has its name; what else has its place now stays."""
        with suppress(OSError):
            if os.path.samestat(os.fstat(self.fd), os.lstat(self.path)):
                self.path.unlink()
        os.close(self.fd)


def part_of(target: Path, number: int = 0) -> Path:
    """What it is called until it is whole; `number` where others are in the way."""
    ending = f".{number}{PART}" if number else PART
    name = os.fsencode(target.name)[: _LONGEST_NAME - len(ending)]
    return target.with_name(os.fsdecode(name) + ending)


def left_beside(target: Path) -> list[str]:
    """Sentences about files that earlier exports of the same volume left there half-made. No new
    export meets their names, where these are made by us.
    """
    pattern = half_made(target)
    names: list[str] = []
    with suppress(OSError):
        names = sorted(filter(pattern.fullmatch, os.listdir(target.parent))) if pattern else []
    paths = [target.parent / name for name in names]
    told = [_left(path) for path in paths if _held(path) is False]
    more = len(told) - _MOST_TOLD
    return told if more <= 0 else [*told[:_MOST_TOLD], f"{more:,} more are in {target.parent}."]


def refuse_existing(target: Path) -> None:
    """Raise `UsageError` where something has that name."""
    if os.path.lexists(target):
        raise UsageError(f"{target} exists already.", hint="Name another one, or give --overwrite.")


def move_new(part: Path, target: Path) -> None:
    """Rename a file or folder; `FileExistsError` where something has that name."""
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "renameat2"):
        names = os.fsencode(part), os.fsencode(target)
        if libc.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _NO_REPLACE) == 0:
            return
        number = ctypes.get_errno()
        if number not in {errno.EINVAL, errno.ENOSYS}:
            raise OSError(number, os.strerror(number), str(target))
    if os.path.lexists(target):  # The best there is on such a file system.
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    part.rename(target)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the storage."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # Some file systems have no such call, and no need of it.
            os.fsync(fd)
    finally:
        os.close(fd)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Errors of this machine's files as ours; `path` is what is being made."""
    try:
        yield
    except FileExistsError as error:
        raise FileFailed(
            f"{path} came to exist meanwhile, and was not touched.",
            path=str(path),
            errno=errno.EEXIST,
        ) from error
    except OSError as error:
        number = error.errno or 0
        raise FileFailed(
            f"{path} cannot be written: {error.strerror or error}.",
            path=str(path),
            errno=number,
            hint=_HINTS.get(number, ""),
        ) from error


def _link(part: Path, target: Path) -> None:
    try:
        os.link(part, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        move_new(part, target)
    else:
        part.unlink()


def _in_the_way(path: Path) -> str:
    """Whose it may be."""
    held = _held(path)
    if held is None:
        return f"{path} was there already, and was not touched."
    return f"{path} is being written by another export." if held else _left(path)


def _held(path: Path) -> bool | None:
    """Whether an export writes it still, as its lock tells; None for what none has made."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return None
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


def _left(path: Path) -> str:
    return f"{path} was left by an export that did not end. It was not touched: remove it."


def _umask() -> int:
    """Meanwhile what other threads make is for its owner alone."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
