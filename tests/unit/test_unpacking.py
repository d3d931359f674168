"""Compressed files of several parts, cut off, damaged, or with something behind their end."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import struct
import tracemalloc
from collections.abc import Callable

import pytest
import zstandard

from tui.engine.errors import ArchiveBroken
from tui.engine.unpacking import CHUNK, Compression, unpacked
from tui.engine.zstdframes import ZstdFrames

PACK: dict[Compression, Callable[[bytes], bytes]] = {
    Compression.GZIP: gzip.compress,
    Compression.BZIP2: bz2.compress,
    Compression.XZ: lzma.compress,
    Compression.ZSTD: zstandard.ZstdCompressor(write_checksum=True).compress,
}
every = pytest.mark.parametrize("compression", Compression)
NOISE = random.Random(5).randbytes(300_000)


def unpack(
    data: bytes, compression: Compression, *, piece: int = CHUNK, size: int = CHUNK
) -> bytes:
    """All of it, from a file that gives at most `piece` bytes at once."""
    file = io.BytesIO(data)
    read = unpacked(lambda wanted: file.read(min(wanted, piece)), compression)
    return b"".join(iter(lambda: read(size), b""))


@every
@pytest.mark.parametrize("piece", [1, 7, CHUNK])
def test_parts_behind_one_another_are_one(compression: Compression, piece: int) -> None:
    parts = [b"first", b"", b"third" * 10_000]
    packed = b"".join(map(PACK[compression], parts))
    assert unpack(packed, compression, piece=piece) == b"".join(parts)


@every
def test_small_reads_give_all(compression: Compression) -> None:
    assert unpack(PACK[compression](NOISE), compression, size=333) == NOISE


@every
def test_whatever_is_cut_off_is_refused(compression: Compression) -> None:
    packed = PACK[compression](NOISE[:2000])
    for end in range(1, len(packed), 7 if len(packed) > 500 else 1):
        with pytest.raises(ArchiveBroken):
            unpack(packed[:end], compression)
    for end in range(len(packed) - 12, len(packed)):
        with pytest.raises(ArchiveBroken):
            unpack(packed[:end], compression)


@every
def test_the_second_part_may_not_be_cut_off(compression: Compression) -> None:
    packed = PACK[compression](b"one") + PACK[compression](NOISE)[:-2]
    with pytest.raises(ArchiveBroken, match="too early"):
        unpack(packed, compression)


@every
def test_something_else_behind_the_end_is_refused(compression: Compression) -> None:
    with pytest.raises(ArchiveBroken, match="stands behind its end"):
        unpack(PACK[compression](b"data") + b"and something else", compression)


@pytest.mark.parametrize("compression", [Compression.GZIP, Compression.XZ])
def test_zeros_behind_the_end_are_padding(compression: Compression) -> None:
    packed = PACK[compression](b"data")
    assert unpack(packed + bytes(200_000), compression) == b"data"
    assert unpack(packed + bytes(4096) + packed, compression) == b"datadata"


@every
def test_a_damaged_byte_is_noticed(compression: Compression) -> None:
    packed = bytearray(PACK[compression](NOISE))
    packed[len(packed) // 2] ^= 0x10
    with pytest.raises(ArchiveBroken):
        unpack(bytes(packed), compression)


@every
def test_a_bomb_takes_no_memory(compression: Compression) -> None:
    packed = PACK[compression](bytes(24 << 20))
    tracemalloc.start()
    try:
        file = io.BytesIO(packed)
        read = unpacked(file.read, compression)
        total = sum(len(data) for data in iter(lambda: read(CHUNK), b""))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total == 24 << 20
    assert peak < 16 << 20


def test_every_kind_of_zstd_frame_is_followed() -> None:
    skippable = struct.pack("<II", 0x184D2A5F, 5) + b"12345"
    unsized = zstandard.ZstdCompressor(write_content_size=False, write_checksum=False)
    frames = [
        unsized.compress(NOISE),
        unsized.compress(b"\7" * 1_000_000),
        skippable,
        struct.pack("<II", 0x184D2A50, 0),
        zstandard.ZstdCompressor(level=19, write_checksum=True).compress(NOISE * 3),
        zstandard.ZstdCompressor().compress(b""),
    ]
    for piece in (1, 3, 1000, CHUNK):
        file = io.BytesIO(b"".join(frames))
        followed = ZstdFrames(file.read)
        ends = {0}
        seen = 0
        while data := followed.read(piece):
            seen += len(data)
            if followed.whole:
                ends.add(seen)
        assert followed.whole
        wanted = {sum(map(len, frames[:count])) for count in range(len(frames) + 1)}
        assert ends <= wanted
        assert piece > 1 or ends == wanted
    assert unpack(b"".join(frames), Compression.ZSTD) == NOISE + b"\7" * 1_000_000 + NOISE * 3
