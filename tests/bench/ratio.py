"""Ours and a peer, interleaved in one run: the median of the ratios pair by pair."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Seconds = float


@dataclass(frozen=True)
class Ratio:
    """One line of the table: `ours` over `peer`, or `peer` over `ours` where `faster` is set."""

    what: str
    bound: float
    ours: Callable[[], Seconds]
    peer: Callable[[], Seconds]
    rounds: int = 7
    warmups: int = 1
    faster: bool = False
    """The bound is how many times faster than the peer ours has to be."""

    def measure(self) -> Result:
        """Run the pairs, the order turned around in every other one."""
        for _ in range(self.warmups):
            self.ours()
            self.peer()
        pairs = [self._pair(number) for number in range(self.rounds)]
        ratios = [peer / ours if self.faster else ours / peer for ours, peer in pairs]
        return Result(
            self,
            statistics.median(ratios),
            statistics.median(ours for ours, _ in pairs),
            statistics.median(peer for _, peer in pairs),
        )

    def _pair(self, number: int) -> tuple[Seconds, Seconds]:
        if number % 2:
            peer = self.peer()
            return self.ours(), peer
        ours = self.ours()
        return ours, self.peer()


@dataclass(frozen=True)
class Result:
    """The medians of one measured ratio; times in seconds."""

    ratio: Ratio
    value: float
    ours: Seconds
    peer: Seconds

    @property
    def ok(self) -> bool:
        """Whether the bound is kept."""
        if self.ratio.faster:
            return self.value >= self.ratio.bound
        return self.value < self.ratio.bound

    def row(self) -> str:
        """A row of the README's table."""
        sign = "≥" if self.ratio.faster else "<"
        return (
            f"| {self.ratio.what} | {self.value:.2f} | {sign} {self.ratio.bound:g} "
            f"| {self.ours * 1000:.2f} | {self.peer * 1000:.2f} | {'ok' if self.ok else 'MISSED'} |"
        )


def timed(function: Callable[[], object]) -> Callable[[], Seconds]:
    """Seconds that one call takes."""

    def measured() -> Seconds:
        start = time.perf_counter()
        function()
        return time.perf_counter() - start

    return measured
