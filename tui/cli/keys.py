"""Every key that can be changed in the config file, and whether its changes can be made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

import click

from tui.cli.options import Settings, global_options
from tui.cli.output import print_json, print_table
from tui.config import Config, config_file, load_config

if TYPE_CHECKING:
    from tui.keymap import Bound


@click.command("keys")
@global_options
def keys(settings: Settings) -> None:
    """List every action with its keys and the id by which the config file changes them."""
    config = checked(load_config())
    from tui.keymap import key_words, keys_of

    rows = []
    for identifier, bound in sorted(every_action().items()):
        words = [key_words(key) for key in keys_of(bound[0].binding, config.keys)]
        told = " / ".join(dict.fromkeys(b.binding.tooltip or b.binding.description for b in bound))
        if settings.as_json:
            changed = identifier in config.keys
            print_json({"id": identifier, "keys": words, "changed": changed, "description": told})
        rows.append([identifier, " ".join(words), told])
    if not settings.as_json:
        print_table(["ID", "KEYS", "ACTION"], rows)
        click.echo(f"\nThe config file is {config_file()}.", err=True)


def checked(config: Config) -> Config:
    """The config with Textual's names of its keys; raises `UsageError` about what does not exist
    and about a key that would have two meanings."""
    if config.theme is not None:
        _check_theme(config)
    if not config.keys:
        return config
    named = {name: _keys_named(config, name) for name in config.keys}
    everything = every_action()
    for name in named:
        if name not in everything:
            raise config.refuse(f"keys.{name}", f"{name} is no action; `voltui keys` lists them.")
    for name in named:
        _check_meanings(config, name, named, everything)
    return replace(config, keys=named)


def _check_theme(config: Config) -> None:
    from textual.theme import BUILTIN_THEMES

    from tui.theme import NIGHT

    names = sorted([NIGHT.name, *BUILTIN_THEMES])
    if config.theme not in names:
        raise config.refuse("theme", f"there is no theme {config.theme}, but {', '.join(names)}.")


def _keys_named(config: Config, name: str) -> tuple[str, ...]:
    from tui.keymap import key_named

    named = []
    for written in config.keys[name]:
        key = key_named(written)
        if key is None:
            words = f"{written} is no key; write it as in Ctrl+r, F5, PgDn, Space, R, or ?."
            raise config.refuse(f"keys.{name}", words)
        named.append(key)
    return tuple(named)


def _check_meanings(
    config: Config,
    name: str,
    named: dict[str, tuple[str, ...]],
    everything: dict[str, list[Bound]],
) -> None:
    from tui.keymap import key_words

    ours = _keys(everything[name], {})
    for other, theirs in everything.items():
        # What shares a key by default may go on to do so: the nearer one is meant.
        taken = _keys(theirs, named) - (ours & _keys(theirs, {}))
        meeting = any(_meet(one, bound) for one in everything[name] for bound in theirs)
        for key in named[name]:
            if key in taken and meeting and other != name:
                words = f"{key_words(key)} is the key of {other} already; give that another one."
                raise config.refuse(f"keys.{name}", words)


def _keys(bounds: list[Bound], changes: dict[str, tuple[str, ...]]) -> set[str]:
    from tui.keymap import keys_of

    return {key for bound in bounds for key in keys_of(bound.binding, changes)}


def _meet(one: Bound, other: Bound) -> bool:
    """Whether both may be in reach at once, so that a key of both would have two meanings.

    Two panes or two screens are not, nor is a pane of the main screen with another screen.
    """
    from textual.screen import Screen

    from tui.screens.main import MainScreen
    from tui.widgets.pane import Pane

    first, second = one.where, other.where
    if issubclass(first, second) or issubclass(second, first):
        return True
    panes = [issubclass(cls, Pane) for cls in (first, second)]
    screens = [issubclass(cls, Screen) for cls in (first, second)]
    if all(panes) or all(screens):
        return False
    of_main = any(issubclass(MainScreen, cls) for cls in (first, second))
    return of_main or not (any(panes) and any(screens))


def every_action() -> dict[str, list[Bound]]:
    """Every binding by its id."""
    from tui.keymap import every_binding

    _import_everything()
    found: dict[str, list[Bound]] = {}
    for bound in every_binding():
        found.setdefault(bound.binding.id or "", []).append(bound)
    return found


def _import_everything() -> None:
    """Import what is imported only when it is shown: its bindings are known then."""
    for name in ("tui.app", *_modules("tui.widgets"), *_modules("tui.screens")):
        import_module(name)


def _modules(package: str) -> Iterator[str]:
    import pkgutil  # Slow to import, and this module always is.

    for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
        yield module.name
