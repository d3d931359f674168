"""A volume with one file of each kind that a preview knows."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from pathlib import Path

from tests.fakes import FakeEngine, Node
from tests.showcase import EVIL, volume

DEMO = Path(__file__).parent / "engines" / "demo" / "files"

YAML = b"""\
# The stack of the shop
services:
  db:
    image: "postgres:16"
    restart: always
    ports: [5432]
    environment:
      POSTGRES_DB: shop      # created at the first start
      TUNED: true
"""

PYTHON = b'''\
"""Sends the nightly report."""

from datetime import date

RETRIES = 3


def report(day: date, *, dry: bool = False) -> str:
\t# Tabs, as they come.
\tname = f"report-{day}.txt"
\treturn name if dry else None
'''

JSON = b'{"name":"shop","tags":["web",3,4.50,null],"options":{"ssl":true,"ciphers":[]}}\n'


def sources() -> bytes:
    """A tar archive with every kind of member, and names that want to do harm."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        for name, kind, size, target in [
            ("app", tarfile.DIRTYPE, 0, ""),
            ("app/main.py", tarfile.REGTYPE, 4_200, ""),
            ("app/latest", tarfile.SYMTYPE, 0, "main.py"),
            ("app/copy.py", tarfile.LNKTYPE, 0, "app/main.py"),
            ("app/pipe", tarfile.FIFOTYPE, 0, ""),
            ("../../etc/cron.d/evil", tarfile.REGTYPE, 12, ""),
            ("/etc/shadow", tarfile.REGTYPE, 640, ""),
            (EVIL, tarfile.REGTYPE, 1, ""),
        ]:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname, info.mtime = kind, size, target, 1_780_000_000
            info.mode = 0o755 if kind == tarfile.DIRTYPE else 0o640
            packed.addfile(info, io.BytesIO(bytes(size)))
    return out.getvalue()


def jar() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for number in range(40):
            info = zipfile.ZipInfo(f"META-INF/class-{number}")
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            packed.writestr(info, b"x" * number)
    return out.getvalue()


TREE: dict[str, Node] = {
    "app.jar": jar(),
    "compose.yaml": YAML,
    "core": bytes(range(256)) * 40,
    "data.json": JSON,
    "default.conf": (DEMO / "shop_static" / "nginx" / "default.conf").read_bytes(),
    "long.txt": b"begin " + b"x" * 150 + b" end\n" + b"short\n" * 60,
    "log.1.gz": gzip.compress(b"started\n" * 100, mtime=0),
    "report.py": PYTHON,
    "src.tar.gz": gzip.compress(sources(), mtime=0),
    "windows.txt": "Grüße\r\n".encode("utf-16"),
}


def engine(**more: Node) -> FakeEngine:
    return FakeEngine([volume("box", 1)], {"box": {**TREE, **more}})
