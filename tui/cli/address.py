"""`VOLUME:/PATH`, the address of an entry inside a volume."""

from __future__ import annotations

import posixpath
from typing import Any, NamedTuple

import click


class Address(NamedTuple):
    """A volume and an absolute path in it."""

    volume: str
    path: str


class _VolumePath(click.ParamType):
    name = "VOLUME[:/PATH]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Address:
        if isinstance(value, Address):
            return value
        volume, _, path = str(value).partition(":")
        if not volume or (path and not path.startswith("/")):
            self.fail(f"{value!a} is not VOLUME or VOLUME:/PATH", param, ctx)
        if "\0" in path:
            self.fail("a path has no NUL", param, ctx)
        # normpath keeps two leading slashes.
        return Address(volume, "/" + posixpath.normpath(path or "/").lstrip("/"))


VOLUME_PATH = _VolumePath()
