"""Later: commands whose modules are imported when they are called."""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar

import click


class Later(click.Group):
    """A group of which the browser, which needs none of them, imports no command."""

    COMMANDS: ClassVar[dict[str, str]] = {}
    """`module:attribute` of each command by its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name."""
        return sorted({*super().list_commands(ctx), *self.COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, if there is one."""
        if cmd_name not in self.COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self.COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command
