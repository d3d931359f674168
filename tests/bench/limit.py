"""A number of ours against a fixed bound, as a row beside the ratios."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """One line of the table: what `value` gives has to be below the bound, or up to it."""

    what: str
    bound: float
    unit: str
    value: Callable[[], float]
    inclusive: bool = False
    """The bound itself is kept too."""

    def measure(self) -> Measured:
        """Measure once; what varies is a percentile already."""
        return Measured(self, self.value())


@dataclass(frozen=True)
class Measured:
    """The number that was measured."""

    limit: Limit
    value: float

    @property
    def ok(self) -> bool:
        """Whether the bound is kept."""
        bound = self.limit.bound
        return self.value <= bound if self.limit.inclusive else self.value < bound

    def row(self) -> str:
        """A row of the README's table."""
        unit = self.limit.unit
        sign = "≤" if self.limit.inclusive else "<"
        return (
            f"| {self.limit.what} | {self.value:.3g} {unit} | {sign} {self.limit.bound:g} {unit} "
            f"| | | {'ok' if self.ok else 'MISSED'} |"
        )


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[max(0, math.ceil(len(values) * 0.95) - 1)]
