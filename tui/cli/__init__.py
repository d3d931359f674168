"""The command line: the only place that builds an Engine and starts the browser.

Nothing here imports Textual or the docker SDK before a command needs it.
"""

from __future__ import annotations

import os
import sys

import click

from tui.cli.browse import browse
from tui.cli.files import fs
from tui.cli.options import Settings, global_options
from tui.cli.volumes import helpers, inspect, ls
from tui.engine.errors import EngineError, UsageError
from tui.presentation import safe_text, sentence

FAILED = 1
REFUSED = 2
INTERRUPTED = 130


class Voltui(click.Group):
    """The first word is a command, or a volume to open in the browser (`NAME:` is always that)."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Give what is no command to the browser."""
        if args and args[0] not in self.commands:
            return browse.name, browse, args
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
@global_options
@click.pass_context
def voltui(ctx: click.Context, settings: Settings) -> None:
    """See Docker volumes, who uses them, where they are mounted and what is inside.

    Without a command the browser opens, on VOLUME if one is named. Sizes are in binary units.
    """
    ctx.obj = settings
    if ctx.invoked_subcommand is None:
        ctx.invoke(browse)


voltui.add_command(ls)
voltui.add_command(inspect)
voltui.add_command(helpers)
voltui.add_command(fs)


def main() -> None:
    """Run, and turn every outcome into an exit status: 0, 1 failed, 2 usage or refused, 130."""
    try:
        status = voltui.main(standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except EngineError as error:
        _show(error)
        status = REFUSED if isinstance(error, UsageError) else FAILED
    except (click.Abort, KeyboardInterrupt):
        status = INTERRUPTED
    except BrokenPipeError:
        # Whoever reads our output has gone; nothing may be flushed there at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = FAILED
    sys.exit(status)


def _show(error: EngineError) -> None:
    click.echo(f"voltui: {sentence(error)}", err=True)
    if error.hint:
        click.echo(f"        {safe_text(error.hint)}", err=True)
