"""What the fields of a preset become, and which volumes are the same data."""

from __future__ import annotations

import pytest

from tui.engine.errors import UsageError
from tui.engine.masking import masked_options
from tui.engine.model import Volume
from tui.engine.presets import PRESETS, preset
from tui.engine.sharing import same_data, sharing

GIVEN: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("plain", {}, {}),
    ("tmpfs", {}, {"type": "tmpfs", "device": "tmpfs"}),
    (
        "TMPFS",
        {"size": " 64m ", "mode": "1770", "more": "uid=1000,gid=1000"},
        {"type": "tmpfs", "device": "tmpfs", "o": "size=64m,mode=1770,uid=1000,gid=1000"},
    ),
    ("bind", {"path": "/srv/a,b"}, {"type": "none", "device": "/srv/a,b", "o": "bind"}),
    ("bind", {"path": "/srv", "more": "ro"}, {"type": "none", "device": "/srv", "o": "bind,ro"}),
    (
        "nfs",
        {"server": "nas", "path": "/media", "more": "nfsvers=4.2"},
        {"type": "nfs", "device": ":/media", "o": "addr=nas,nfsvers=4.2"},
    ),
    (
        "CIFS",
        {"server": "nas", "share": "/media/", "username": "joe", "password": " hu;sh "},
        {"type": "cifs", "device": "//nas/media", "o": "addr=nas,username=joe,password= hu;sh "},
    ),
    (
        "cifs",
        {"server": "nas", "share": "m", "more": "guest"},
        {"type": "cifs", "device": "//nas/m", "o": "addr=nas,guest"},
    ),
]


@pytest.mark.parametrize(("name", "values", "options"), GIVEN)
def test_fields_become_driver_options(
    name: str, values: dict[str, str], options: dict[str, str]
) -> None:
    assert preset(name).options(values) == options


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("bind", {}, "Folder is needed for bind"),
        ("bind", {"path": "srv"}, "begin with a slash"),
        ("bind", {"path": "/srv\0"}, "NUL"),
        ("nfs", {"path": "/x"}, "Server is needed"),
        ("nfs", {"server": "nas,soft", "path": "/x"}, "comma"),
        (
            "cifs",
            {"server": "h", "share": "s", "password": "a,b"},
            "Password must not have a comma",
        ),
        ("tmpfs", {"size": "1m,exec"}, "comma"),
        ("tmpfs", {"more": "a,,b"}, "empty part"),
        ("plain", {"size": "1m"}, "no field size"),
    ],
)
def test_what_is_missing_or_impossible_is_refused(
    name: str, values: dict[str, str], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        preset(name).options(values)


def test_an_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(UsageError) as refused:
        preset("zfs")
    assert all(each.name in refused.value.hint for each in PRESETS)


@pytest.mark.parametrize("password", ["hush", "hu;sh", "hu sh", "hu&sh", "hu'sh", 'hu"sh', "a=b"])
def test_no_part_of_a_password_is_shown(password: str) -> None:
    given = {"server": "h", "share": "s", "username": "joe", "password": password}
    shown = masked_options(preset("cifs").options({**given, "more": "vers=3.0"}))
    assert shown["o"] == "addr=h,username=joe,password=****,vers=3.0"


DISK = {"type": "ext4", "device": "/dev/sdb"}
TMPFS = {"type": "tmpfs", "device": "tmpfs"}
BIND = {"type": "none", "device": "/srv/media", "o": "bind"}
NFS = {"type": "nfs", "device": ":/media", "o": "addr=NAS,rw"}
CIFS = {"type": "cifs", "device": "//nas/media", "o": "username=a"}


@pytest.mark.parametrize(
    ("driver", "one", "other", "same"),
    [
        ("local", BIND, {**BIND, "device": "/srv//media/", "o": "ro,bind"}, True),
        ("local", BIND, {**BIND, "device": "/srv/media/films"}, False),
        ("local", NFS, {"type": "nfs4", "device": ":/media/", "o": "addr=nas"}, True),
        ("local", NFS, {"type": "nfs", "device": "nas:/media"}, True),
        ("local", NFS, {**NFS, "o": "addr=other"}, False),
        ("local", CIFS, {**CIFS, "o": "username=b"}, True),
        ("local", DISK, DISK, True),
        ("local", TMPFS, TMPFS, False),
        ("local", {}, {}, False),
        ("rclone", {"device": "s3:bucket"}, {"device": "s3:bucket"}, True),
        ("rclone", {"remote": "s3:bucket"}, {"remote": "s3:bucket"}, False),
    ],
)  # fmt: skip
def test_one_device_is_the_same_data(
    driver: str, one: dict[str, str], other: dict[str, str], same: bool
) -> None:
    volume = Volume("data", driver, "local", "/d/data/_data", None, options=one)
    assert same_data(driver, other, [volume]) == ([volume] if same else [])


def test_the_folder_of_a_volume_is_its_data() -> None:
    volume = Volume("data", "local", "local", "/d/data/_data", None)
    assert same_data("local", {**BIND, "device": "/d/data/_data/"}, [volume]) == [volume]
    assert same_data("other", {**BIND, "device": "/d/data/_data/"}, [volume]) == []


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (BIND, {**BIND, "device": "/srv/media/films"}, True),
        (BIND, {**BIND, "device": "/srv/media-old"}, False),
        (BIND, {**BIND, "device": "/"}, True),
        (BIND, {}, False),
        ({**BIND, "device": "/d"}, {}, True),
        (NFS, {**NFS, "device": ":/media/films"}, True),
        (NFS, {**NFS, "device": ":/media/films", "o": "addr=other"}, False),
        (CIFS, {**CIFS, "device": "//nas/media/films"}, True),
        (DISK, {**DISK, "device": "/dev/sdb/1"}, False),
        (TMPFS, TMPFS, False),
    ],
)  # fmt: skip
def test_folders_in_one_another_share_data(
    one: dict[str, str], other: dict[str, str], meet: bool
) -> None:
    first = Volume("first", "local", "local", "/d/first/_data", None, options=one)
    second = Volume("second", "local", "local", "/d/second/_data", None, options=other)
    assert sharing(first, [first, second]) == ([second] if meet else [])
    assert sharing(second, [first, second]) == ([first] if meet else [])
