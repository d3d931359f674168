"""The config file, and where voltui keeps what it remembers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tui.engine.errors import UsageError

_TABLE = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]")
_VALUE = re.compile(r"""\s*(?:keys\s*\.\s*)?(?P<quote>["']?)(?P<name>[\w.\-]+)(?P=quote)\s*=""")


@dataclass(frozen=True, slots=True)
class Config:
    """What the config file says."""

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Keys by the id of their binding, as the user wrote them."""
    theme: str | None = None
    ascii: bool = False
    """Whether to draw with ASCII characters only."""
    mouse: bool = True
    file: Path | None = None
    """The file all this is from."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Line of each value, by its name; a key change is `keys.ID`."""

    def refuse(self, name: str, words: str) -> UsageError:
        """The error about a value: one sentence with file and line."""
        line = f", line {self.lines[name]}" if name in self.lines else ""
        return UsageError(f"{self.file}{line}: {words}")


def config_file() -> Path:
    """Where the user's config is looked for."""
    from platformdirs import user_config_path

    return user_config_path("voltui") / "config.toml"


def state_folder() -> Path:
    """Folder for what can be lost without harm, such as measured sizes; it may not exist yet."""
    from platformdirs import user_state_path

    return user_state_path("voltui")


def load_config(file: Path | None = None) -> Config:
    """Read the config; where there is none, the defaults. Raises `UsageError` with file and line.

    Whether its themes and ids exist is for those to say who know them.
    """
    file = file or config_file()
    try:
        written = file.read_bytes()
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise UsageError(f"The config {file} cannot be read: {error.strerror}.") from error
    told = _parsed(file, written)
    config = Config(file=file, lines=_lines(written.decode()))
    for name, value in told.items():
        if name not in _READERS:
            known = ", ".join(_READERS)
            raise config.refuse(name, f"{name} is no setting; there are {known}.")
        if not isinstance(value, _READERS[name]):
            raise config.refuse(name, f"{name} has to be {_WORDS[_READERS[name]]}.")
    keys = told.get("keys")
    return Config(
        keys=_keys(keys, config) if isinstance(keys, dict) else {},
        theme=str(told["theme"]) if "theme" in told else None,
        ascii=bool(told.get("ascii", False)),
        mouse=bool(told.get("mouse", True)),
        file=file,
        lines=config.lines,
    )


_READERS: dict[str, type] = {"theme": str, "ascii": bool, "mouse": bool, "keys": dict}
_WORDS = {str: "a text in quotes", bool: "true or false", dict: "a table, [keys]"}


def _parsed(file: Path, written: bytes) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(written.decode())
    except UnicodeDecodeError as error:
        line = written.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{file}, line {line}: this is not UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        words, _, place = str(error).partition(" (at ")
        found = re.search(r"line (\d+)", place)
        line = int(found[1]) if found else written.rstrip().count(b"\n") + 1
        raise UsageError(f"{file}, line {line}: {words}.") from error


def _keys(told: dict[str, object], config: Config, prefix: str = "") -> dict[str, tuple[str, ...]]:
    """Keys by id; `[keys]` with `pane.files = "3"` is a table in a table to TOML."""
    keys: dict[str, tuple[str, ...]] = {}
    for part, value in told.items():
        name = prefix + part
        if isinstance(value, dict):
            keys |= _keys(value, config, f"{name}.")
            continue
        several = [value] if isinstance(value, str) else value
        if not isinstance(several, list) or not several or not all(map(_is_key, several)):
            words = f"the keys of {name} have to be a text in quotes, or a list of some."
            raise config.refuse(f"keys.{name}", words)
        keys[name] = tuple(several)
    return keys


def _is_key(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _lines(text: str) -> dict[str, int]:
    """Line of each value. TOML is read by Python's parser, which tells no lines."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        if found := _TABLE.match(line):
            table = re.sub(r"[\s\"']", "", found[1]) + "."
            lines.setdefault(table[:-1], number)
        elif found := _VALUE.match(line):
            inner = table or ("keys." if line.lstrip().startswith("keys") and "." in line else "")
            lines.setdefault(inner + found["name"], number)
    return lines


def remembered_theme(config: Config) -> str | None:
    """The theme chosen last in the palette; one in the config counts if it was written later."""
    with suppress(OSError, ValueError):
        told = json.loads(_theme_file().read_bytes())
        if isinstance(told, dict) and told.get("config") == config.theme:
            return str(told.get("theme"))
    return config.theme


def remember_theme(theme: str, config: Config) -> None:
    """Keep the theme for the next start, without a change to the user's config."""
    with suppress(OSError):
        _theme_file().parent.mkdir(parents=True, exist_ok=True)
        _theme_file().write_text(json.dumps({"theme": theme, "config": config.theme}))


def _theme_file() -> Path:
    return state_folder() / "theme.json"
