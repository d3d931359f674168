"""What has to be typed before volumes go."""

from __future__ import annotations

from tests.showcase import HEX, volume
from tui.phrase import phrase, says
from tui.presentation import safe

NAMED, OTHER = volume("pgdata", 1), volume("redis", 0)
ANONYMOUS, LOOKS = volume(HEX, 1, anonymous=True), volume(HEX[::-1], 1, looks_anonymous=True)


def test_one_named_volume_wants_its_name() -> None:
    assert phrase("delete", [NAMED]) == "pgdata"
    assert phrase("delete", [ANONYMOUS, NAMED, LOOKS]) == "pgdata"


def test_several_want_their_number_and_that_of_all_others_that_go() -> None:
    assert phrase("delete", [NAMED, ANONYMOUS, OTHER]) == "delete 3"
    assert phrase("empty", [NAMED, OTHER]) == "empty 2"


def test_what_nobody_named_and_what_holds_nothing_wants_none() -> None:
    assert phrase("delete", [ANONYMOUS, LOOKS]) == ""
    assert phrase("delete", [OTHER], {"redis"}) == ""
    assert phrase("delete", [NAMED, OTHER], {"redis"}) == "pgdata"


def test_a_size_of_nothing_is_no_proof_of_emptiness() -> None:
    assert phrase("delete", [OTHER]) == "redis"


def test_it_is_typed_exactly_and_as_it_is_shown() -> None:
    assert says("pgdata", "pgdata")
    for other in ("", "pgdat", "pgdata ", " pgdata", "PGDATA", "pgdata\n"):
        assert not says(other, "pgdata")
    for name in ("a\x1b]0;x", "b\udcff", "c\\n", "d\u202e", "ö"):
        assert says(safe(name), name)
        assert not says(safe(name) + "x", name)
    assert not says("c\\n", "c\\n"), "a backslash of the name is shown doubled"
