"""`fs hash`: digests of files."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

import click

from tui.cli.address import Address, parse_address
from tui.cli.files import opened
from tui.cli.options import Settings, global_options
from tui.cli.output import Lines, print_json
from tui.cli.progress import ProgressLine
from tui.engine.errors import FileFailed
from tui.engine.hashing import ALGORITHMS, Hashed
from tui.presentation import safe_text, sentence, size

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

_FAILED = 1


def _parse_addresses(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> list[Address]:
    parsed = (parse_address(ctx, param, value) for value in values)
    return [address for address in parsed if address is not None]


@click.command("hash")
@click.argument(
    "addresses", metavar="VOLUME:/PATH...", nargs=-1, required=True, callback=_parse_addresses
)
@click.option(
    "--algorithm",
    "-a",
    type=click.Choice(ALGORITHMS),
    default=ALGORITHMS[0],
    show_default=True,
    help="Which digest.",
)
@click.option("--zero", "-z", "-0", "--print0", "zero", is_flag=True, help="End lines with NUL.")
@global_options
def hash_(settings: Settings, addresses: list[Address], algorithm: str, zero: bool) -> None:
    """Print digests of files, as sha256sum does."""
    lines = Lines(as_json=settings.as_json)
    failed = False
    for _, group in groupby(addresses, key=lambda address: address.volume):
        parts = list(group)
        with opened(settings, parts[0]) as files:
            for address in parts:
                try:
                    hashed = _hash(files, address.path, algorithm)
                except FileFailed as error:
                    click.echo(f"voltui: {sentence(error)}", err=True)
                    failed = True
                    continue
                failed = failed or hashed.changed
                _print(lines, address, hashed, settings.as_json, "\0" if zero else "\n")
    sys.exit(_FAILED if failed else 0)


def _hash(files: VolumeFiles, path: str, algorithm: str) -> Hashed:
    with ProgressLine() as progress, closing(files.hash(path, algorithm)) as parts:
        for hashed in parts:
            progress.show(f"{size(hashed.done)} of {size(hashed.size)} {path}")
    return hashed


def _print(lines: Lines, address: Address, hashed: Hashed, as_json: bool, end: str) -> None:
    if hashed.changed:
        message = f"{address.path} was written to while it was read."
        click.echo(f"voltui: {safe_text(message)}", err=True)
    if as_json:
        print_json({**address._asdict(), **asdict(hashed)})
        return
    name = f"{address.volume}:{address.path}"
    marked = ""
    if lines.raw and end == "\n" and ("\n" in name or "\\" in name):
        # What sha256sum writes and reads for such names.
        name = name.replace("\\", "\\\\").replace("\n", "\\n")
        marked = "\\"
    lines.write([f"{marked}{hashed.digest}  {lines.name(name)}"], end)
