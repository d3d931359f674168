"""Sizes of volumes: measured when asked, a few at a time, and kept with their age.

Sources: `GET /system/df?type=volume` from API 1.42 on, which leaves volumes with driver options
out; before that the agent, in a helper that mounts a few plain local volumes at once.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from tui.engine.completeness import Completeness
from tui.engine.connection import Connection
from tui.engine.errors import (
    EngineFailed,
    EngineTimeout,
    FileFailed,
    HelperFailed,
    HelperLost,
    ProtocolError,
    VolumeChanged,
    VolumeNotFound,
)
from tui.engine.helper import HelperContainer
from tui.engine.marker import marked
from tui.engine.model import DiskUsage, EngineInfo, Volume, VolumeSize
from tui.engine.sizecache import SizeCache

Sized = Generator[tuple[str, VolumeSize], None, None]

FRESH = timedelta(minutes=1)
"""The engine's own figures are asked for at most this often."""

AGENT_FRESH = timedelta(minutes=15)
"""Age from which the agent counts a volume again."""

_TOGETHER = 4
_DF_DEADLINE = 600.0
_UNMOUNTABLE = (HelperFailed, VolumeNotFound, VolumeChanged, EngineFailed)
"""What one of several volumes may do to the helper that was to mount them."""
_SPOILT = (*_UNMOUNTABLE, FileFailed, EngineTimeout)
"""The same, and to the questions about them."""


class SizeMeter:
    """Measures what is unknown or old, one measurement at a time."""

    def __init__(
        self, connection: Connection, cache: SizeCache, completeness: Completeness
    ) -> None:
        self._connection = connection
        self._cache = cache
        self._completeness = completeness
        self._measuring = threading.Lock()
        self._helping = threading.Lock()
        """Held while there is a helper, from before its creation until after its end."""
        self._stopped = threading.Event()
        self._asked: datetime | None = None
        """When the engine was asked last."""
        self._helper = _MeasuringHelper(connection)

    def barred(self, volumes: Sequence[str]) -> AbstractContextManager[None]:
        """Inside the block no helper of ours has one of these volumes; one that has is closed
        before. What it had not counted stays unknown until the next measurement.
        """
        return self._helper.barred(volumes)

    def stop(self, timeout: float) -> None:
        """Measure no more, and wait at most `timeout` seconds until no helper is left."""
        self._stopped.set()
        if self._helping.acquire(timeout=timeout):
            self._helping.release()

    def measure(self, info: EngineInfo, volumes: Sequence[Volume]) -> Sized:
        """Yield each size as it becomes known; closing the generator ends the measurement.

        Raises `EngineError`; yields nothing while another measurement is under way.
        """
        if not self._measuring.acquire(blocking=False):
            return
        try:
            by_engine = info.name == "Docker" and info.api >= (1, 42)
            measured = self._by_engine if by_engine else self._by_agent
            with closing(measured(info, volumes)) as sizes:
                by_name = {volume.name: volume for volume in volumes}
                for name, size in sizes:
                    self._cache.put(by_name[name], size)
                    yield name, size
            self._look(info, volumes)
        finally:
            self._cache.save(volumes)
            self._measuring.release()

    def _by_engine(self, _info: EngineInfo, volumes: Sequence[Volume]) -> Sized:
        known = [size.measured for volume in volumes if (size := self._cache.get(volume))]
        last = max([*known, *([self._asked] if self._asked else [])], default=None)
        now = datetime.now(UTC)
        if last is not None and now - last < FRESH:
            return
        self._asked = now
        answer = self._connection.get("/system/df", _DF_DEADLINE, type="volume")
        measured = datetime.now(UTC)
        names = {volume.name for volume in volumes}
        for name, count in parse_sizes(answer):
            if name in names:
                yield name, VolumeSize(count, measured)

    def _by_agent(self, info: EngineInfo, volumes: Sequence[Volume]) -> Sized:
        due = self._older_than(AGENT_FRESH, [v for v in volumes if v.plain])
        due.sort(key=lambda v: self._cache.get(v) is not None)
        for start in range(0, len(due), _TOGETHER):
            with self._helping:
                counter = _Counter(self._helper, info, self._stopped, self._completeness)
                yield from counter.together(due[start : start + _TOGETHER])

    def _look(self, info: EngineInfo, volumes: Sequence[Volume]) -> None:
        """See which volumes are whole of those that may not be and were not counted now."""
        due = [v for v in volumes if v.plain and self._completeness.get(v) is None]
        for start in range(0, len(due), _TOGETHER):
            group = due[start : start + _TOGETHER]
            with self._helping, suppress(*_SPOILT):
                if self._stopped.is_set():
                    return
                helper = self._helper.start(info, group)
                try:
                    for index, volume in enumerate(group):
                        told = marked(helper.agent, _path(index, group))
                        self._completeness.note(volume, incomplete=told)
                finally:
                    helper.close()

    def _older_than(self, age: timedelta, volumes: Sequence[Volume]) -> list[Volume]:
        limit = datetime.now(UTC) - age
        known = [(volume, self._cache.get(volume)) for volume in volumes]
        return [volume for volume, size in known if size is None or size.measured < limit]


class _MeasuringHelper:
    """The helper that measures, one at a time: it never has a volume that is about to go."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._starting = threading.Lock()
        """Held while one is being started."""
        self._open: tuple[HelperContainer, set[str]] | None = None
        """The last one that was started, and what it mounts."""
        self._barred: Counter[str] = Counter()

    def start(self, info: EngineInfo, volumes: Sequence[Volume]) -> HelperContainer:
        """As `HelperContainer.start`; raises `HelperFailed` for a volume that is barred."""
        names = {volume.name for volume in volumes}
        with self._starting:
            if any(self._barred[name] for name in names):
                raise HelperFailed("A volume is being removed.")
            helper = HelperContainer.start(self._connection, info, volumes)
            self._open = helper, names
            return helper

    @contextmanager
    def barred(self, volumes: Sequence[str]) -> Iterator[None]:
        """Inside the block none has one of these volumes."""
        with self._starting:
            self._barred.update(volumes)
            opened = self._open
        try:
            if opened is not None and not opened[1].isdisjoint(volumes):
                opened[0].close()
            yield
        finally:
            with self._starting:
                self._barred.subtract(volumes)


class _Counter:
    """Counts volumes by agents, until it is stopped."""

    def __init__(
        self,
        helper: _MeasuringHelper,
        info: EngineInfo,
        stopped: threading.Event,
        completeness: Completeness,
    ) -> None:
        self._helper = helper
        self._info = info
        self._stopped = stopped
        self._completeness = completeness

    def together(self, volumes: Sequence[Volume]) -> Sized:
        """Count in one helper; where one volume spoils that, the others each in one of their own.

        What cannot be mounted, is away or is not readable as a whole stays unknown.
        """
        if self._stopped.is_set():
            return
        try:
            helper = self._helper.start(self._info, volumes)
        except _UNMOUNTABLE:
            if len(volumes) > 1:
                yield from self._apart(volumes)
            return
        try:
            for index, volume in enumerate(volumes):
                path = _path(index, volumes)
                try:
                    usage = self._usage(helper, path)
                    self._completeness.note(volume, incomplete=marked(helper.agent, path))
                except FileFailed:
                    continue
                except (HelperLost, EngineTimeout):
                    break
                if usage is not None and not usage.errors:
                    yield volume.name, VolumeSize(usage.apparent, datetime.now(UTC), usage.files)
            else:
                return
        finally:
            helper.close()
        yield from self._apart(volumes[index + 1 :])

    def _apart(self, volumes: Sequence[Volume]) -> Sized:
        for volume in volumes:
            yield from self.together([volume])

    def _usage(self, helper: HelperContainer, path: str) -> DiskUsage | None:
        """The complete sum; None when it was stopped before."""
        last = None
        with closing(helper.agent.usage(path)) as sums:
            for usage in sums:
                if self._stopped.is_set():
                    return None
                last = usage
        return last


def _path(index: int, volumes: Sequence[Volume]) -> str:
    """Where a helper of these volumes has one of them."""
    return "/" if len(volumes) == 1 else f"/{index}"


def parse_sizes(answer: Any) -> list[tuple[str, int]]:
    """Names and apparent bytes in the answer to `GET /system/df`; -1 there means not known."""
    volumes = answer.get("Volumes") if isinstance(answer, dict) else ()
    if not isinstance(volumes, list | None):
        raise ProtocolError("GET /system/df answered in a shape voltui does not know.")
    sizes = []
    for attrs in volumes or []:
        usage = attrs.get("UsageData") if isinstance(attrs, dict) else None
        size = usage.get("Size") if isinstance(usage, dict) else None
        if isinstance(size, int) and size >= 0:
            sizes.append((str(attrs.get("Name")), size))
    return sizes
