"""A volume driver as a plugin of an engine: a socket where the engine looks for drivers.

Source: Docker's volume plugin protocol, version 1: every call is a POST of JSON.
"""

from __future__ import annotations

import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class VolumePlugin:
    """Volumes that exist in this process only; `path` is the socket, its name is the driver's."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self.volumes: dict[str, dict[str, Any]] = {}
        self.refuses = ""
        """What it says instead of removing a volume."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        plugin = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = json.dumps(plugin.answer(self.path, json.loads(body or b"{}"))).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def address_string(self) -> str:
                return ""

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = socketserver.ThreadingUnixStreamServer(str(path), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Be gone, as a plugin that crashed."""
        self._server.shutdown()
        self._server.server_close()
        self._path.unlink(missing_ok=True)

    def answer(self, call: str, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to one call of the engine."""
        name = asked.get("Name", "")
        match call.rpartition(".")[2]:
            case "/Plugin" | "Activate":
                return {"Implements": ["VolumeDriver"]}
            case "Create":
                self.volumes[name] = {"Name": name, "Mountpoint": ""}
            case "Remove":
                if self.refuses:
                    return {"Err": self.refuses}
                self.volumes.pop(name, None)
            case "Get":
                found = self.volumes.get(name)
                return {"Volume": found} if found else {"Err": "no such volume"}
            case "List":
                return {"Volumes": list(self.volumes.values())}
            case "Capabilities":
                return {"Capabilities": {"Scope": "local"}}
            case _:
                return {"Mountpoint": ""}
        return {}
