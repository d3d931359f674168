"""The 32 volumes of the demo; nobody uses five of them, one of each kind a prune tells apart."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.engines.demo import cloud, databases, odd, services, sites
from tests.engines.demo.tree import Tree

Fill = Callable[[Tree], None]


@dataclass(frozen=True, slots=True)
class VolumePlan:
    """One volume: what compose or its owner wrote on it, and what fills it."""

    name: str
    fills: tuple[Fill, ...] = ()
    """Made side by side, so each writes paths of its own."""
    project: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    anonymous: bool = False

    @property
    def tmpfs(self) -> bool:
        """Whether its files live only while a container has it mounted."""
        return self.options.get("type") == "tmpfs"

    def all_labels(self) -> dict[str, str]:
        """Its labels as compose writes them."""
        compose = "com.docker.compose"
        if not self.project:
            return dict(self.labels)
        return {
            **self.labels,
            f"{compose}.project": self.project,
            f"{compose}.version": "2.24.6",
            f"{compose}.volume": self.name.removeprefix(f"{self.project}_"),
        }


def anonymous_name(number: int) -> str:
    """A name as the engine draws them for volumes without one, the same in every demo."""
    return hashlib.sha256(f"anonymous volume {number} of the demo".encode()).hexdigest()


_TMPFS = {"type": "tmpfs", "device": "tmpfs", "o": "size=16m,uid=1000,mode=0700"}
_CLOUD = (
    cloud.nextcloud_previews,
    cloud.photos_of_ada_and_grace,
    cloud.photos_of_linus_and_margaret,
    cloud.nextcloud_data,
)

VOLUMES = (
    VolumePlan("shop_pgdata", (databases.postgres,), "shop", {"backup": "nightly"}),
    VolumePlan("shop_redis-data", (databases.redis,), "shop"),
    VolumePlan("shop_media", (sites.shop_media,), "shop", {"backup": "nightly"}),
    VolumePlan("shop_static", (sites.shop_static,), "shop"),
    VolumePlan("shop_app-logs", (sites.shop_logs,), "shop"),
    VolumePlan("shop_sessions", (sites.scratch,), "shop", options=_TMPFS),
    VolumePlan("monitoring_prometheus-data", (services.prometheus,), "monitoring"),
    VolumePlan("monitoring_alertmanager", (services.alertmanager,), "monitoring"),
    VolumePlan("grafana-storage", (services.grafana,), labels={"owner": "ops"}),
    VolumePlan("nextcloud_html", (cloud.nextcloud_html,), "nextcloud"),
    VolumePlan("nextcloud_data", _CLOUD, "nextcloud", {"backup": "weekly"}),
    VolumePlan("nextcloud_db", (cloud.nextcloud_db,), "nextcloud", {"backup": "nightly"}),
    VolumePlan("wiki_dbdata", (sites.wiki_db,), "wiki"),
    VolumePlan("wiki_html", (sites.wiki_html,), "wiki"),
    VolumePlan("wiki_uploads", (sites.wiki_uploads,), "wiki"),
    VolumePlan("gitea-data", (services.gitea,), labels={"owner": "dev", "backup": "nightly"}),
    VolumePlan("traefik-acme", (services.traefik,)),
    VolumePlan("registry-data", (services.registry,)),
    VolumePlan("backups", (sites.backups,), labels={"owner": "ops"}),
    VolumePlan("jenkins_home", (services.jenkins,), labels={"owner": "dev"}),
    VolumePlan("minio-data", (services.minio,)),
    VolumePlan("vaultwarden-data", (services.vaultwarden,), labels={"backup": "nightly"}),
    VolumePlan("promtail-positions", (services.promtail,)),
    VolumePlan("app-db", (databases.young_postgres,), labels={"owner": "dev"}),
    VolumePlan("mosquitto-data"),
    VolumePlan("vm-images", (sites.vm_images,)),
    VolumePlan("import-from-windows", (odd.odd_names,)),
    VolumePlan("ci-cache", (sites.ci_cache,)),
    VolumePlan(anonymous_name(1), (sites.old_cluster,), anonymous=True),
    VolumePlan(anonymous_name(2), (sites.build_output,), anonymous=True),
    VolumePlan(anonymous_name(3), (sites.build_output,)),
    VolumePlan(
        "shop_pgdata-20241101T030000Z",
        (databases.young_postgres,),
        labels={"voltui.snapshot": "shop_pgdata"},
    ),
)
