"""Debian packages unpacked into the cache: nothing is ever installed on the system.

apt runs with lists, archives and hooks of its own, so it works without root and leaves the
system's apt as it was; sources, proxies and keys are the machine's.
"""

from __future__ import annotations

import fcntl
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

Tell = Callable[[str], None]

TOOLS = ("busybox-static", "tini")
DOCKER = ("docker.io",)
SYSTEM_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
# Of the moment this is imported: tests change HOME later and still share the cache.
_CACHE = Path(platformdirs.user_cache_path("voltui"))
_TRIXIE = ("docker.io", "containerd")
_PODMAN = ("podman", "runc", "catatonit")
_NOT_UNPACKED = ("libc6_", "libc-bin_")
"""Two C libraries in one process crash: the programs run on the machine's."""


class PackagesError(Exception):
    """The packages cannot be had on this machine; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Programs looked up in unpacked packages first, then on the machine."""

    roots: tuple[Path, ...] = ()

    def search_path(self) -> str:
        """Value for `PATH`."""
        places = ("usr/sbin", "usr/bin", "sbin", "bin", "usr/libexec/podman", "usr/lib/podman")
        inside = [str(root / place) for root in self.roots for place in places]
        return os.pathsep.join([*inside, *SYSTEM_PATH, os.environ.get("PATH", "")])

    def find(self, name: str) -> Path | None:
        """Path of a program, None where neither packages nor machine have it."""
        found = shutil.which(name, path=self.search_path())
        return Path(found) if found else None

    def environment(self) -> dict[str, str]:
        """Environment in which the programs find each other and their libraries."""
        libraries = [
            str(folder)
            for root in self.roots
            for pattern in ("usr/lib/*-linux-gnu*", "lib/*-linux-gnu*")
            for folder in sorted(root.glob(pattern))
        ]
        known = os.environ.get("LD_LIBRARY_PATH")
        path = os.pathsep.join([*libraries, *([known] if known else [])])
        extra = {"LD_LIBRARY_PATH": path} if path else {}
        return {**os.environ, "PATH": self.search_path(), **extra}


def cache_folder() -> Path:
    """Folder that holds packages and the demo; removable while nothing runs from it."""
    return _CACHE


def docker_programs(tell: Tell = lambda _: None) -> Programs:
    """Docker's daemon with all it starts: the machine's where it has one, else Debian's package."""
    tools = unpacked("tools", TOOLS, tell)
    if Programs().find("dockerd"):
        return Programs((tools,))
    return Programs((tools, unpacked("docker", DOCKER, tell)))


def trixie_docker_programs(tell: Tell = lambda _: None) -> Programs:
    """Docker 26.1 of Debian 13 with the runc of this release, whose libraries fit the machine.

    Source: its dockerd and containerd need glibc 2.34, its runc 2.38.
    """
    tools = unpacked("tools", TOOLS, tell)
    own = unpacked("docker", DOCKER, tell)
    return Programs((unpacked("docker-trixie", _TRIXIE, tell, release="trixie"), tools, own))


def podman_programs(tell: Tell = lambda _: None) -> Programs:
    """Podman of this release."""
    return Programs((unpacked("tools", TOOLS, tell), unpacked("podman", _PODMAN, tell)))


def tmux_programs(tell: Tell = lambda _: None) -> Programs:
    """tmux: the machine's where it has one."""
    if Programs().find("tmux"):
        return Programs()
    return Programs((unpacked("tmux", ("tmux",), tell),))


def filesystem_programs(tell: Tell = lambda _: None) -> Programs:
    """mkfs for file systems whose files can share blocks."""
    return Programs((unpacked("filesystems", ("xfsprogs", "btrfs-progs"), tell),))


def unpacked(
    bundle: str, names: tuple[str, ...], tell: Tell = lambda _: None, *, release: str = ""
) -> Path:
    """Root folder with the packages `names` and what they need beyond the machine's own.

    Done once: later calls only look. With `release` the packages come from that Debian release and
    without what they need. Raises `PackagesError`.
    """
    system = _system()
    home = cache_folder() / "packages" / system
    root = home / bundle
    if root.is_dir():
        return root
    home.mkdir(parents=True, exist_ok=True)
    with _locked(home / "lock"):
        if not root.is_dir():
            tell(f"Unpacking {', '.join(names)} into the cache, nothing is installed")
            _fetch_and_unpack(home, root, names, release)
    return root


def _fetch_and_unpack(home: Path, root: Path, names: tuple[str, ...], release: str) -> None:
    for interrupted in home.glob(f".{root.name}-*"):
        shutil.rmtree(interrupted)
    with tempfile.TemporaryDirectory(dir=home, prefix=f".{root.name}-") as scratch:
        apt = _Apt(Path(scratch), release)
        apt.fetch(names)
        tree = Path(scratch) / "root"
        tree.mkdir()
        for archive in sorted(apt.archives.glob("*.deb")):
            if not archive.name.startswith(_NOT_UNPACKED):
                _run(["dpkg-deb", "-x", str(archive), str(tree)])
        tree.chmod(0o755)
        tree.rename(root)


class _Apt:
    """apt with everything it writes below one folder."""

    def __init__(self, folder: Path, release: str) -> None:
        self.archives = folder / "archives"
        self._release = release
        lists = folder / "lists"
        for place in (self.archives / "partial", lists / "partial"):
            place.mkdir(parents=True)
        own = {
            "Dir::State::lists": f"{lists}/",
            "Dir::Cache::archives": f"{self.archives}/",
            "Dir::Cache::pkgcache": "",
            "Dir::Cache::srcpkgcache": "",
            "Dir::Etc::main": "/dev/null",
            "Dir::Etc::parts": "/dev/null",
            "Debug::NoLocking": "true",
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        if release:
            sources = folder / "sources.list"
            sources.write_text(_source_line(release))
            own |= {"Dir::Etc::sourcelist": str(sources), "Dir::Etc::sourceparts": "/dev/null"}
        config = folder / "apt.conf"
        config.write_text(_machine_config() + "".join(f'{k} "{v}";\n' for k, v in own.items()))
        self._environment = {**os.environ, "APT_CONFIG": str(config), "LC_ALL": "C"}

    def fetch(self, names: tuple[str, ...]) -> None:
        """Download the packages into `archives`."""
        self._get("update")
        if self._release:
            self._get("download", *names)
        else:
            # --reinstall: the named ones are wanted even where the machine has them.
            options = ("--download-only", "--reinstall", "--no-install-recommends", "-y")
            self._get("install", *options, *names)

    def _get(self, *arguments: str) -> None:
        _run(["apt-get", "-q", *arguments], self._environment, self.archives)


def _machine_config() -> str:
    """The machine's apt configuration without hooks and extra indexes (source: apt.conf(5))."""
    unwanted = re.compile(r"[^ ]*(-Invoke|Pre-Install-Pkgs|Hooks)|Acquire::IndexTargets")
    lines = _run(["apt-config", "dump"]).splitlines(keepends=True)
    return "".join(line for line in lines if not unwanted.match(line))


def _source_line(release: str) -> str:
    """A source of another Debian release at the mirror this machine uses."""
    codename = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    form = "$(REPO_URI) $(CODENAME) $(COMPONENT) $(ORIGIN)"
    targets = _run(["apt-get", "indextargets", "--format", form, "Identifier: Packages"])
    for line in targets.splitlines():
        match line.split():
            case [uri, name, "main", "Debian"] if name == codename:
                keys = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
                signed = f"[signed-by={keys}] " if keys.exists() else ""
                return f"deb {signed}{uri} {release} main\n"
    raise PackagesError(f"This machine has no Debian mirror to take {release} from.")


def _system() -> str:
    """Folder name for what was unpacked for this release and architecture."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise PackagesError("This needs Debian or Ubuntu: apt-get and dpkg-deb are missing.")
    release = platform.freedesktop_os_release()
    return f"{release.get('ID', 'linux')}-{release.get('VERSION_ID', '0')}-{platform.machine()}"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(
    command: list[str], environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> str:
    result = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    if result.returncode:
        said = (result.stderr.strip() or result.stdout.strip()).splitlines()
        reason = said[-1] if said else f"exit status {result.returncode}"
        raise PackagesError(f"{' '.join(command[:3])} failed: {reason}")
    return result.stdout


if __name__ == "__main__":
    if sys.argv[1:] != ["clean"]:
        sys.exit("usage: python -m tests.engines.packages clean")
    shutil.rmtree(cache_folder() / "packages", ignore_errors=True)
