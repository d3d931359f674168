"""Previews in the real program, by a real helper."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
from pathlib import Path

import pytest
import zstandard

from tests.integration.conftest import Things
from tests.integration.test_browser import browse, shows
from tests.samples import TREE, sources


@pytest.fixture
def volume(things: Things) -> str:
    """A volume with one file of each kind, and archives that mean harm."""
    name = things.volume("samples")
    folder = things.folder(name)
    for file, content in TREE.items():
        assert isinstance(content, bytes)
        (folder / file).write_bytes(content)
    (folder / "x.tar.xz").write_bytes(lzma.compress(sources()))
    (folder / "y.tar.zst").write_bytes(zstandard.compress(sources()))
    bomb(folder / "z-bomb.tgz")
    return name


def bomb(path: Path) -> None:
    """Members whose names have a megabyte each, and one that never ends."""
    info = tarfile.TarInfo("n" * 1_000_000)
    endless = tarfile.TarInfo("endless")
    endless.size = 1 << 40
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1, mtime=0) as packed:
        packed.write(info.tobuf(tarfile.PAX_FORMAT) * 40)
        packed.write(endless.tobuf(tarfile.GNU_FORMAT))
        packed.write(bytes(64 << 20))
    path.write_bytes(out.getvalue())


def test_every_kind(things: Things, volume: str) -> None:
    with browse(things.engine.url, f"{volume}:/") as terminal:
        shows(terminal, "13 entries")
        for text in (
            "META-INF/class-0",  # app.jar
            "services:",  # compose.yaml
            "000010",  # core
            '"name": "shop"',  # data.json
            "upstream",  # default.conf
            "started",  # log.1.gz
            "begin",  # long.txt
            "RETRIES",  # report.py
            "cron.d",  # src.tar.gz
            "Grüße",  # windows.txt
        ):
            shows(terminal, text)
            terminal.press("j")
        for _ in range(2):
            shows(terminal, "app/latest")
            terminal.press("j")
        shows(terminal, "z-bomb.tgz", "nnnnnnnnnn", "41 entries, broken")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert b"\x1b]0;pwned" not in terminal.written
