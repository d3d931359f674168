"""A program that is stopped before each system call that changes files: seccomp_unotify(2).

`python -m tests.agent.stepped SOCKET PROGRAM ARGUMENTS` hands its listener to the test and goes on
as the program.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import select
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NUMBERS = {  # of x86_64 and aarch64
    "mkdirat": (258, 34),
    "unlinkat": (263, 35),
    "linkat": (265, 37),
    "renameat2": (316, 276),
    "fsync": (74, 82),
    "syncfs": (306, 267),
    "ftruncate": (77, 46),
    "fchown": (93, 55),
    "fchmod": (91, 52),
    "utimensat": (280, 88),
}
_SECCOMP = (317, 277)
_SET_MODE_FILTER, _NEW_LISTENER = 1, 1 << 3
_PR_SET_NO_NEW_PRIVS = 38
_LOAD_NUMBER, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _NOTIFY = 0x7FFF_0000, 0x7FC0_0000
_RECEIVE, _SEND, _CONTINUE = 0xC050_2100, 0xC018_2101, 1

Before = Callable[[int, str], bool]
"""Gets the number of a call, from 1, and its name; says whether the program is killed instead."""


def _here(numbers: tuple[int, int]) -> int:
    return numbers[os.uname().machine != "x86_64"]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


@contextmanager
def stepped(folder: Path, before: Before) -> Iterator[tuple[str, ...]]:
    """Gives what goes before the program; one program for each."""
    address = folder / "listener"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(address))
        server.listen()
        over = threading.Event()
        thread = threading.Thread(target=_supervise, args=(server, before, over))
        thread.start()
        try:
            yield (sys.executable, "-m", "tests.agent.stepped", str(address))
        finally:
            over.set()
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            thread.join()
            address.unlink()


def _supervise(server: socket.socket, before: Before, over: threading.Event) -> None:
    try:
        connection, _ = server.accept()
    except OSError:  # nothing was started
        return
    with connection:
        data, (listener,), _, _ = socket.recv_fds(connection, 64, 1)
    pid = int(data)
    names = {_here(numbers): name for name, numbers in _NUMBERS.items()}
    waiting = select.poll()
    waiting.register(listener, select.POLLIN)
    number = 0
    try:
        while not over.is_set():
            events = waiting.poll(100)
            if not events:
                continue
            if not events[0][1] & select.POLLIN:
                return
            call = bytearray(80)
            with suppress(FileNotFoundError):  # the program ended meanwhile
                fcntl.ioctl(listener, _RECEIVE, call)
                number += 1
                if before(number, names[struct.unpack_from("i", call, 16)[0]]):
                    os.kill(pid, signal.SIGKILL)
                    return
                answer = call[:8] + struct.pack("qiI", 0, 0, _CONTINUE)
                fcntl.ioctl(listener, _SEND, answer)
    finally:
        os.close(listener)


def _install() -> int:
    """The listener of a filter for this process."""
    instructions = [(_LOAD_NUMBER, 0, 0, 0)]
    numbers = [_here(numbers) for numbers in _NUMBERS.values()]
    for left, number in zip(range(len(numbers), 0, -1), numbers, strict=True):
        instructions.append((_JUMP_EQUAL, left, 0, number))
    instructions += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _NOTIFY)]
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)
    program = _Program(len(instructions), code)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    call = (_here(_SECCOMP), _SET_MODE_FILTER, _NEW_LISTENER)
    listener = int(libc.syscall(*call, ctypes.byref(program)))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return listener


def main() -> None:
    listener = _install()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(sys.argv[1])
        socket.send_fds(client, [str(os.getpid()).encode()], [listener])
    os.close(listener)
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
