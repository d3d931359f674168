"""The list of volumes, by keys."""

from __future__ import annotations

from tests.fakes import MEASURED, REMOTE, FakeEngine
from tests.showcase import HEX, VOLUMES, engine, mount, volume
from tests.ui.screen import running
from tui.engine.model import EngineInfo, VolumeSize


async def test_lists_every_volume_with_its_use() -> None:
    async with running(engine()) as seen:
        await seen.sees("14 volumes", "≥ 51G", "4 unused")
        assert seen.line("grafana-storage").split()[:5] == [
            "grafana-storage", "46M", "●", "1", "│",
        ]  # fmt: skip
        assert "?  ·" in seen.line("  share")
        assert "○ 1" in seen.line("registry")


async def test_details_show_the_whole_mountpoint_and_everybody_attached() -> None:
    async with running(engine(), (80, 32)) as seen:
        await seen.sees("gitea-data")
        await seen.press("slash", *"pgdata", "enter")
        await seen.sees("db-replica", "ro", "exited", "com.docker.compose.volume")
        right = [line.rpartition("│")[2].strip() for line in seen.text.split("\n")]
        assert "/var/lib/docker/volumes/pgdata/_data" in "".join(right)


async def test_secrets_in_options_are_masked() -> None:
    async with running(engine(), (120, 40)) as seen:
        await seen.sees("share")
        await seen.press("slash", *"share", "enter")
        await seen.sees("addr=10.0.0.2")
        assert "hunter2" not in seen.text


async def test_filter_as_you_type_keeps_and_clears() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        await seen.press("slash", *"data")
        await seen.sees("3 of 14")
        await seen.press("enter", "j")
        await seen.at("minio-data")
        await seen.press("escape")
        await seen.sees("vaultwarden")
        await seen.at("minio-data")


async def test_unused_only() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        await seen.press("u")
        await seen.sees("Unused volumes", "4 of 14")
        assert "gitea-data" not in seen.text
        await seen.press("u")
        await seen.sees("gitea-data")


async def test_sort_by_size_and_reverse() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        await seen.press("comma")
        await seen.sees("Sort by", "r reverse")
        await seen.press("s")
        await seen.sees("▲ Size")
        await seen.press("comma")
        await seen.sees("Sort by")
        await seen.press("r")
        await seen.sees("▼ Size")
        await seen.press("g")
        await seen.at("minio-data")


async def test_names_are_sorted_naturally_and_anonymous_ones_last() -> None:
    names = ["web10", "web2", "Web1", HEX]
    volumes = [volume(name, 1, anonymous=name == HEX) for name in names]
    async with running(FakeEngine(volumes)) as seen:
        await seen.sees("web10")
        lines = [line for line in seen.text.split("\n") if "1  ·" in line]
        assert [line.split()[0] for line in lines if "▌" not in line] == [
            "web2", "web10", "3f9c1be07a52…",
        ]  # fmt: skip


async def test_cursor_and_marks_survive_a_refresh() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("gitea-data")
        await seen.press("j", "space", "j")
        await seen.at("nextcloud_html")
        fake.listed.insert(0, volume("aaa", 1))
        await seen.press("R")
        await seen.sees("aaa", "15, 1 marked")
        await seen.at("nextcloud_html")
        assert "●" in seen.line("grafana-storage")[:3]


async def test_range_all_and_inverted_marks() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        await seen.press("v", "j", "j")
        await seen.sees("14, 3 marked")
        await seen.press("k")
        await seen.sees("14, 2 marked")
        await seen.press("v", "asterisk")
        await seen.sees("14, 12 marked")
        await seen.press("ctrl+a")
        await seen.sees("14, 14 marked")


async def test_sizes_arrive_later_and_are_counted() -> None:
    fake = FakeEngine([volume("one", None), volume("three", None), volume("two", 2048)])
    fake.answers.clear()
    fake.measured = {name: VolumeSize(1024, MEASURED) for name in ("one", "three")}
    async with running(fake) as seen:
        await seen.sees("Asking the engine")
        fake.answers.set()
        await seen.sees("·  4.0K")
        assert "1.0K" in seen.line("▌ one")


async def test_inspect_shows_what_the_engine_tells() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        await seen.press("i")
        await seen.sees('"Driver": "local"')
        await seen.press("escape")
        await seen.sees_no('"Driver"')


async def test_copy_says_so_and_shows_the_text() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        await seen.press("Y")
        await seen.sees("Copied", "/var/lib/docker/volumes/gitea-data/_data")
        assert seen.app.clipboard == "/var/lib/docker/volumes/gitea-data/_data"


async def test_top_line_tells_engine_and_flags() -> None:
    info = EngineInfo("Podman", "4.3.1", "1.41", "linux", "amd64", demo=True)
    fake = FakeEngine(VOLUMES, endpoint=REMOTE, read_only=True, info=info)
    async with running(fake, (120, 24)) as seen:
        await seen.sees("db1.example:2375", "read-only", "demo", "Podman 4.3.1", "DOCKER_HOST")


async def test_the_mouse_selects_sorts_and_opens() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        table = "#volumes-table"
        await seen.pilot.click(table, offset=(5, 3))
        await seen.at("minio-data")
        await seen.pilot.click(table, offset=(36, 0))
        await seen.sees("▲ Size")
        await seen.pilot.double_click(table, offset=(5, 3))
        await seen.sees(":/")


async def test_a_mount_twice_by_one_container_counts_once() -> None:
    one = mount("db", "/a")
    async with running(FakeEngine([volume("twice", 1, one, mount("db", "/b"))])) as seen:
        await seen.sees("● 1", "/a", "/b")


async def test_keys_of_the_bar_are_those_that_work() -> None:
    async with running(engine()) as seen:
        await seen.sees("Open", "Unused", "? Help")
        await seen.press("slash")
        await seen.sees("Keep the filter", "Clear filter")
        assert "? Help" not in seen.text.split("\n")[-1]


async def test_palette_and_help() -> None:
    async with running(engine(), (100, 75)) as seen:
        await seen.sees("gitea-data")
        await seen.press("question_mark")
        await seen.sees("Everywhere", "See what is inside the volume")
        await seen.press("G")
        await seen.sees("1,024 bytes")
        await seen.press("q")
        await seen.sees_no("Everywhere")
        await seen.press("colon")
        await seen.sees("Show every key")
        await seen.type("unus")
        await seen.sees("Show only volumes that no container")
        await seen.press("enter")
        await seen.sees("Unused volumes")
        await seen.press("ctrl+p")
        await seen.type("theme")
        await seen.sees("Choose the colours")
