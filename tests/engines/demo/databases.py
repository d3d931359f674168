"""What databases leave in their volumes."""

from __future__ import annotations

import os
import sqlite3
import struct
from collections.abc import Sequence

from tests.engines.demo.tree import DAY, Tree

PAGE = 8192
_CATALOGS = (112, 113, 174, 175, 548, 549, 826, 827, 828, 1247, 1249, 1255, 1259, 1417, 2600, 2601)
_EMPTY = (
    *("pg_commit_ts", "pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots"),
    *("pg_stat", "pg_stat_tmp", "pg_tblspc", "pg_twophase"),
    *("pg_logical/snapshots", "pg_logical/mappings"),
)
_TABLES = range(16_385, 16_640, 5)


def postgres(tree: Tree) -> None:
    """A cluster of PostgreSQL 16 that serves the shop."""
    tree.owned(999, 999, 0o600, 0o700).copy_files()
    _postgres_base(tree)
    tree.file("global/pg_control", tree.random.randbytes(PAGE), age=140)
    tree.file("global/pg_filenode.map", tree.random.randbytes(524))
    for relation in (1213, 1260, 1262, 2396, 2397, 2676, 2677, 2694, 2695, 2697):
        _relation(tree, f"global/{relation}", 1)
    for number in range(0x41, 0x49):
        name = f"pg_wal/0000000100000002000000{number:02X}"
        tree.file(name, _wal_page(tree, number), size=16 << 20, age=(0x49 - number) * 900)
    tree.folder("pg_wal/archive_status")
    for number in range(0x41, 0x48):
        tree.file(f"pg_wal/archive_status/0000000100000002000000{number:02X}.done", age=3600)
    for folder in ("pg_xact", "pg_subtrans", "pg_multixact/members", "pg_multixact/offsets"):
        tree.file(f"{folder}/0000", bytes(PAGE), age=600)
    for folder in _EMPTY:
        tree.folder(folder)
    tree.file("pg_logical/replorigin_checkpoint", struct.pack("<II", 0x1257DADE, 0), age=600)
    started = int(tree.now) - 9 * DAY
    lines = ("1", "/var/lib/postgresql/data", str(started), "5432", "/var/run/postgresql", "*")
    tree.file("postmaster.pid", "\n".join(lines) + "\n  5432001         0\nready   \n", age=9 * DAY)


def young_postgres(tree: Tree) -> None:
    """A small cluster of PostgreSQL 16 as its image for Alpine makes it."""
    tree.owned(70, 70, 0o600, 0o700)
    tree.file("PG_VERSION", "16\n", age=40 * DAY)
    tree.file("postgresql.conf", "listen_addresses = '*'\nshared_buffers = 128MB\n", age=40 * DAY)
    tree.file("pg_hba.conf", "host all all all scram-sha-256\n", age=40 * DAY)
    tree.file("global/pg_control", tree.random.randbytes(PAGE), age=900)
    tree.file("pg_wal/000000010000000000000001", _wal_page(tree, 1), size=16 << 20, age=900)
    for database in (1, 5, 16_384):
        tree.file(f"base/{database}/PG_VERSION", "16\n", age=40 * DAY)
        for relation in _CATALOGS:
            _relation(tree, f"base/{database}/{relation}", tree.random.randint(1, 9))
    for folder in _EMPTY:
        tree.folder(folder)


def _postgres_base(tree: Tree) -> None:
    for database in (1, 4, 5, 16_384):
        tree.file(f"base/{database}/PG_VERSION", "16\n", age=210 * DAY)
        tree.file(f"base/{database}/pg_filenode.map", tree.random.randbytes(524), age=210 * DAY)
        for relation in _CATALOGS:
            _relation(tree, f"base/{database}/{relation}", tree.random.randint(1, 14))
    for relation in _TABLES:
        _relation(tree, f"base/16384/{relation}", tree.random.choice((1, 2, 9, 40, 180)))


def _relation(tree: Tree, path: str, pages: int) -> None:
    age = tree.random.choice((30, 900, 7200, 3 * DAY, 90 * DAY)) * tree.random.uniform(0.5, 1.5)
    tree.file(path, tree.random.randbytes(PAGE) * pages, age=age)
    if pages > 4:
        tree.file(f"{path}_fsm", bytes(3 * PAGE), age=age)
        tree.file(f"{path}_vm", bytes(PAGE), age=age)


def _wal_page(tree: Tree, number: int) -> bytes:
    return struct.pack("<HHIQ", 0xD113, 2, 1, number << 24) + tree.random.randbytes(PAGE - 16)


def mariadb(tree: Tree, database: str, tables: Sequence[str]) -> None:
    """A data folder of MariaDB with one database."""
    tree.owned(999, 999, 0o660, 0o700)
    tree.file("ibdata1", tree.random.randbytes(64 * 1024), size=12 << 20, age=DAY)
    tree.file("ib_logfile0", tree.random.randbytes(16 * 1024), size=96 << 20, age=DAY)
    tree.file("aria_log_control", tree.random.randbytes(52), age=DAY)
    tree.file("aria_log.00000001", tree.random.randbytes(24_576), age=DAY)
    tree.file("mariadb_upgrade_info", "11.2.3-MariaDB\n", age=180 * DAY)
    tree.file("ib_buffer_pool", "".join(f"{n},{n % 41}\n" for n in range(3, 900)), age=DAY)
    for name in ("mysql", "performance_schema", "sys"):
        tree.file(f"{name}/db.opt", "default-character-set=utf8mb4\n", age=180 * DAY)
    for table in ("columns_priv", "db", "global_priv", "plugin", "servers", "tables_priv"):
        tree.file(f"mysql/{table}.MAI", tree.random.randbytes(8192), age=180 * DAY)
        tree.file(f"mysql/{table}.MAD", tree.random.randbytes(16_384), age=180 * DAY)
    tree.file(f"{database}/db.opt", "default-character-set=utf8mb4\n", age=180 * DAY)
    for table in tables:
        tree.file(f"{database}/{table}.frm", tree.random.randbytes(900), age=150 * DAY)
        pages = tree.random.choice((6, 7, 9, 40))
        tree.file(f"{database}/{table}.ibd", tree.random.randbytes(16_384) * pages)


def redis(tree: Tree) -> None:
    """An append-only Redis with its last dump."""
    tree.owned(999, 1000, 0o600, 0o755)
    head = b"REDIS0011\xfa\tredis-ver\x057.2.4\xfa\nredis-bits\xc0@"
    tree.file("dump.rdb", head + tree.random.randbytes(180_000) + b"\xff", age=280)
    base = "appendonlydir/appendonly.aof"
    tree.file(f"{base}.4.base.rdb", head + tree.random.randbytes(150_000), age=DAY)
    sets = "".join(
        f"*3\r\n$3\r\nSET\r\n$12\r\nsession:{n:04x}\r\n$2\r\n{n % 90 + 10}\r\n" for n in range(2500)
    )
    tree.file(f"{base}.4.incr.aof", sets, age=5)
    manifest = (
        "file appendonly.aof.4.base.rdb seq 4 type b\nfile appendonly.aof.4.incr.aof seq 4 type i\n"
    )
    tree.file(f"{base}.manifest", manifest, age=DAY)


def sqlite(tree: Tree, path: str, tables: dict[str, Sequence[tuple[str, str]]]) -> None:
    """A real SQLite database; each table has `name` and `value`."""
    full = tree.file(path)
    os.unlink(full)
    database = sqlite3.connect(os.fsdecode(full))
    for table, rows in tables.items():
        database.execute(f'CREATE TABLE "{table}" (id INTEGER PRIMARY KEY, name TEXT, value TEXT)')
        database.executemany(f'INSERT INTO "{table}" (name, value) VALUES (?, ?)', rows)
    database.commit()
    database.close()
    os.chown(full, tree.uid, tree.gid)
    os.chmod(full, tree.file_mode)
    tree.aged(path, 60)
