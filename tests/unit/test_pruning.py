"""Which unused volumes a prune may take, and which of them filters take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tui.engine.model import ContainerState, Mount, Volume
from tui.engine.pruning import Choice, Group, Wanted, candidates, choose
from tui.engine.volumes import SNAPSHOT_LABEL

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EXITED = Mount("c1", "web", "nginx", ContainerState.EXITED, "/data", read_only=False)
CIFS = {"type": "cifs", "device": "//joe:hush@nas/media", "o": "password=hush"}


def volume(name: str, **fields: Any) -> Volume:
    return Volume(name, **{"driver": "local", "scope": "local", "mountpoint": "/m"} | fields)


def old(days: int) -> datetime:
    return NOW - timedelta(days=days)


VOLUMES = [
    volume("named", created=old(40)),
    volume("young", created=old(1)),
    volume("ageless", created=None),
    volume("used", created=old(40), mounts=(EXITED,)),
    volume("a" * 64, created=old(40), anonymous=True),
    volume("b" * 64, created=None, anonymous=True),
    volume("c" * 64, created=old(40), looks_anonymous=True),
    volume("d" * 64, created=old(40), anonymous=True, project="shop"),
    volume("e" * 64, created=old(40), anonymous=True, options=CIFS),
    volume("shop_data", created=old(40), project="shop", labels={"keep": "no"}),
    volume("shop_tmp", created=old(40), project="shop", labels={"keep": ""}),
    volume("before", created=old(40), labels={SNAPSHOT_LABEL: "data"}),
    volume("scaled", created=old(40)),
    volume("cluster", created=old(40), scope="global", driver="csi"),
]
SERVICES = {"scaled": ("web", "worker")}


def chosen(**wanted: Any) -> Choice:
    return choose(candidates(VOLUMES, SERVICES), Wanted(**wanted), NOW)


def short(found: list[Any]) -> set[str]:
    return {name if len(name) < 64 else name[0] for name in (each.volume.name for each in found)}


def test_who_is_a_candidate_and_why_it_is_not_preselected() -> None:
    found = {each.volume.name: each for each in candidates(VOLUMES, SERVICES)}
    assert "used" not in found
    assert short([each for each in found.values() if each.preselected]) == {"a", "b"}
    assert found["d" * 64].remark == "of project shop"
    assert found["e" * 64].remark == "device //joe:****@nas/media"
    assert found["before"].remark == "snapshot"
    assert found["scaled"].remark == "of swarm service web, worker"
    assert "other machines" in found["cluster"].remark
    assert {each.volume.name for each in found.values() if each.spared} == {
        "before",
        "scaled",
        "cluster",
    }
    order = [each.group for each in candidates(VOLUMES)]
    assert order == sorted(order, key=list(Group).index)


def test_only_the_anonymous_ones_are_taken_unasked() -> None:
    choice = chosen()
    assert short(choice.taken) == {"a", "b"}
    assert short(choice.looks_anonymous) == {"c"}
    assert short(choice.belonging) == {"d", "e"}
    assert "named" in short(choice.named)
    assert not choice.spared


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        ({"looks_anonymous": True}, {"a", "b", "c"}),
        ({"project": "shop"}, {"d"}),
        ({"project": "shop", "named": True}, {"d", "shop_data", "shop_tmp"}),
        ({"named": True, "labels": [("keep", None)]}, {"shop_data", "shop_tmp"}),
        ({"named": True, "labels": [("keep", "")]}, {"shop_tmp"}),
        ({"named": True, "labels": [("keep", "no"), ("other", None)]}, set()),
        ({"labels": [("keep", None)]}, set()),
        ({"project": "none", "named": True}, set()),
    ],
)
def test_what_the_filters_take(wanted: dict[str, Any], taken: set[str]) -> None:
    assert short(chosen(**wanted).taken) == taken


def test_all_takes_no_snapshot_and_nothing_that_may_be_needed_elsewhere() -> None:
    choice = chosen(named=True)
    assert short(choice.spared) == {"before", "scaled", "cluster"}
    assert short(choice.taken) == {
        *"abcde", "named", "young", "ageless", "shop_data", "shop_tmp",
    }  # fmt: skip


def test_an_unknown_age_is_not_old_enough() -> None:
    choice = chosen(named=True, older_than=timedelta(days=40))
    assert short(choice.unknown_age) == {"b", "ageless"}
    assert not short(choice.taken) & {"b", "ageless", "young"}
    assert "named" in short(choice.taken)
    assert short(chosen(older_than=timedelta(days=1)).unknown_age) == {"b", "ageless"}
    assert short(chosen(older_than=timedelta(days=40, seconds=1)).taken) == set()
