"""What an import asks on the command line, once it has read the archive."""

from __future__ import annotations

import os
import sys

import click

from tui.cli.options import Settings
from tui.cli.progress import ProgressLine
from tui.engine.errors import EngineError, UsageError
from tui.engine.transfers.questions import Asker, Collisions
from tui.engine.transfers.readable import wait_readable
from tui.presentation import counted, safe

_MOST_NAMED = 20
_LONGEST_ANSWER = 1024


class CommandAsker(Asker):
    """Answers by the options, else on the terminal; where nobody can be asked it refuses."""

    def __init__(
        self,
        settings: Settings,
        *,
        unwrap: bool | None,
        overwrite: bool | None,
    ) -> None:
        """None: the options say nothing."""
        self._unwrap = unwrap
        self._overwrite = overwrite
        terminal = sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
        self._terminal = terminal and not (settings.yes or settings.as_json)

    def unwrap(self, folder: str) -> bool:
        """Ask about a single folder around everything."""
        if self._unwrap is not None:
            return self._unwrap
        found = f"All that is in the archive is in one folder: {safe(folder)}."
        if not self._terminal:
            raise UsageError(
                f"All that is in the archive is in one folder: {folder}.",
                hint="Give --unwrap to import what is in it, or --as-is to import the folder too.",
            )
        return self._ask(
            [found], "Import what is in it (y), the folder itself (n), or stop? [y/n/STOP]"
        )

    def overwrite(self, collisions: Collisions) -> bool:
        """Ask about names that both have."""
        if self._overwrite is not None:
            return self._overwrite
        paths = [safe(path) for path in collisions.paths[:_MOST_NAMED]]
        more = ", …" if collisions.count > len(paths) else ""
        count = counted(collisions.count, "entry")
        found = f"{count} of the archive exist in the volume too: {', '.join(paths)}{more}"
        if not self._terminal:
            raise UsageError(
                found,
                hint="Give --overwrite to replace them, or --keep-existing to leave them.",
            )
        return self._ask(
            [found], "Replace them (y), leave them as they are (n), or stop? [y/n/STOP]"
        )

    def _ask(self, lines: list[str], question: str) -> bool:
        with ProgressLine() as shown:
            shown.show("")  # It makes room for the question.
        for line in lines:
            click.echo(line, err=True)
        click.echo(f"{question} ", nl=False, err=True)
        wait_readable(sys.stdin.fileno())
        answer = os.read(sys.stdin.fileno(), _LONGEST_ANSWER).decode(errors="replace")
        match answer.strip().lower():
            case "y" | "yes":
                return True
            case "n" | "no":
                return False
        raise EngineError("Nothing was imported: the answer was to stop.")
