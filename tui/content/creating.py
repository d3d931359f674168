"""What a form for a new volume says below its lines."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from textual.content import Content

from tui.content.lines import MUTED, joined, styled
from tui.engine.creating import NewVolume
from tui.engine.masking import masked_options
from tui.engine.model import Volume
from tui.presentation import safe, safe_text


def docker_command(new: NewVolume, width: int) -> Content:
    """The docker command that makes the same, secrets masked and quoted for a shell."""
    return joined(styled(" ".join(docker_words(new)), width, MUTED))


def docker_words(new: NewVolume) -> Iterator[str]:
    """The same word by word, safe to show."""
    yield "docker volume create"
    if new.driver != "local":
        yield f"--driver {_quoted(new.driver)}"
    for key, value in masked_options(new.options).items():
        yield f"--opt {_quoted(f'{key}={value}')}"
    for key, value in new.labels.items():
        yield f"--label {_quoted(f'{key}={value}')}"
    yield _quoted(new.name) if new.name else "NAME"


def _quoted(word: str) -> str:
    return safe_text(shlex.quote(word))


def shared_sentence(volumes: Sequence[Volume]) -> str:
    """That the new volume would be the same data as these."""
    names = ", ".join(safe(volume.name) for volume in volumes[:3])
    more = f" and {len(volumes) - 3:,} more" if len(volumes) > 3 else ""
    return f"This is the same data as {names}{more}: what one changes, all have."
