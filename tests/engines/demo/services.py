"""What monitoring, code hosting, build servers and stores leave in their volumes."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import time
import zlib

from tests.engines.demo.databases import sqlite
from tests.engines.demo.tree import DAY, Tree

_ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def prometheus(tree: Tree) -> None:
    """Blocks, head chunks and write-ahead log of a time series database."""
    tree.owned(65_534, 65_534).copy_files()
    for number in range(12):
        block = "01HQ" + "".join(tree.random.choices(_ULID, k=22))
        low = int(tree.now - (12 - number) * 2 * DAY) * 1000
        meta = {
            "ulid": block,
            "minTime": low,
            "maxTime": low + 2 * DAY * 1000,
            "stats": {"numSamples": tree.random.randint(10**6, 10**7), "numSeries": 8123},
            "compaction": {"level": 3 if number < 9 else 1},
            "version": 1,
        }
        age = (12 - number) * 2 * DAY
        tree.file(f"{block}/meta.json", json.dumps(meta, indent="\t"), age=age)
        tree.file(f"{block}/index", tree.random.randbytes(90_000), age=age)
        tree.file(f"{block}/tombstones", b"\x01\x30\xba\x0b\x00\x00\x00\x00\x00", age=age)
        tree.file(f"{block}/chunks/000001", tree.random.randbytes(1 << 16) * 16, age=age)
    for number in range(4):
        tree.file(f"wal/{340 + number:08}", tree.random.randbytes(1 << 18), age=(4 - number) * 7200)
    tree.file("wal/checkpoint.00000339/00000000", tree.random.randbytes(1 << 17), age=9 * 3600)
    tree.file("chunks_head/000041", tree.random.randbytes(1 << 18), age=30)
    tree.file("lock", age=9 * DAY)
    tree.file("queries.active", size=20_001, age=4)


def alertmanager(tree: Tree) -> None:
    """Silences and the notification log."""
    tree.owned(65_534, 65_534).copy_files()
    tree.file("nflog", tree.random.randbytes(4_213), age=900)
    tree.file("silences", tree.random.randbytes(388), age=900)


def grafana(tree: Tree) -> None:
    """Grafana's database, plugins and rendered pictures."""
    tree.owned(472, 0, 0o640, 0o750).copy_files()
    boards = [(f"Board {n}", json.dumps({"panels": n % 9 + 1})) for n in range(60)]
    users = [(name, "Editor") for name in ("ada", "grace", "linus", "margaret")]
    sqlite(tree, "grafana.db", {"dashboard": boards, "user": users, "data_source": []})
    for plugin in ("grafana-piechart-panel", "grafana-clock-panel"):
        text = json.dumps({"id": plugin, "type": "panel", "info": {"version": "1.6.4"}}, indent=2)
        tree.file(f"plugins/{plugin}/plugin.json", text)
        tree.file(f"plugins/{plugin}/module.js", "define([],()=>({}));\n" * 40)
    for folder in ("alerting", "csv", "pdf", "png"):
        tree.folder(folder)


def gitea(tree: Tree) -> None:
    """Bare repositories with real loose objects, and Gitea's own files."""
    tree.owned(1000, 1000).copy_files()
    sqlite(tree, "gitea/gitea.db", {"repository": [("infra", "team"), ("shop", "team")]})
    for repository in ("team/infra", "team/shop", "team/website", "ada/dotfiles"):
        _bare_repository(tree, f"git/repositories/{repository}.git")
    for number in range(5):
        day = time.strftime("%Y-%m-%d", time.gmtime(tree.now - number * DAY))
        lines = f"{day}T06:25:01Z [I] router: completed GET /api/v1/version\n" * (300 + number)
        tree.file(f"gitea/log/gitea.log.{day}", lines, age=number * DAY + 60)
    tree.file("ssh/ssh_host_ed25519_key", "-- not a real key --\n", mode=0o600)
    tree.folder("gitea/attachments")
    tree.folder("gitea/avatars")


def _bare_repository(tree: Tree, path: str) -> None:
    tree.file(f"{path}/HEAD", "ref: refs/heads/main\n")
    tree.file(f"{path}/config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
    tree.file(f"{path}/description", "Unnamed repository\n")
    tip = ""
    for number in range(40):
        body = f"# {path}\n\nrevision {number}\n".encode() + tree.random.randbytes(60)
        stored = b"blob %d\0%s" % (len(body), body)
        tip = hashlib.sha1(stored, usedforsecurity=False).hexdigest()
        tree.file(f"{path}/objects/{tip[:2]}/{tip[2:]}", zlib.compress(stored), mode=0o444)
    tree.file(f"{path}/refs/heads/main", f"{tip}\n")
    tree.file(f"{path}/hooks/post-receive", '#!/bin/sh\nexec gitea hook "$0" "$@"\n', mode=0o755)
    tree.folder(f"{path}/objects/pack")


def traefik(tree: Tree) -> None:
    """Certificates as Traefik keeps them."""
    tree.owned(0, 0, 0o600, 0o700)
    certificates = [
        {
            "domain": {"main": f"{host}.example.org"},
            "certificate": base64.b64encode(tree.random.randbytes(1500)).decode(),
            "key": base64.b64encode(b"not a real key").decode(),
            "Store": "default",
        }
        for host in ("shop", "git", "cloud", "grafana", "vault", "wiki")
    ]
    account = {"Email": "ops@example.org", "Registration": {"body": {"status": "valid"}}}
    store = {"letsencrypt": {"Account": account, "Certificates": certificates}}
    tree.file("acme.json", json.dumps(store, indent=2), age=11 * DAY)


def registry(tree: Tree) -> None:
    """Blobs, manifests and tags of an image registry."""
    top = "docker/registry/v2"
    for image in ("shop/app", "shop/worker", "ops/backup"):
        for tag in ("2024.1", "2024.2", "latest"):
            data = tree.random.randbytes(1 << 16)
            digest = hashlib.sha256(data).hexdigest()
            tree.file(f"{top}/blobs/sha256/{digest[:2]}/{digest}/data", data)
            link = f"{top}/repositories/{image}/_manifests"
            tree.file(f"{link}/revisions/sha256/{digest}/link", f"sha256:{digest}")
            tree.file(f"{link}/tags/{tag}/current/link", f"sha256:{digest}")


def jenkins(tree: Tree) -> None:
    """Jobs with their builds."""
    tree.owned(1000, 1000).copy_files()
    for job in ("shop-release", "shop-pull-requests", "nightly-backup-check", "docs"):
        for number in range(1, 25):
            failed = tree.random.random() < 0.15
            result = "FAILURE" if failed else "SUCCESS"
            age = (25 - number) * DAY
            build = f"jobs/{job}/builds/{number}"
            text = f"<build>\n  <number>{number}</number>\n  <result>{result}</result>\n</build>\n"
            tree.file(f"{build}/build.xml", text, age=age)
            steps = "".join(f"[{job}] + step {n}: ok\n" for n in range(tree.random.randint(20, 90)))
            tree.file(f"{build}/log", f"{steps}Finished: {result}\n", age=age)
        tree.link(f"jobs/{job}/builds/lastSuccessfulBuild", "24")
        tree.file(f"jobs/{job}/nextBuildNumber", "25\n", age=DAY)
    tree.file("secrets/master.key", "not a real key", mode=0o600)
    tree.file("plugins/git.jpi", b"PK\x03\x04" + tree.random.randbytes(70_000))
    tree.folder("workspace/shop-release")


def minio(tree: Tree) -> None:
    """Buckets of an object store, one object per folder."""
    tree.owned(1000, 1000)
    drive = {"version": "1", "format": "xl-single", "id": "6f0d4c6e-0000-4000-8000-000000000001"}
    tree.file(".minio.sys/format.json", json.dumps(drive), age=300 * DAY)
    for bucket in ("invoices", "exports", "wal-archive"):
        for number in range(50):
            name = f"{bucket}/2024/{number % 12 + 1:02}/object-{number:04}.bin/xl.meta"
            tree.file(name, b"XL2 \x01\x00" + tree.random.randbytes(3000))


def vaultwarden(tree: Tree) -> None:
    """A password store: its database is a real, empty-handed SQLite."""
    tree.owned(1000, 1000, 0o600, 0o700).copy_files()
    sqlite(tree, "db.sqlite3", {"ciphers": [(f"entry {n}", "encrypted") for n in range(120)]})
    tree.file("rsa_key.pem", "-- not a real key --\n")
    tree.file("icon_cache/example.org.png", b"\x89PNG\r\n\x1a\n" + tree.random.randbytes(400))
    tree.folder("attachments")
    tree.folder("sends")


def promtail(tree: Tree) -> None:
    """Where the log shipper stopped reading."""
    tree.copy_files()
    tree.aged("positions.yaml", 3)


def csv_report(tree: Tree, path: str, rows: int) -> None:
    """A table of orders."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["order", "date", "customer", "country", "items", "total"])
    for number in range(rows):
        day = time.strftime("%Y-%m-%d", time.gmtime(tree.now - number * 1800))
        country = tree.random.choice(("DE", "FR", "NL", "SE", "PT", "JP"))
        total = f"{tree.random.uniform(4, 900):.2f}"
        writer.writerow([90_000 - number, day, f"C{number * 7919 % 10_000:05}", country, 3, total])
    tree.file(path, buffer.getvalue(), age=5 * 3600)
