"""The volumes that snapshots show: a small server with a bit of everything."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes import MEASURED, FakeEngine, Node, denied, kind_mode
from tui.engine.holders import Holder
from tui.engine.model import ContainerState, EntryKind, Mount, Volume, VolumeSize

CREATED = datetime(2026, 10, 4, 9, 14, tzinfo=UTC)
HEX = "3f9c1be07a52d8e4b81e02c4d7714a903f9c1be07a52d8e4b81e02c4d7714a90"
EVIL = "evil\x1b]0;pwned\x07\x9b31m\u202egnp.[/]\n\u200b.txt"


def mount(container: str, destination: str, state: str = "running", ro: bool = False) -> Mount:
    return Mount(f"id-{container}", container, "image", ContainerState(state), destination, ro)


def volume(
    name: str,
    size: int | None,
    *mounts: Mount,
    project: str | None = None,
    anonymous: bool = False,
    looks_anonymous: bool = False,
    labels: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
) -> Volume:
    known = None if size is None else VolumeSize(size, MEASURED - timedelta(minutes=3), 1284)
    path = f"/var/lib/docker/volumes/{name}/_data"
    return Volume(
        name, "local", "local", path, CREATED, labels or {}, options or {}, mounts, anonymous,
        looks_anonymous, project, known,
    )  # fmt: skip


VOLUMES = [
    volume("gitea-data", 3_412_000_000, mount("gitea", "/data")),
    volume("grafana-storage", 48_300_000, mount("grafana", "/var/lib/grafana")),
    volume("minio-data", 21_900_000_000, mount("minio", "/data"), mount("mc", "/m", "exited")),
    volume("nextcloud_html", 1_240_000_000, mount("nextcloud", "/var/www/html", "paused")),
    volume(
        "pgdata",
        1_903_000_000,
        mount("db", "/var/lib/postgresql/data"),
        mount("db-replica", "/import", ro=True),
        mount("pgadmin", "/backup", "exited"),
        project="shop",
        labels={
            "com.docker.compose.project": "shop",
            "com.docker.compose.volume": "pgdata",
            "com.docker.compose.version": "2.29.7",
        },
    ),
    volume("prom-tsdb", 8_870_000_000, mount("prometheus", "/prometheus"), project="metrics"),
    volume("redis-cache", 12_100_000, mount("redis", "/data"), project="shop"),
    volume("registry", 14_200_000_000, mount("registry", "/var/lib/registry", "exited")),
    volume("share", None, options={"type": "cifs", "o": "addr=10.0.0.2,password=hunter2"}),
    volume("traefik-acme", 41_000, mount("traefik", "/acme")),
    volume("vaultwarden", 9_800_000, mount("vaultwarden", "/data", "created")),
    volume(HEX, 224_000_000, anonymous=True),
    volume(HEX[::-1], 0, looks_anonymous=True),
    volume("old-mysql-5.7", 2_700_000_000),
]


def holder(container: str, at: str, state: str = "running", **more: Any) -> Holder:
    image = more.pop("image", "postgres:16")
    read_only = more.pop("read_only", False)
    return Holder(
        f"id-{container}", container, image, ContainerState(state), (at,), read_only, **more
    )


HELD = {
    "pgdata": [
        holder("db", "/var/lib/postgresql/data", project="shop", anonymous=(HEX,)),
        holder("db-replica", "/import", read_only=True),
        holder("pgadmin", "/backup", "exited", image="dpage/pgadmin4:8"),
    ],
    "redis-cache": [
        holder("redis", "/data", project="shop", image="redis:7", stop_timeout=30),
        holder("db", "/spool", project="shop", anonymous=(HEX,)),
    ],
}
"""Who holds some of the volumes, as the engine tells it when one is to go."""

CONF = b"""# -----------------------------
# PostgreSQL configuration file
# -----------------------------

listen_addresses = '*'        # what IP address(es) to listen on
port = 5432                   # (change requires restart)
max_connections = 200
superuser_reserved_connections = 3

# - Memory -
shared_buffers = 512MB        # min 128kB
huge_pages = try              # on, off, or try
work_mem = 16MB
maintenance_work_mem = 128MB
effective_cache_size = 3GB

# - Write-ahead log -
wal_level = replica
wal_compression = zstd
max_wal_size = 4GB
min_wal_size = 80MB
checkpoint_completion_target = 0.9
archive_mode = on
archive_command = 'test ! -f /archive/%f && cp %p /archive/%f'

# - Logging -
log_destination = 'stderr'
logging_collector = off
log_min_duration_statement = 250ms
"""

FOLDERS = (
    "base", "global", "pg_commit_ts", "pg_dynshmem", "pg_logical", "pg_multixact", "pg_notify",
    "pg_replslot", "pg_stat_tmp", "pg_tblspc", "pg_wal", "pg_xact",
)  # fmt: skip

PGDATA: dict[str, Node] = {
    **{name: {} for name in FOLDERS},
    "base": {"1": {"PG_VERSION": b"16\n"}, "13067": {}, "16384": {}},
    "pg_private": denied("/pg_private"),
    "PG_VERSION": b"16\n",
    "logfile": "/proc/1/fd/1",
    "latest": "base/1",
    "pg_hba.conf": b"host all all all scram-sha-256\n" * 190,
    "pg_ident.conf": b"# TYPE\n" * 380,
    "postgresql.auto.conf": b"# Do not edit\n" * 6,
    "postgresql.conf": CONF,
    "postmaster.opts": b"/usr/lib/postgresql/16/bin/postgres\n",
    "postmaster.pid": b"",
    "control": kind_mode(EntryKind.FIFO),
    ".s.PGSQL.5432": kind_mode(EntryKind.SOCKET),
    "null": kind_mode(EntryKind.CHAR),
    "core": bytes(range(256)) * 40,
    "dump-2.sql": b"x" * 70_000,
    "dump-10.sql": b"y" * 10,
    EVIL: b"\x1b]0;pwned\x07 \x9b31m",
}


def engine() -> FakeEngine:
    fake = FakeEngine(VOLUMES, {"pgdata": PGDATA})
    fake.held = {name: list(holders) for name, holders in HELD.items()}
    fake.times = {name: 1_780_000_000 + 7_000_000 * (len(name) % 3) for name in PGDATA}
    fake.times["postgresql.conf"] = 1_795_100_000
    return fake


if __name__ == "__main__":
    from tui.app import VolumeApp

    VolumeApp(engine(), ascii="--ascii" in sys.argv).run()
