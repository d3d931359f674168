"""The form for a new volume: what is typed is made, what cannot be made is said in the form."""

from __future__ import annotations

import pytest

from tests.fakes import FakeEngine
from tests.showcase import volume
from tests.ui.screen import Seen, running
from tui.engine.changes import Changed
from tui.engine.creating import NewVolume
from tui.engine.errors import EngineFailed, EngineTimeout, NameTaken
from tui.engine.model import Volume

PASSWORD = "hunter 2;%"
NAS = {"type": "nfs", "device": ":/export/", "o": "addr=NAS.example,nfsvers=4"}


class Creating(FakeEngine):
    """Remembers what it was asked to make; fails when told to, after having made it or not."""

    def __init__(self, *volumes: Volume, failure: Exception | None = None) -> None:
        super().__init__(volumes or [volume("pgdata", 1)])
        self.asked: list[NewVolume] = []
        self.failure = failure
        self.made_nevertheless = False

    def create(self, new: NewVolume) -> Volume:
        self.asked.append(new)
        if self.failure is not None and not self.made_nevertheless:
            raise self.failure
        made = super().create(new)
        self.happened.put(Changed(frozenset([new.name])))
        if self.failure is not None:
            raise self.failure
        return made


async def opened(seen: Seen, *keys: str) -> None:
    await seen.sees("Details")
    await seen.press("a")
    await seen.sees("Labels")
    await seen.press(*keys)


async def chosen(seen: Seen, kind: str) -> None:
    """Put the focus on the line below the kind, which the cursor above is led to."""
    await seen.press("tab", "tab")
    while f"● {kind}" not in seen.text:
        await seen.press("right")
    await seen.press("tab")


async def test_a_name_is_enough() -> None:
    engine = Creating()
    async with running(engine) as seen:
        await opened(seen, *"media", "enter")
        await seen.at("media")
        await seen.sees_no("Create a volume")
    assert engine.asked == [NewVolume("media")]


async def test_a_volume_that_was_made_is_shown_whatever_is_filtered() -> None:
    async with running(Creating()) as seen:
        await seen.sees("Details")
        await seen.press("slash", *"pg", "enter", "a", *"media", "enter")
        await seen.at("media")


@pytest.mark.parametrize(
    ("kind", "typed", "options"),
    [
        ("tmpfs", ["100m"], {"type": "tmpfs", "device": "tmpfs", "o": "size=100m"}),
        ("bind", ["/srv/m"], {"type": "none", "device": "/srv/m", "o": "bind"}),
        ("NFS", ["nas", "/e"], {"type": "nfs", "device": ":/e", "o": "addr=nas"}),
        (
            "CIFS",
            ["nas", "m", "joe", PASSWORD],
            {
                "type": "cifs",
                "device": "//nas/m",
                "o": f"addr=nas,username=joe,password={PASSWORD}",
            },
        ),
    ],
)
async def test_a_kind_asks_for_what_it_needs(
    kind: str, typed: list[str], options: dict[str, str]
) -> None:
    engine = Creating()
    async with running(engine) as seen:
        await opened(seen, *"media")
        await chosen(seen, kind)
        for text in typed:
            await seen.type(text)
            await seen.press("tab")
        await seen.sees(f"--opt type={options['type']}")
        await seen.press("up", "enter")
        await seen.at("media")
    assert [dict(new.options) for new in engine.asked] == [options]


async def test_options_and_labels_are_lines_of_key_and_value() -> None:
    engine = Creating()
    async with running(engine) as seen:
        await opened(seen, *"media", "tab", "right")
        await seen.sees("● rclone")
        assert "Kind" not in seen.text
        await seen.press("tab", *"remote=s3:a b", "tab", *"ro", "tab", "tab", *"env=a=b")
        await seen.sees("--driver rclone --opt 'remote=s3:a b'", "--label env=a=b media")
        await seen.press("enter")
        await seen.at("media")
    new = engine.asked[0]
    assert new.driver == "rclone"
    assert new.options == {"remote": "s3:a b", "ro": ""}
    assert new.labels == {"env": "a=b"}


async def test_pasted_lines_are_lines() -> None:
    engine = Creating()
    async with running(engine) as seen:
        await opened(seen, *"media", "tab", "tab", "tab", "tab")
        from textual.events import Paste

        seen.app.post_message(Paste("env=prod\nowner=ada\n\nbackup=no\n"))
        await seen.sees("backup=no ")
        await seen.press("enter")
        await seen.at("media")
    assert engine.asked[0].labels == {"env": "prod", "owner": "ada", "backup": "no"}


async def test_a_driver_the_engine_does_not_tell_of_is_typed() -> None:
    engine = Creating()
    async with running(engine) as seen:
        await opened(seen, *"media")
        await seen.sees("rclone")
        await seen.press("tab", "left", "tab", *"vieux/sshfs", "enter")
        await seen.at("media")
    assert engine.asked[0].driver == "vieux/sshfs"


async def test_a_taken_name_is_said_while_it_is_typed_and_refused_by_the_engine() -> None:
    async with running(Creating(), (60, 24)) as seen:
        await seen.sees("pgdata")
        await seen.press("a", *"pgdata")
        await seen.sees("There is a volume named pgdata already.")
        await seen.press("x")
        await seen.sees_no("already")
        await seen.press("backspace", "enter")
        await seen.sees("There is a volume named pgdata already.")
        assert "Create a volume" in seen.text


async def test_the_drivers_error_stands_in_the_form_and_nothing_typed_is_lost() -> None:
    engine = Creating(failure=EngineFailed("no such\nplugin", hint="Is it enabled?"))
    async with running(engine) as seen:
        await opened(seen, *"media", "enter")
        await seen.sees("no such plugin Is it enabled?", "media")
        engine.failure = None
        await seen.press("2", "enter")
        await seen.at("media2")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([], "The volume needs a name."),
        ([*"a/b"], "'a/b' cannot be the name of a volume: it is a path."),
        ([*"m", "tab", "tab", "left", "tab"], "Server is needed for CIFS."),
        ([*"m", "tab", "tab", "tab", *"=x"], "An option needs a name before its value"),
        ([*"m", "tab", "tab", "tab", *"x=1", "tab", *"x=2"], "An option x is given twice."),
    ],
)
async def test_what_is_missing_or_impossible_is_said(keys: list[str], words: str) -> None:
    engine = Creating()
    async with running(engine) as seen:
        await opened(seen, *keys, "enter")
        await seen.sees(words)
    assert engine.asked == []


async def test_a_password_is_never_shown() -> None:
    engine = Creating()
    async with running(engine, (120, 24)) as seen:
        await opened(seen, *"media")
        await chosen(seen, "CIFS")
        await seen.press(*"nas", "tab", *"m", "tab", *"joe", "tab", *PASSWORD)
        await seen.sees("username=joe,password=****")
        assert PASSWORD not in seen.text
        await seen.press("enter")
        await seen.at("media")
        assert PASSWORD not in seen.text
    assert PASSWORD not in repr(engine.asked[0])


async def test_another_volume_with_the_same_data_is_named() -> None:
    engine = Creating(volume("share", 1, options=NAS))
    async with running(engine) as seen:
        await opened(seen, *"media")
        await chosen(seen, "NFS")
        await seen.press(*"nas.example", "tab", *"/export")
        await seen.sees("This is the same data as share")
        await seen.press("2")
        await seen.sees_no("same data")


async def test_esc_asks_once_more_where_more_than_a_name_was_typed() -> None:
    engine = Creating()
    async with running(engine) as seen:
        await opened(seen, *"media", "escape")
        await seen.sees_no("Create a volume")
        await opened(seen, "up", *"env=prod", "escape")
        await seen.sees("Esc once more")
        await seen.press("x", "escape")
        await seen.sees("Esc once more", "env=prodx")
        await seen.press("escape")
        await seen.sees_no("Create a volume")
    assert engine.asked == []


async def test_a_hung_engine_is_named_and_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.creating.PATIENCE", 1)
    engine = Creating()
    async with running(engine) as seen:
        await seen.sees("Details")
        engine.answers.clear()
        await opened(seen, *"media")
        assert "rclone" not in seen.text, "the form does not wait for the drivers"
        await seen.press("enter")
        await seen.sees("has not answered for 1 s. Esc stops waiting.")
        await seen.press("enter", "escape")
        await seen.sees_no("Create a volume")
        await seen.sees("media is made is not known")
    assert len(engine.asked) == 1


async def test_a_lost_answer_is_told_and_its_volume_is_not_called_somebody_elses() -> None:
    engine = Creating(failure=EngineTimeout("No answer.", hint="Whether it was made is not known."))
    engine.made_nevertheless = True
    async with running(engine) as seen:
        await opened(seen, *"media", "enter")
        await seen.sees("No answer. Whether it was made is not known.")
        engine.failure = NameTaken("There is a volume named media already.")
        engine.made_nevertheless = False
        await seen.press("enter")
        await seen.sees("media now: the one asked for before, or another.")


async def test_read_only_makes_nothing() -> None:
    engine = FakeEngine([volume("pgdata", 1)], read_only=True)
    async with running(engine) as seen:
        await seen.sees("Details")
        await seen.press("a")
        await seen.press("question_mark")
        await seen.sees("Everywhere")
        assert "Create a volume" not in seen.text


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (20, 5)])
async def test_it_can_be_filled_in_at_any_size(size: tuple[int, int]) -> None:
    engine = Creating()
    async with running(engine, size) as seen:
        await seen.sees("pgdata")
        await seen.press("a", *"media", "tab", "tab", "right", "tab")
        await seen.press(*"5m")
        await seen.sees("Size", "5m")
        await seen.press("tab", "tab", "tab", *"env=prod")
        await seen.sees("env=prod")
        await seen.press("enter")
        await seen.at("media")
    assert dict(engine.asked[0].options)["o"] == "size=5m"


async def test_the_mouse_chooses() -> None:
    async with running(Creating()) as seen:
        await opened(seen)
        row = seen.text.split("\n").index(seen.line("○ tmpfs"))
        await seen.pilot.click(offset=(seen.line("○ tmpfs").index("tmpfs"), row))
        await seen.sees("● tmpfs", "Size")


async def test_an_engine_without_volumes_names_the_key() -> None:
    async with running(FakeEngine()) as seen:
        await seen.sees("This engine has no volumes.", "a creates one")
        await seen.press("a")
        await seen.sees("Create a volume")
