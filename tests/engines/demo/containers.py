"""The 22 containers of the demo."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from tests.engines.demo.volumes import anonymous_name

WRITES_LOG = """
n=0
log=/var/log/app/app.log
while :; do
    n=$((n + 1))
    if [ "$(stat -c %s $log 2>/dev/null || echo 0)" -gt 8000000 ]; then mv $log $log.1; fi
    now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    echo "$now INFO  id=$n method=GET path=/api/stock status=200 took=$((n % 37 + 3))ms" >>$log
    if [ $((n % 60)) = 0 ]; then
        echo "$now WARN  pool exhausted, waiting: size=20 waiting=$((n % 5 + 1))" >>$log
    fi
    sleep 1
done
"""
_SLEEPS = ("sleep", "2147483647")


@dataclass(frozen=True, slots=True)
class ContainerPlan:
    """One container: `mounts` are `volume:/target[:ro]`, as `docker run -v` takes them."""

    name: str
    image: str
    state: str
    """`running`, `paused`, `exited` or `created`."""
    mounts: tuple[str, ...] = ()
    project: str = ""
    command: tuple[str, ...] = _SLEEPS
    user: str = ""

    @property
    def runs(self) -> bool:
        """Whether its process is to live on."""
        return self.state in {"running", "paused"}

    def payload(self) -> dict[str, Any]:
        """Body of `POST /containers/create`."""
        return {
            "Image": self.image,
            "Cmd": list(self.command),
            "User": self.user,
            # The commands here ignore TERM as process 1: nothing is gained by waiting for them.
            "StopSignal": "SIGKILL",
            "Labels": self._labels(),
            "HostConfig": {
                "Mounts": [_mount(text) for text in self.mounts],
                "NetworkMode": "none",
                "RestartPolicy": {"Name": "unless-stopped" if self.runs else "no"},
            },
        }

    def _labels(self) -> dict[str, str]:
        if not self.project:
            return {}
        service = self.name.removeprefix(f"{self.project}-").rpartition("-")[0]
        folder = f"/srv/{self.project}"
        labels = {
            "project": self.project,
            "service": service,
            "container-number": "1",
            "oneoff": "False",
            "version": "2.24.6",
            "project.working_dir": folder,
            "project.config_files": f"{folder}/compose.yaml",
            "config-hash": hashlib.sha256(self.name.encode()).hexdigest(),
        }
        return {f"com.docker.compose.{key}": value for key, value in labels.items()}


def _mount(text: str) -> dict[str, Any]:
    source, target, *flags = text.split(":")
    return {
        "Type": "volume",
        "Source": source,
        "Target": target,
        "ReadOnly": "ro" in flags,
        "VolumeOptions": {"NoCopy": True},
    }


_DATA = "/var/www/html/data"
_APP = ("sh", "-c", WRITES_LOG)
_FAILS = ("sh", "-c", "exit 1")

CONTAINERS = (
    ContainerPlan(
        "shop-db-1", "postgres:16", "running", ("shop_pgdata:/var/lib/postgresql/data",), "shop"
    ),
    ContainerPlan(
        "shop-redis-1", "redis:7.2-alpine", "running", ("shop_redis-data:/data",), "shop"
    ),
    ContainerPlan(
        "shop-app-1",
        "registry.example.org/shop/app:2024.2",
        "running",
        ("shop_media:/srv/media", "shop_app-logs:/var/log/app", "shop_sessions:/run/sessions"),
        "shop",
        _APP,
        "1000:1000",
    ),
    ContainerPlan(
        "shop-worker-1",
        "registry.example.org/shop/worker:2024.2",
        "running",
        ("shop_media:/srv/media", "shop_app-logs:/var/log/app"),
        "shop",
    ),
    ContainerPlan(
        "shop-web-1",
        "nginx:1.25-alpine",
        "running",
        (
            "shop_static:/usr/share/nginx/static:ro",
            "shop_media:/usr/share/nginx/media:ro",
            "shop_app-logs:/var/log/nginx",
        ),
        "shop",
    ),
    ContainerPlan(
        "monitoring-prometheus-1",
        "prom/prometheus:v2.50.1",
        "running",
        ("monitoring_prometheus-data:/prometheus",),
        "monitoring",
    ),
    ContainerPlan(
        "monitoring-alertmanager-1",
        "prom/alertmanager:v0.27.0",
        "paused",
        ("monitoring_alertmanager:/alertmanager",),
        "monitoring",
    ),
    ContainerPlan(
        "monitoring-grafana-1",
        "grafana/grafana:10.3.3",
        "running",
        ("grafana-storage:/var/lib/grafana",),
        "monitoring",
    ),
    ContainerPlan(
        "nextcloud-app-1",
        "nextcloud:28-apache",
        "exited",
        ("nextcloud_html:/var/www/html", f"nextcloud_data:{_DATA}"),
        "nextcloud",
        ("true",),
    ),
    ContainerPlan(
        "nextcloud-cron-1",
        "nextcloud:28-apache",
        "exited",
        (
            "nextcloud_html:/var/www/html:ro",
            f"nextcloud_data:{_DATA}",
            "nextcloud_data:/export:ro",
        ),
        "nextcloud",
        ("true",),
    ),
    ContainerPlan(
        "nextcloud-db-1",
        "mariadb:11.2",
        "exited",
        ("nextcloud_db:/var/lib/mysql",),
        "nextcloud",
        ("true",),
    ),
    ContainerPlan("gitea", "gitea/gitea:1.21.7", "running", ("gitea-data:/data",)),
    ContainerPlan("app-db", "postgres:16-alpine", "running", ("app-db:/var/lib/postgresql/data",)),
    ContainerPlan("traefik", "traefik:v2.11", "running", ("traefik-acme:/letsencrypt",)),
    ContainerPlan(
        "vaultwarden", "vaultwarden/server:1.30.5-alpine", "running", ("vaultwarden-data:/data",)
    ),
    ContainerPlan(
        "promtail",
        "grafana/promtail:2.9.4",
        "running",
        ("shop_app-logs:/logs:ro", "promtail-positions:/positions"),
    ),
    ContainerPlan(
        "minio", "minio/minio:RELEASE.2024-02-26T09-33-48Z", "paused", ("minio-data:/data",)
    ),
    ContainerPlan("registry", "registry:2.8.3", "created", ("registry-data:/var/lib/registry",)),
    ContainerPlan(
        "jenkins",
        "jenkins/jenkins:2.440.3-lts",
        "exited",
        ("jenkins_home:/var/jenkins_home",),
        "",
        _FAILS,
    ),
    ContainerPlan(
        "nightly-backup",
        "registry.example.org/ops/backup:latest",
        "exited",
        (
            "shop_pgdata:/source/pgdata:ro",
            "grafana-storage:/source/grafana:ro",
            "nextcloud_data:/source/nextcloud:ro",
            "backups:/backups",
        ),
        "",
        ("true",),
    ),
    ContainerPlan(
        "weekly-archive",
        "registry.example.org/ops/backup:latest",
        "exited",
        (
            "wiki_dbdata:/source/wiki-db:ro",
            "wiki_html:/source/wiki:ro",
            "vm-images:/source/vm-images:ro",
            "import-from-windows:/source/import:ro",
            "ci-cache:/source/ci-cache:ro",
        ),
        "",
        ("true",),
    ),
    ContainerPlan(
        "pg-upgrade-trial",
        "postgres:15-alpine",
        "created",
        (f"{anonymous_name(1)}:/var/lib/postgresql/data",),
    ),
)
