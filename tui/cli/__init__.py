"""The command line: the only place that builds an Engine and starts the browser.

Nothing here imports Textual or the docker SDK before a command needs it.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from typing import ClassVar

import click

from tui.cli.browse import browse
from tui.cli.later import Later
from tui.cli.options import Settings, global_options
from tui.engine.errors import EngineError, UsageError
from tui.presentation import safe_text, sentence

FAILED = 1
REFUSED = 2
INTERRUPTED = 130


class Voltui(Later):
    """The first word is a command, or a volume to open in the browser (`NAME:` is always that)."""

    COMMANDS: ClassVar[dict[str, str]] = {
        "clone": "tui.cli.clone:clone_",
        "create": "tui.cli.create:create_",
        "empty": "tui.cli.emptying:empty_",
        "export": "tui.cli.exporting:export_",
        "fs": "tui.cli.files:fs",
        "helpers": "tui.cli.volumes:helpers",
        "import": "tui.cli.importing:import_",
        "inspect": "tui.cli.volumes:inspect",
        "keys": "tui.cli.keys:keys",
        "ls": "tui.cli.volumes:ls",
        "prune": "tui.cli.prune:prune_",
        "rm": "tui.cli.rm:rm_",
    }

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Give what is no command to the browser."""
        if args and args[0] not in self.COMMANDS:
            given = ["--ascii"] if ctx.params.get("ascii_only") else []
            return browse.name, browse, [*given, *args]
        return super().resolve_command(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both ways of calling."""
        formatter.write_usage(ctx.command_path, "[OPTIONS] [VOLUME[:/PATH]]")
        formatter.write_usage(
            ctx.command_path, "[OPTIONS] COMMAND [ARGUMENTS]...", prefix="       "
        )


@click.group(
    cls=Voltui,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="voltui", message="voltui %(version)s")
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII characters only.")
@global_options
@click.pass_context
def voltui(ctx: click.Context, settings: Settings, ascii_only: bool) -> None:
    """See Docker volumes, who uses them, where they are mounted and what is inside.

    Without a command the browser opens, on VOLUME if one is named. Sizes are in binary units.
    """
    ctx.obj = settings
    if ctx.invoked_subcommand is None:
        ctx.invoke(browse, ascii_only=ascii_only)


def main() -> None:
    """Run, and turn every outcome into an exit status: 0, 1 failed, 2 usage or refused, 130."""
    if sys.stdout is None or sys.stderr is None:
        sys.exit(FAILED)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _terminated)
    try:
        status = _run()
        sys.stdout.flush()
    except OSError as error:
        if error.errno not in _OUTPUT_FAILED:
            raise
        # Nothing may be flushed there at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno != errno.EPIPE:
            click.echo(f"voltui: The output cannot be written: {error.strerror}.", err=True)
        status = FAILED
    sys.exit(status)


_OUTPUT_FAILED = {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}


def _run() -> int:
    try:
        return voltui.main(standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except EngineError as error:
        _show(error)
        return REFUSED if isinstance(error, UsageError) else FAILED
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED


def _terminated(number: int, _frame: object) -> None:
    """Leave through every `finally`: the helper is removed at once."""
    sys.exit(128 + number)


def _show(error: EngineError) -> None:
    click.echo(f"voltui: {sentence(error)}", err=True)
    if error.hint:
        click.echo(f"        {safe_text(error.hint)}", err=True)
