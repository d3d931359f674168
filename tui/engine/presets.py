"""What one usually makes with the driver local: a few fields, and the driver options they mean.

Source: the driver calls mount(2) with `type`, `device` and `o` when a container starts, and looks
at none of them before. Podman 4.3 takes `size` in `o` for a quota of its own, and refuses it where
the file system has none (run).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tui.engine.errors import UsageError

Values = Mapping[str, str]
"""What was given, by the name of the field; a missing one is empty."""


@dataclass(frozen=True, slots=True)
class PresetField:
    """One thing that is asked for."""

    name: str
    """Its key in `Values`: `server`, `path`, `size`, …"""
    title: str
    example: str
    required: bool = True
    secret: bool = False
    """Never shown, logged or printed."""
    several: bool = False
    """Mount options, divided by commas; a comma is refused in all other parts of `o`."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A kind of local volume."""

    name: str
    remark: str
    """What it is, on one line."""
    fields: tuple[PresetField, ...]
    make: Callable[[Values], Mapping[str, str]]
    """Driver options of values that were checked."""

    def options(self, values: Values) -> dict[str, str]:
        """The driver options; raises `UsageError` for what is missing, unknown or impossible."""
        unknown = sorted(set(values) - {field.name for field in self.fields})
        if unknown:
            raise UsageError(f"The preset {self.name} has no field {unknown[0]}.")
        given = {field.name: values.get(field.name, "").strip() for field in self.fields}
        for field in self.fields:
            if field.secret:  # A blank may belong to it.
                given[field.name] = values.get(field.name, "")
            self._check(field, given[field.name])
        return dict(self.make(given))

    def _check(self, field: PresetField, value: str) -> None:
        if not value and field.required:
            raise UsageError(f"{field.title} is needed for {self.name}.")
        if "\0" in value:
            raise UsageError(f"{field.title} must not have a NUL.")
        if field.several:
            if value and not all(part.strip() for part in value.split(",")):
                raise UsageError(f"{field.title} has an empty part between its commas.")
        elif "," in value and field.name not in _DEVICE:
            raise UsageError(
                f"{field.title} must not have a comma: it would begin another mount option."
            )
        if field.name == "path" and not value.startswith("/"):
            raise UsageError(f"{field.title} has to begin with a slash.")


_DEVICE = {"path", "share"}
"""Fields that become the device, where a comma is only a character."""

_MORE = PresetField("more", "Mount options", "ro,noatime", required=False, several=True)


def _joined(*parts: str) -> str:
    return ",".join(part for part in parts if part)


def _pair(key: str, value: str) -> str:
    return f"{key}={value}" if value else ""


def _tmpfs(given: Values) -> Mapping[str, str]:
    mounted = _joined(_pair("size", given["size"]), _pair("mode", given["mode"]), given["more"])
    options = {"type": "tmpfs", "device": "tmpfs"}
    return {**options, "o": mounted} if mounted else options


def _bind(given: Values) -> Mapping[str, str]:
    return {"type": "none", "device": given["path"], "o": _joined("bind", given["more"])}


def _nfs(given: Values) -> Mapping[str, str]:
    mounted = _joined(_pair("addr", given["server"]), given["more"])
    return {"type": "nfs", "device": f":{given['path']}", "o": mounted}


def _cifs(given: Values) -> Mapping[str, str]:
    server = given["server"]
    mounted = _joined(
        f"addr={server}",
        _pair("username", given["username"]),
        _pair("password", given["password"]),
        given["more"],
    )
    return {"type": "cifs", "device": f"//{server}/{given['share'].strip('/')}", "o": mounted}


PLAIN = Preset("plain", "A folder the engine keeps.", (), lambda _: {})

PRESETS = (
    PLAIN,
    Preset(
        "tmpfs",
        "In memory: what is in it goes with the last container that stops.",
        (
            PresetField("size", "Size", "100m", required=False),
            PresetField("mode", "Mode", "1770", required=False),
            PresetField("more", "Mount options", "uid=1000", required=False, several=True),
        ),
        _tmpfs,
    ),
    Preset(
        "bind",
        "A folder that exists on the engine's machine.",
        (PresetField("path", "Folder", "/srv/media"), _MORE),
        _bind,
    ),
    Preset(
        "NFS",
        "A folder that an NFS server exports.",
        (
            PresetField("server", "Server", "nas.example"),
            PresetField("path", "Exported folder", "/export/media"),
            PresetField("more", "Mount options", "nfsvers=4.2,soft", required=False, several=True),
        ),
        _nfs,
    ),
    Preset(
        "CIFS",
        "A share of a Windows or Samba server.",
        (
            PresetField("server", "Server", "nas.example"),
            PresetField("share", "Share", "media"),
            PresetField("username", "User", "joe", required=False),
            PresetField("password", "Password", "", required=False, secret=True),
            PresetField("more", "Mount options", "vers=3.0,uid=1000", required=False, several=True),
        ),
        _cifs,
    ),
)


def preset(name: str) -> Preset:
    """The preset of that name, in any case; raises `UsageError`."""
    for each in PRESETS:
        if each.name.casefold() == name.casefold():
            return each
    names = ", ".join(each.name for each in PRESETS)
    raise UsageError(f"There is no preset {name}.", hint=f"There are {names}.")
