"""The shop's web side, the wiki, and what lies about on every server."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import struct
import tarfile
import time

from tests.engines.demo.databases import mariadb
from tests.engines.demo.pictures import png
from tests.engines.demo.services import csv_report
from tests.engines.demo.tree import DAY, Tree

_WWW = 33


def shop_static(tree: Tree) -> None:
    """What the web server hands out."""
    tree.copy_files()
    for size in (192, 512):
        tree.file(f"img/icon-{size}.png", png(size, size, (178, 58, 72)))
    for number in range(40):
        tree.file(f"img/products/{number:04}.png", png(64, 64, (number * 6, 90, 140)))


def shop_media(tree: Tree) -> None:
    """Uploads of the shop."""
    tree.owned(1000, 1000)
    for number in range(900):
        folder = f"uploads/{2022 + number % 3}/{number % 12 + 1:02}"
        tree.file(f"{folder}/product-{number:05}.png", png(24, 24, (number % 255, 120, 60)))
    csv_report(tree, "exports/orders.csv", 4000)
    tree.file("uploads/.gitkeep")


def shop_logs(tree: Tree) -> None:
    """Logs; `app.log` is written by a running container."""
    tree.owned(1000, 1000)
    tree.file("access.log", _access_log(tree, 20_000), age=20)
    tree.file("access.log.1", _access_log(tree, 30_000), age=DAY)
    for number in range(2, 8):
        text = _access_log(tree, 3_000)
        tree.file(f"access.log.{number}.gz", gzip.compress(text, mtime=0), age=number * DAY)
    lines = [
        f"{_stamp(tree.now - 86_400 + 40 * n)} INFO worker job={n} queue=mail took={n % 90}ms\n"
        for n in range(2_000)
    ]
    tree.file("worker.log", "".join(lines), age=40)


def _access_log(tree: Tree, lines: int) -> bytes:
    pages = ("/", "/products/42", "/cart", "/api/stock?sku=1881", "/static/css/main.css", "/login")
    written = []
    for number in range(lines):
        moment = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(tree.now - lines + number))
        status = tree.random.choice((200, 200, 200, 200, 304, 302, 404, 500))
        page = tree.random.choice(pages)
        client = f"10.20.{number % 7}.{number * 31 % 250 + 1}"
        written.append(f'{client} - - [{moment}] "GET {page} HTTP/1.1" {status} {number % 9000}\n')
    return "".join(written).encode()


def _stamp(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def wiki_db(tree: Tree) -> None:
    """The database of the wiki."""
    mariadb(tree, "wiki", ["page", "revision", "text", "user", "watchlist"])


def wiki_html(tree: Tree) -> None:
    """What is left of the wiki's application."""
    tree.owned(_WWW, _WWW).copy_files()
    tree.file("extensions/README", "Installed by hand: Cite, ParserFunctions, VisualEditor\n")


def wiki_uploads(tree: Tree) -> None:
    """Pictures of the wiki in hashed folders."""
    tree.owned(_WWW, _WWW)
    for number in range(120):
        name = f"Diagram_{number:03}.png"
        digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
        tree.file(f"{digest[0]}/{digest[:2]}/{name}", png(16, 16, (number, 200, 90)))


def backups(tree: Tree) -> None:
    """Nightly archives with their check sums."""
    tree.owned(0, 0, 0o600, 0o700).copy_files()
    sums = []
    for age in range(14, 0, -1):
        day = time.strftime("%Y%m%d", time.gmtime(tree.now - age * DAY))
        for source in ("pgdata", "grafana", "nextcloud"):
            name = f"{source}-{day}.tar.gz"
            data = _archive(source, tree.random.randbytes(40_000))
            tree.file(f"daily/{name}", data, age=age * DAY)
            sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
    tree.file("daily/SHA256SUMS", "".join(sums), age=DAY)
    tree.link(
        "latest", f"daily/pgdata-{time.strftime('%Y%m%d', time.gmtime(tree.now - DAY))}.tar.gz"
    )


def _archive(source: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo(f"{source}/dump.bin")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def vm_images(tree: Tree) -> None:
    """A disk image that is almost nothing but a hole."""
    tree.copy_files()
    boot = bytes(446) + struct.pack(
        "<B3sB3sII", 0x80, b"\0\2\0", 0x83, b"\xff\xff\xff", 2048, 1 << 21
    )
    tree.file("golden-2024.2.raw", boot.ljust(510, b"\0") + b"\x55\xaa", size=2 << 30, age=40 * DAY)


def scratch(tree: Tree) -> None:
    """Sessions in memory; gone when nobody has the volume mounted."""
    tree.owned(1000, 1000, 0o600, 0o700)
    for number in range(25):
        tree.file(f"sess_{tree.random.getrandbits(64):016x}", f'user|s:2:"{number:02}";', age=90)


def ci_cache(tree: Tree) -> None:
    """A package cache nobody needs any more."""
    tree.copy_files()
    for number in range(300):
        digest = hashlib.sha512(str(number).encode()).hexdigest()
        name = f"npm/_cacache/content-v2/sha512/{digest[:2]}/{digest[2:4]}/{digest[4:60]}"
        tree.file(name, tree.random.randbytes(2_000))
    _object_cache(tree, "objects")


def _object_cache(tree: Tree, folder: str) -> None:
    """One folder with 200,000 names; hard links, as files of their own take five times as long."""
    parts = ("cart", "checkout", "login", "mailer", "prices", "search", "stock", "thumbnails")
    # A file may have no more than 65,000 names on ext4.
    objects = [
        tree.file(f"{folder}/{part}-seed{n}.o", tree.random.randbytes(300 + 4_000 * n))
        for part in parts
        for n in range(8)
    ]
    top = tree.full(folder)
    for number in range(round(200_000 * tree.scale)):
        digest = hashlib.blake2s(str(number).encode(), digest_size=6).hexdigest()
        os.link(
            objects[number % 64],
            b"%s/%s-%s.o" % (top, parts[number % 64 // 8].encode(), digest.encode()),
        )


def old_cluster(tree: Tree) -> None:
    """A database that was started once for a trial."""
    tree.owned(70, 70, 0o600, 0o700)
    tree.file("PG_VERSION", "15\n", age=75 * DAY)
    for relation in range(1247, 1270):
        tree.file(f"base/1/{relation}", bytes(8192), age=75 * DAY)


def build_output(tree: Tree) -> None:
    """What a build left in an anonymous volume."""
    tree.file("app/dist/app.tar", tree.random.randbytes(300_000), age=20 * DAY)
    tree.file("app/package.json", '{\n  "name": "app",\n  "private": true\n}\n', age=20 * DAY)
    tree.file("app/node_modules/.package-lock.json", "{}\n", age=20 * DAY)
