"""Asking before a change."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from tui.cli.options import Settings
from tui.engine.errors import UsageError
from tui.presentation import safe_text

DECLINED = 1
"""Exit status of a command that was told not to."""


def confirm(settings: Settings, goes: Iterable[str], question: str) -> None:
    """Return if the change is wanted (`agreed`); any other answer ends the command with 1."""
    if not agreed(settings, goes, question):
        sys.exit(DECLINED)


def agreed(settings: Settings, goes: Iterable[str], question: str) -> bool:
    """Whether the change is wanted: `--yes` was given, or the terminal answers with yes.

    `goes` are lines that name all that goes; they and the question are shown on stderr. Raises
    `UsageError` where nobody can be asked.
    """
    refuse_unasked(settings)
    if settings.yes:
        return True
    for line in goes:
        click.echo(safe_text(line), err=True)
    click.echo(f"{safe_text(question)} [y/N] ", nl=False, err=True)
    if sys.stdin.readline().strip().lower() in {"y", "yes"}:
        return True
    click.echo("voltui: Nothing was changed.", err=True)
    return False


def refuse_unasked(settings: Settings) -> None:
    """Raise `UsageError` where nobody can be asked and `--yes` was not given."""
    if settings.yes:
        return
    if settings.as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "This changes something, and nobody can be asked.",
            hint="Look at what it does with --dry-run, then give --yes.",
        )
