"""How fast a stage goes, smoothed over some seconds."""

from __future__ import annotations

from collections import deque

from tui.engine.transfers.progress import Progress, Stage, Sums

WINDOW = 6.0
"""Seconds that are looked back."""

ENOUGH = 1.0
"""Seconds that have to be known before anything is said."""


class Rate:
    """Takes each `Progress` with its time; a stage begins anew."""

    def __init__(self) -> None:
        self._stage: Stage | None = None
        self._total: Sums | None = None
        self._points: deque[tuple[float, Sums]] = deque()

    def take(self, progress: Progress, now: float) -> None:
        """Note how far it is at this time."""
        if progress.stage is not self._stage:
            self._stage = progress.stage
            self._points.clear()
        self._total = progress.total
        self._points.append((now, progress.sums))
        # The one before the window stays: it is where the window begins.
        while len(self._points) > 2 and self._points[1][0] <= now - WINDOW:
            self._points.popleft()

    def size(self, now: float) -> float | None:
        """Bytes a second; less and less while nothing comes."""
        if (span := self._span(now)) is None:
            return None
        seconds, first, last = span
        return max(0, last.size - first.size) / seconds

    def left(self, now: float) -> float | None:
        """Seconds until the total is reached, by its bytes or by its entries, what takes longer;
        None where that is not known, or nothing came for some seconds.
        """
        if self._total is None or (span := self._span(now)) is None:
            return None
        if now - self._points[-1][0] > WINDOW:
            return None
        seconds, first, last = span
        amounts = [
            (first.size, last.size, self._total.size),
            (first.entries, last.entries, self._total.entries),
        ]
        longest = 0.0
        for before, done, total in amounts:
            if done >= total:
                continue
            if done <= before:
                return None
            longest = max(longest, (total - done) * seconds / (done - before))
        return longest

    def _span(self, now: float) -> tuple[float, Sums, Sums] | None:
        if not self._points or now - self._points[0][0] < ENOUGH:
            return None
        return now - self._points[0][0], self._points[0][1], self._points[-1][1]
