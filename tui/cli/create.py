"""`create`: a volume that does not exist yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from tui.cli.address import parse_name
from tui.cli.options import Settings, global_options
from tui.cli.output import Lines, print_json
from tui.cli.volumes import volume_fields
from tui.engine import Engine
from tui.engine.errors import NameTaken, UsageError
from tui.engine.model import Volume
from tui.engine.presets import PRESETS, Preset, preset
from tui.engine.sharing import same_data
from tui.presentation import safe

if TYPE_CHECKING:
    from tui.engine.creating import NewVolume

_PRESET_NAMES = [each.name for each in PRESETS]


def _fields(each: Preset) -> str:
    return f"{each.name}: {', '.join(field.name for field in each.fields) or 'none'}"


_SET_HELP = "A field of the preset: " + "; ".join(map(_fields, PRESETS[1:])) + "."


def pairs(_ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    """`K=V`, each key once; a label may be a key alone, as for the docker command."""
    found: dict[str, str] = {}
    for given in values:
        key, equals, value = given.partition("=")
        if not key or not (equals or param.name == "labels"):
            raise click.BadParameter(f"{key!a} has no value: it is written K=V")
        if key in found:
            raise click.BadParameter(f"{key!a} is given twice")
        found[key] = value
    return found


@click.command("create")
@click.argument("name", callback=parse_name)
@click.option("--driver", "-d", default="local", show_default=True, help="Volume driver.")
@click.option(
    "--opt", "-o", "options", metavar="K=V", multiple=True, callback=pairs, help="Driver option."
)
@click.option("--label", "labels", metavar="K[=V]", multiple=True, callback=pairs, help="Label.")
@click.option(
    "--preset",
    "preset_name",
    type=click.Choice(_PRESET_NAMES, case_sensitive=False),
    help="Driver options from a few fields.",
)
@click.option(
    "--set", "values", metavar="FIELD=VALUE", multiple=True, callback=pairs, help=_SET_HELP
)
@click.option("--dry-run", is_flag=True, help="Only check: the driver is not asked.")
@global_options
def create_(
    settings: Settings,
    name: str,
    driver: str,
    options: dict[str, str],
    labels: dict[str, str],
    preset_name: str | None,
    values: dict[str, str],
    dry_run: bool,
) -> None:
    """Create a volume and print its name; where one of that name exists, exit with 1.

    A second volume with the device of another one is the same data, which is told on stderr.
    """
    from tui.engine.creating import NewVolume, refuse_impossible

    new = NewVolume(name, driver, options, labels)
    if preset_name is not None:
        if options or driver != "local":
            raise UsageError("A preset stands in place of --opt and --driver.")
        new = replace(new, options=preset(preset_name).options(values))
    elif values:
        raise UsageError("--set fills the fields of a preset: name one with --preset.")
    refuse_impossible(new)
    with settings.engine() as engine:
        if not dry_run:
            engine.refuse_read_only()
        _check(new, engine.volumes())
        if not dry_run:
            _create(settings, engine, new)


def _check(new: NewVolume, volumes: Sequence[Volume]) -> None:
    """Raise `NameTaken`, and tell whose data it would be too."""
    if any(volume.name == new.name for volume in volumes):
        raise NameTaken(f"There is a volume named {new.name} already.", hint="Nothing was created.")
    for other in same_data(new.driver, new.options, volumes):
        said = f"{safe(new.name)} and {safe(other.name)} are the same data: one device."
        click.echo(f"voltui: {said}", err=True)


def _create(settings: Settings, engine: Engine, new: NewVolume) -> None:
    try:
        volume = engine.create(new)
    except (KeyboardInterrupt, SystemExit):
        click.echo(f"voltui: Interrupted: {safe(new.name)} may have been created.", err=True)
        raise
    if settings.as_json:
        print_json(volume_fields(volume))
    else:
        lines = Lines()
        lines.write([lines.name(volume.name)])
