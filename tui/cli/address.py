"""`VOLUME:/PATH`, the address of an entry inside a volume."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

import click


class Address(NamedTuple):
    """A volume and an absolute path in it."""

    volume: str
    path: str


def parse_address(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> Address | None:
    """Callback of an argument; a relative path or a NUL is a usage error."""
    if value is None:
        return None
    volume, _, path = value.partition(":")
    if not volume or (path and not path.startswith("/")):
        raise click.BadParameter(f"{value!a} is not VOLUME or VOLUME:/PATH")
    # normpath keeps two leading slashes.
    return Address(volume, "/" + posixpath.normpath(path or "/").lstrip("/"))


def parse_names(
    _ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """Callback of arguments that are whole volumes, each once: `NAME`, or `NAME:` as elsewhere."""
    return tuple(dict.fromkeys(map(_name, values)))


def parse_name(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """Callback of an argument that is one whole volume."""
    return _name(value)


def _name(value: str) -> str:
    name, _, path = value.partition(":")
    if not name or path:
        raise click.BadParameter(f"{value!a} is not the name of a volume")
    return name
