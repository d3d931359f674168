"""What the agent's errors about one path mean, in one sentence each."""

from __future__ import annotations

import errno

from tui.engine.errors import FileFailed
from tui.engine.protocol import AgentError

_SENTENCES = {
    "ENOENT": ("{path} does not exist.", ""),
    "EACCES": (
        "{path} cannot be read: permission denied.",
        "The storage or a security module of the host refuses even root.",
    ),
    "EPERM": (
        "{path} cannot be read: the operation is not permitted.",
        "The storage or a security module of the host refuses even root.",
    ),
    "ELOOP": (
        "{path} is reached through a symbolic link, which voltui does not follow.",
        "Open the place it points to instead.",
    ),
    "EISDIR": ("{path} is a folder.", ""),
    "ENOTDIR": ("{path} does not exist: a part of its path is not a folder.", ""),
    "ENAMETOOLONG": ("{path} has a name that is too long for its file system.", ""),
    "EIO": ("{path} cannot be read: its storage reports an error.", "Look into the host's log."),
    "ESTALE": ("{path} is gone from its storage.", "Refresh, or mount the storage anew."),
}
_NOT_REGULAR = ("{path} is not a regular file.", "Fifos, sockets and devices are never opened.")
_BY_OPERATION = {
    ("list", "ENOTDIR"): ("{path} is not a folder.", ""),
    ("usage", "ENOTDIR"): ("{path} is not a folder.", ""),
    ("watch", "ENOTDIR"): ("{path} is not a folder.", ""),
    ("read", "EINVAL"): _NOT_REGULAR,
    ("lines", "EINVAL"): _NOT_REGULAR,
    ("follow", "EINVAL"): _NOT_REGULAR,
    ("search", "EINVAL"): ("The search failed: {message}.", ""),
    ("archive", "EINVAL"): _NOT_REGULAR,
    **{(op, "ENOTDIR"): ("{path} is not a folder.", "") for op in ("find", "du")},
    **{(op, "EINVAL"): ("This cannot be searched for: {message}.", "") for op in ("find", "grep")},
    ("hash", "EINVAL"): _NOT_REGULAR,
    ("readlink", "EINVAL"): ("{path} is not a symbolic link.", ""),
    ("remove", "ENOTDIR"): ("{path} is not a folder.", ""),
    ("remove", "EBUSY"): ("{path} is where something is mounted, and cannot be removed.", ""),
    ("remove", "EXDEV"): ("{path} is on another file system, which is mounted there.", ""),
    **{
        ("remove", code): ("{path} cannot be removed: {message}.", "")
        for code in ("EACCES", "EPERM", "EROFS", "EIO")
    },
    **{
        ("unpack", code): ("{message}", "")
        for code in (
            "EBADMSG", "ENOSPC", "EDQUOT", "EPERM", "EACCES", "EROFS", "EIO", "EINVAL", "EFBIG"
        )
    },
    ("swap", "EINVAL"): ("{path} cannot be replaced: {message}.", ""),
    ("swap", "EPERM"): ("{path} cannot be replaced: {message}.", ""),
    ("swap", "EBUSY"): ("{path} cannot be replaced: {message}.", ""),
}  # fmt: skip
_FULL = (
    "There is no room left on the engine's side.",
    "Make room there, and do it again.",
)
_BY_STEP = {
    "mark": "The volume cannot be written to: {message}.",
    "clone": "The contents cannot be cloned: {message}.",
    "sync": "The storage did not take all of it: {message}.",
    "compare": "What was made cannot be compared: {message}.",
    "settle": "The volume cannot be finished: {message}.",
}
"""Of operations whose paths say where a helper has a volume, and nothing to a user."""
_OTHERWISE = ("{path} cannot be read: {message}.", "")


def file_failed(op: str, path: str, error: AgentError) -> FileFailed:
    """The agent's answer to `op` on `path`; its `errno` is the number this system gives it."""
    sentence, hint = _found(op, error.code)
    return FileFailed(
        sentence.format(path=path, message=error.message),
        path=path,
        errno=local_errno(error.code, error.errno),
        hint=hint,
    )


def _found(op: str, code: str) -> tuple[str, str]:
    if found := _BY_OPERATION.get((op, code)):
        return found
    if op in _BY_STEP:
        return _FULL if code in {"ENOSPC", "EDQUOT"} else (_BY_STEP[op], "")
    return _SENTENCES.get(code) or _OTHERWISE


def local_errno(code: str, number: int) -> int:
    """The number this system gives an errno of the agent; `number` is that of Linux."""
    local = getattr(errno, code, None)
    return local if isinstance(local, int) else number
