"""`--keep N` of an export: the older ones go once the new one is whole."""

from __future__ import annotations

from dataclasses import replace

from tui.engine import Engine
from tui.engine.errors import EngineError
from tui.engine.model import Volume
from tui.engine.transfers.progress import Report
from tui.engine.transfers.retention import Retained, lacks_something, old_exports, remove_old
from tui.presentation import sentence

_LACKING = "This export is not all of the volume, so the older exports stay, whatever --keep says."


def keep_newest(
    engine: Engine, volume: Volume, report: Report, keep: int | None
) -> tuple[Report, Retained]:
    """Remove what is older than `keep` exports; None: nothing. What cannot be removed does not
    make a failure of the export, which is whole.
    """
    if keep is None or not report.files:
        return report, Retained()
    if lacks_something(report):
        return replace(report, notes=(*report.notes, _LACKING)), Retained()
    new = report.files[0]
    try:
        exports = old_exports(new.parent, volume, engine.info())
        return report, remove_old(exports, new, keep)
    except EngineError as error:
        return report, Retained(errors=(sentence(error),))
