"""The global options, allowed before and after a command, and the Engine made from them."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any, ParamSpec, TypeVar

import click

from tui.config import state_folder
from tui.engine import Engine, resolve
from tui.engine.errors import UsageError

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the global options say; None and False: nothing was said."""

    host: str | None = None
    context: str | None = None
    read_only: bool = False
    as_json: bool = False
    yes: bool = False
    no_color: bool = False
    log: str | None = None

    def over(self, other: Settings) -> Settings:
        """These settings, and what they leave open from `other`."""
        said = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)}
        return replace(other, **said)

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """The engine that is meant, closed at the end; raises `UsageError` where none can be."""
        if self.no_color:
            os.environ["NO_COLOR"] = "1"
        if self.log:
            _log_to(self.log)
        endpoint = resolve(self.host, self.context)
        engine = Engine(endpoint, read_only=self.read_only, state=state_folder())
        try:
            yield engine
        finally:
            engine.close()


_OPTIONS = [
    click.option("--host", "-H", metavar="URL", help="Engine to connect to: unix:// or tcp://."),
    click.option("--context", metavar="NAME", help="Docker context to use."),
    click.option("--read-only", is_flag=True, help="Refuse every change."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line."),
    click.option("--yes", "-y", is_flag=True, help="Do not ask before a change."),
    click.option("--no-color", is_flag=True, help="No colours; NO_COLOR does the same."),
    click.option("--log", metavar="FILE", help="Write a debug log, without file contents."),
]


def global_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add the options; the command gets them as one `settings`, those of its parents included."""

    @click.pass_context
    @functools.wraps(command)
    def wrapped(ctx: click.Context, /, **given: Any) -> R:
        own = Settings(**{f.name: given.pop(f.name) for f in fields(Settings)})
        inherited = ctx.parent.obj if ctx.parent and ctx.parent.obj else Settings()
        return command(settings=own.over(inherited), **given)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def _log_to(path: str) -> None:
    try:
        handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"The log {path} cannot be written: {error.strerror}") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(threadName)s %(name)s %(message)s"))
    # urllib3 tells every call to the engine, with its status.
    for name in ("tui", "urllib3.connectionpool"):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
