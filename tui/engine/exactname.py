"""Exact names on Podman, which takes the beginning of a name for the only volume that has it.

Source: podman#23943, run on 4.3: `DELETE /volumes/dat` removes `data` where there is no `dat`.
Questions are answered by the exact name.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from tui.engine.connection import Connection
from tui.engine.errors import EngineError
from tui.engine.fields import Fields, objects
from tui.engine.volumes import JOB_LABEL

_log = logging.getLogger(__name__)


@contextmanager
def only_exact(connection: Connection, name: str) -> Iterator[None]:
    """Inside the block a removal of `name` removes the volume of that very name or none.

    Where it is gone by then and the name begins another one, an empty volume of ours that it
    begins too makes Podman refuse: there would be more than one result.
    """
    if not _is_podman(connection) or not _begins_another(connection, name):
        yield
        return
    token = os.urandom(8).hex()
    decoy = f"{name}-{token}"
    connection.call(lambda client: client.create_volume(decoy, labels={JOB_LABEL: token}))
    try:
        yield
    finally:
        try:
            connection.call(lambda client: client.remove_volume(decoy))
        except EngineError as error:
            _log.debug("%s was not removed: %s", decoy, error)


def _is_podman(connection: Connection) -> bool:
    version = Fields(connection.version(), "GET /version")
    return any("Podman" in part.text("Name") for part in version.objects("Components"))


def _begins_another(connection: Connection, name: str) -> bool:
    call = "GET /volumes"
    filters = json.dumps({"name": [f"^{re.escape(name)}"]})
    found = Fields(connection.get("/volumes", filters=filters), call).value("Volumes")
    return any(each.name("Name") != name for each in objects(found or [], call))
