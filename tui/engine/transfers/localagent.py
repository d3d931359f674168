"""The agent of this machine's architecture on a folder of this machine, as a plain subprocess."""

from __future__ import annotations

import contextlib
import platform
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from tui.engine.agent import AgentConnection
from tui.engine.errors import HelperFailed, HelperLost

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_MEMORY = "96MiB"
_ENDS_WITHIN = 3.0


class _Stream:
    """One end of a socket pair; the agent has the other one as its stdin and stdout."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end

    def recv(self, size: int) -> bytes:
        """At most `size` bytes, empty at the end; raises `OSError`."""
        return self._socket.recv(size)

    def sendall(self, data: bytes | memoryview) -> None:
        """Write everything; raises `OSError`."""
        self._socket.sendall(data)

    def close(self) -> None:
        """End both directions; who waits in `recv` gets its end."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@contextmanager
def local_agent(folder: Path) -> Iterator[AgentConnection]:
    """Inside the block an agent with the rights of this user has the folder at its root; it ends
    with the block, and with this process.

    Raises `HelperFailed` where it cannot run: folders are read and written on Linux only.
    """
    ours, its = socket.socketpair()
    with ours, its:
        process = _start(_program(), folder, its)
        its.close()
        try:
            agent = AgentConnection(_Stream(ours))
            try:
                _greet(agent, folder)
                yield agent
            finally:
                agent.close()
        finally:
            _end(process)


def refuse_no_local_agent() -> None:
    """Raise `HelperFailed` where folders of this machine cannot be read or written."""
    _program()


def _program() -> Path:
    if sys.platform != "linux":
        raise HelperFailed(
            "Folders of this machine can be exported to and imported from on Linux only.",
            hint="An archive file works everywhere.",
        )
    machine = platform.machine()
    name = f"voltui-agent-linux-{_ARCHITECTURES.get(machine, machine)}"
    program = Path(str(resources.files("tui").joinpath("agent", "bin", name)))
    if not program.exists():
        raise HelperFailed(
            f"voltui has no helper for this machine, whose architecture is {machine}.",
            hint="An archive file works everywhere.",
        )
    return program


def _start(program: Path, folder: Path, end: socket.socket) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [str(program), "--root", str(folder)],
            stdin=end.fileno(),
            stdout=end.fileno(),
            stderr=subprocess.DEVNULL,
            env={"GOMEMLIMIT": _MEMORY},
            # Ctrl+C in the terminal is for the client alone: the work comes to an orderly end.
            start_new_session=True,
        )
    except OSError as error:
        reason = error.strerror or error
        raise HelperFailed(f"The helper {program} could not be started: {reason}.") from error


def _greet(agent: AgentConnection, folder: Path) -> None:
    try:
        agent.hello()
    except HelperLost as error:
        raise HelperFailed(f"The folder {folder} could not be opened.") from error


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its stdin has ended, so it does; one that hangs in a write to the disk is killed."""
    try:
        process.wait(_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
