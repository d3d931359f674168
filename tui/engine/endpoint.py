"""Which engine is meant: the docker CLI's resolution of options, environment and contexts.

Source: docker/cli `cli/command/cli.go` (order of host and context) and the context store below
`~/.docker/contexts/meta/<sha256 of the name>/meta.json`.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tui.engine.errors import UsageError

DEFAULT_SOCKET = Path("/var/run/docker.sock")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an engine listens and how it was found."""

    url: str
    """`unix:///run/docker.sock` or `tcp://host:2375`."""
    name: str
    """What the header shows: `local`, a context's name, a host."""
    origin: str
    """`--host`, `DOCKER_HOST`, `context prod`, `default socket`, …"""

    @property
    def remote(self) -> bool:
        """Whether the engine runs on another machine, as far as the address tells."""
        return not self.socket and (urlsplit(self.url).hostname or "") not in _LOOPBACK

    @property
    def socket(self) -> str:
        """The path of a unix socket, taken whole: `?` and `#` mean nothing in it. Else empty."""
        scheme, _, path = self.url.partition("://")
        return path if scheme == "unix" else ""

    @property
    def address(self) -> str:
        """The URL as the SDK wants it."""
        if self.socket:
            return f"http+unix://{self.socket}"
        return f"http://{urlsplit(self.url).netloc}"


def resolve(
    host: str | None = None,
    context: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Endpoint:
    """Find the engine as the docker CLI does; raises `UsageError` for what cannot be meant."""
    if host and context:
        raise UsageError("Give either --host or --context, not both.")
    if host:
        return _from_host(host, "--host", environ)
    if context:
        return _from_context(context, "--context", environ)
    if environ.get("DOCKER_HOST"):
        return _from_host(environ["DOCKER_HOST"], "DOCKER_HOST", environ)
    if environ.get("DOCKER_CONTEXT"):
        return _from_context(environ["DOCKER_CONTEXT"], "DOCKER_CONTEXT", environ)
    if current := _current_context(environ):
        return _from_context(current, "current context", environ)
    return _from_sockets(environ)


def _from_host(host: str, origin: str, environ: Mapping[str, str]) -> Endpoint:
    url = host if "://" in host else f"unix://{host}" if host.startswith("/") else f"tcp://{host}"
    scheme, _, rest = url.partition("://")
    scheme = scheme.lower()
    tls = bool(environ.get("DOCKER_TLS_VERIFY") or environ.get("DOCKER_TLS"))
    if "\0" in host:
        raise UsageError(f"{origin} names no host: {host}")
    if scheme == "unix":
        if not rest.startswith("/"):
            raise UsageError(f"{origin} names no socket: {host}", hint="Write unix:///path.")
        return Endpoint(f"unix://{rest}", "local", origin)
    if scheme in {"tcp", "http"} and not tls:
        return _tcp(url, host, origin)
    if scheme in {"tcp", "http", "https"}:
        raise UsageError(f"{origin} asks for TLS, which this version of voltui does not speak.")
    if scheme == "ssh":
        raise UsageError(
            f"{origin} is {host}, and this version of voltui does not speak ssh.",
            hint="Forward the socket: ssh -N -L /tmp/docker.sock:/var/run/docker.sock HOST, "
            "then voltui --host unix:///tmp/docker.sock",
        )
    raise UsageError(f"{origin} is {host}: only unix:// and tcp:// are understood.")


def _tcp(url: str, host: str, origin: str) -> Endpoint:
    try:
        parts = urlsplit(url)
        # What the resolver would stumble over: empty and endless labels, bytes that are no text.
        (parts.hostname or "").encode("idna")
    except ValueError:
        raise UsageError(f"{origin} names no host: {host}") from None
    if not parts.hostname:
        raise UsageError(f"{origin} names no host: {host}")
    try:
        port = parts.port or 2375
    except ValueError:
        raise UsageError(f"{origin} has no valid port: {host}") from None
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Endpoint(f"tcp://{name}:{port}", f"{name}:{port}", origin)


def _config_folder(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("DOCKER_CONFIG") or Path(environ.get("HOME", "/")) / ".docker")


def _current_context(environ: Mapping[str, str]) -> str:
    path = _config_folder(environ) / "config.json"
    try:
        config = json.loads(path.read_bytes())
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"The docker configuration {path} cannot be read: {error}") from error
    current = config.get("currentContext") if isinstance(config, dict) else None
    return current if isinstance(current, str) and current != "default" else ""


def _from_context(name: str, origin: str, environ: Mapping[str, str]) -> Endpoint:
    if name == "default":
        host = environ.get("DOCKER_HOST")
        if host:
            return _from_host(host, "DOCKER_HOST", environ)
        return _from_sockets(environ)
    from hashlib import sha256  # Loads OpenSSL.

    # A name may hold bytes that are no text, and those of a configuration half a character.
    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    meta = _config_folder(environ) / "contexts" / "meta" / digest / "meta.json"
    try:
        host = json.loads(meta.read_bytes())["Endpoints"]["docker"]["Host"]
    except FileNotFoundError:
        raise UsageError(
            f"There is no docker context named {name} ({origin}).",
            hint="`docker context ls` lists them.",
        ) from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(f"The docker context {name} cannot be read: {meta}") from error
    if not isinstance(host, str):
        raise UsageError(f"The docker context {name} cannot be read: {meta}")
    label = f"context {name}"
    tls = meta.parents[2] / "tls" / digest / "docker"
    if tls.is_dir():
        raise UsageError(f"The {label} uses TLS, which this version of voltui does not speak.")
    found = _from_host(host, label, {})
    return Endpoint(found.url, name, label)


def _from_sockets(environ: Mapping[str, str]) -> Endpoint:
    for path, origin in [(DEFAULT_SOCKET, "default socket"), *_other_sockets(environ)]:
        if _is_socket(path):
            return Endpoint(f"unix://{path}", "local", origin)
    return Endpoint(f"unix://{DEFAULT_SOCKET}", "local", "default socket")


def _other_sockets(environ: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    runtime = environ.get("XDG_RUNTIME_DIR")
    if runtime:
        yield Path(runtime) / "docker.sock", "rootless socket"
    if home := environ.get("HOME"):
        yield Path(home) / ".docker" / "run" / "docker.sock", "rootless socket"
    if runtime:
        yield Path(runtime) / "podman" / "podman.sock", "Podman socket"
    yield Path("/run/podman/podman.sock"), "Podman socket"


def _is_socket(path: Path) -> bool:
    """Whether a socket stands there; one in a folder we may not enter counts, to be told so."""
    try:
        return stat.S_ISSOCK(path.stat().st_mode)
    except PermissionError:
        return True
    except OSError:
        return False
