"""The one place where exceptions of docker, requests and the socket become `EngineError`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tui.engine.endpoint import Endpoint
from tui.engine.errors import (
    AnswerUnfinished,
    CallRefused,
    EngineError,
    EngineFailed,
    EngineTimeout,
    EngineUnreachable,
    ProtocolError,
    VolumeInUse,
    VolumeNotFound,
)
from tui.engine.masking import masked_text

if TYPE_CHECKING:
    import requests

_LONGEST = 1000
"""Characters of an engine's message that are shown."""
_VERSION = re.compile(r"^/v\d+\.\d+")


@contextmanager
def mapped(endpoint: Endpoint, deadline: float, call: str = "") -> Iterator[None]:
    """Turn what sockets and the standard HTTP client raise into an `EngineError`.

    `call` is the one being made, `GET /volumes`.
    """
    import http.client  # Late: the first frame does not need it.

    try:
        yield
    except TimeoutError as error:
        raise timed_out(endpoint, deadline, call) from error
    except (http.client.HTTPException, OSError, UnicodeError) as error:
        raise _unreachable(endpoint, deadline, error) from error


@contextmanager
def mapped_sdk(endpoint: Endpoint, deadline: float) -> Iterator[None]:
    """Turn whatever the SDK and its transport raise into an `EngineError`, cause preserved."""
    import docker.errors
    import requests.exceptions
    import urllib3.exceptions

    with mapped(endpoint, deadline):
        try:
            yield
        except docker.errors.APIError as error:
            raise _answered(endpoint, error.response, error.explanation) from error
        except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise timed_out(endpoint, deadline, _call(getattr(error, "request", None))) from error
        except (
            json.JSONDecodeError,
            requests.exceptions.InvalidJSONError,
            requests.exceptions.ContentDecodingError,
            requests.exceptions.ChunkedEncodingError,
        ) as error:
            raise no_engine(endpoint) from error
        except (KeyError, TypeError, RecursionError) as error:
            # The SDK expects an object with a message in every answer that is no success.
            refused = error.__context__
            if not isinstance(refused, requests.exceptions.HTTPError):
                raise
            raise _answered(endpoint, refused.response, None) from error
        except (
            requests.exceptions.RequestException,
            urllib3.exceptions.HTTPError,
            docker.errors.DockerException,
        ) as error:
            raise _unreachable(endpoint, deadline, error) from error


def timed_out(endpoint: Endpoint, deadline: float, call: str = "") -> EngineTimeout:
    """The engine took the call and stayed silent."""
    what = f" to {_bare(call)}" if call else ""
    return EngineTimeout(
        f"The engine at {endpoint.url} did not answer{what} within {deadline:g} s.",
        hint="It may be busy, stopped or restarting.",
    )


def unfinished(endpoint: Endpoint, within: float, call: str) -> AnswerUnfinished:
    """The engine answers, and comes to no end."""
    return AnswerUnfinished(
        f"The engine at {endpoint.url} did not finish its answer to {_bare(call)} "
        f"within {within:g} s.",
        hint="The connection may be slow, or the engine busy.",
    )


def too_large(endpoint: Endpoint, limit: int, call: str) -> ProtocolError:
    """The answer is larger than any a Docker engine gives; `limit` in bytes."""
    return ProtocolError(
        f"The answer of {endpoint.url} to {_bare(call)} is larger than {limit >> 20} MiB.",
        hint="Check the address.",
    )


def no_engine(endpoint: Endpoint) -> ProtocolError:
    """Somebody answers, in another language."""
    return ProtocolError(
        f"What answers at {endpoint.url} ({endpoint.origin}) is no Docker engine.",
        hint="Check the address.",
    )


def answered(
    endpoint: Endpoint, status: int, method: str, path: str, message: object
) -> EngineError:
    """The error for an answer that is no success; chosen by status and path, never by message."""
    message = _said(message)
    what = _bare(f"{method} {path}")
    path = what.partition(" ")[2]
    if status in {401, 403, 405, 407}:
        said = f": {message}" if message else ""
        return CallRefused(
            f"{endpoint.url} refused {what} ({status}){said}",
            hint="A proxy or an authorization plugin may allow reading only.",
        )
    if path.startswith("/volumes/") and method != "POST":  # What is posted to is no volume.
        name = path.removeprefix("/volumes/")
        if status == 404:
            return VolumeNotFound(f"There is no volume named {name}.")
        if status == 409:
            return VolumeInUse(f"The volume {name} is in use: {message}")
    return EngineFailed(message or f"{what} was answered with status {status}.", status=status)


def _answered(
    endpoint: Endpoint, response: requests.Response | None, message: str | None
) -> EngineError:
    if response is None:
        return no_engine(endpoint)
    request = response.request
    path = urlsplit(request.url or "").path
    return answered(endpoint, response.status_code, request.method or "", path, message)


def _said(message: object) -> str:
    """What the engine said, in a length that can be read; masked before a secret could be cut."""
    said = masked_text(str(message or "")[: 4 * _LONGEST]).strip()
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"


def _call(request: requests.PreparedRequest | None) -> str:
    return f"{request.method} {urlsplit(request.url or '').path}" if request is not None else ""


def _bare(call: str) -> str:
    """A call without version, query and quoting: `GET /volumes/data`."""
    method, _, target = call.partition(" ")
    return f"{method} {_VERSION.sub('', unquote(urlsplit(target).path))}"


def _unreachable(endpoint: Endpoint, deadline: float, error: BaseException) -> EngineError:
    """Look for the reason in the chain of causes: the SDK wraps it several times."""
    import http.client

    chain = list(_chain(error))
    for cause in chain:
        if isinstance(cause, FileNotFoundError):
            return _no_answer(endpoint, "there is no such socket", _START)
        if isinstance(cause, PermissionError):
            return _no_answer(
                endpoint,
                "permission denied",
                "Be in the docker group (sudo usermod -aG docker $USER, then log in again) "
                "or run with sudo.",
            )
        if isinstance(cause, ConnectionRefusedError):
            return _no_answer(endpoint, "nobody listens there", _START)
        if isinstance(cause, TimeoutError):
            return timed_out(endpoint, deadline)
    for cause in chain:
        if isinstance(cause, http.client.IncompleteRead):
            return _no_answer(endpoint, "it ended in the middle of an answer", _START)
        if isinstance(cause, http.client.RemoteDisconnected | ConnectionError):
            return _no_answer(endpoint, "it closed the connection without an answer", _START)
        if isinstance(cause, http.client.HTTPException):
            return no_engine(endpoint)
    reason = next((str(c.strerror) for c in chain if isinstance(c, OSError) and c.strerror), "")
    return _no_answer(endpoint, reason or str(error), "Check the address.")


_START = "Start the engine, or name another one with --host or --context."


def _no_answer(endpoint: Endpoint, why: str, hint: str) -> EngineUnreachable:
    return EngineUnreachable(
        f"No engine answers at {endpoint.url} ({endpoint.origin}): {why}.", hint=hint
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, its arguments that are errors, its causes and contexts, each once."""
    seen: set[int] = set()
    todo: list[object] = [error]
    while todo:
        item = todo.pop(0)
        if not isinstance(item, BaseException) or id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        todo += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]
