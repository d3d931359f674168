"""The browser: what `voltui` does without a command."""

from __future__ import annotations

import gc
import os
import sys

import click

from tui.cli.address import Address, parse_address
from tui.cli.options import Settings, global_options
from tui.config import load_config
from tui.engine.errors import UsageError


@click.command("browse", hidden=True)
@click.argument("address", metavar="[VOLUME[:/PATH]]", required=False, callback=parse_address)
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII characters only.")
@global_options
def browse(settings: Settings, address: Address | None = None, ascii_only: bool = False) -> None:
    """Open the browser."""
    # Textual draws on stderr.
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError(
            "The browser needs a terminal.", hint="`voltui ls` and `voltui fs` work without one."
        )
    if os.environ.get("TERM") in {None, "", "dumb"}:
        raise UsageError(
            "The browser needs a terminal that can move its cursor, and TERM says it cannot.",
            hint="`voltui ls` and `voltui fs` work here.",
        )
    config = load_config()
    if config.keys or config.theme:
        from tui.cli.keys import checked

        config = checked(config)
    with settings.engine() as engine:
        gc.disable()  # The app enables it again after its first frame.
        from tui.app import VolumeApp

        start = (address.volume, address.path) if address else None
        ascii_only = ascii_only or config.ascii or not _draws_unicode()
        app = VolumeApp(engine, start=start, ascii=ascii_only, config=config)
        app.browse()
    sys.exit(app.return_code)


def _draws_unicode() -> bool:
    """Whether the locale says UTF-8 or says nothing; the kernel's console lacks the glyphs."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next(filter(None, names), "UTF-8").replace("-", "").lower()
    return "utf8" in locale and os.environ.get("TERM") != "linux"
