"""Secrets in driver options, hidden before anything shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping

MASK = "****"
_SECRET = (
    r"pass(?:word|wd|phrase)?|secret|token|credentials?|api[-_]?key|access[-_]?key|private[-_]?key"
)
_SECRET_NAME = re.compile(rf"(?:.*[-_.])?(?:{_SECRET})(?:[-_.].*)?", re.IGNORECASE | re.DOTALL)
_SECRET_PART = re.compile(
    rf"((?:^|[,;\s&?])(?:[\w.-]*[-_.])?(?:{_SECRET})\s*=)[^,;\s&]*", re.IGNORECASE
)
_URL_PASSWORD = re.compile(r"(//[^/@\s:]*:)[^/@\s]+(@)")


def masked_options(options: Mapping[str, str]) -> dict[str, str]:
    """The options with passwords and their like replaced, in `o` strings and URLs too."""
    return {key: _masked(key, str(value)) for key, value in options.items()}


def masked_text(text: str) -> str:
    """A text with the secrets in it replaced: engines repeat the options in their errors."""
    return _URL_PASSWORD.sub(rf"\g<1>{MASK}\g<2>", _SECRET_PART.sub(rf"\g<1>{MASK}", text))


def _masked(key: str, value: str) -> str:
    return MASK if _SECRET_NAME.fullmatch(key) and value else masked_text(value)
