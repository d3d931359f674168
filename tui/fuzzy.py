"""How well a path fits what was typed: the characters in their order, the file's name first."""

from __future__ import annotations

import re

Rank = tuple[int, int, int, int, str]
"""Compares low for what fits well: how it fits, over how many characters, length of the name,
number of folders, path."""

NO_FIT = 9
"""First number of the rank of what does not fit."""


class Query:
    """What was typed to find a name by; case matters once it has an upper-case character.

    With a slash in it, it is looked for in the whole path.
    """

    def __init__(self, text: str) -> None:
        self.exact = any(char.isupper() for char in text)
        """Whether paths are to be given as they are, not case-folded."""
        self._wanted = text if self.exact else text.casefold()
        self._in_path = "/" in text
        # No part can match in two ways, so no name takes long.
        chars = [re.escape(char) for char in self._wanted]
        gaps = [f"[^{char}]*{char}" for char in chars[1:]]
        self._pattern = re.compile("".join(chars[:1] + gaps), re.DOTALL)

    def rank(self, path: str) -> Rank:
        """How well a path fits; it is case-folded unless `exact`."""
        name = path if self._in_path else path[path.rfind("/") + 1 :]
        at = name.find(self._wanted)
        how = span = 0
        if at == 0:
            how = int(len(name) > len(self._wanted))
        elif at > 0:
            how = 3 if name[at - 1].isalnum() else 2
        elif fits := self._pattern.search(name):
            how, span = 4, fits.end() - fits.start()
        else:
            how = NO_FIT
        return how, span, len(name), path.count("/"), path

    def fits(self, path: str) -> bool:
        """Whether a path fits; it is case-folded unless `exact`."""
        name = path if self._in_path else path[path.rfind("/") + 1 :]
        return self._pattern.search(name) is not None

    def places(self, path: str) -> list[tuple[int, int]]:
        """Ranges of the characters of a path, as it is, that fit; none where it does not."""
        folded = path if self.exact else path.casefold()
        if len(folded) != len(path):
            return []
        start = 0 if self._in_path else folded.rfind("/") + 1
        at = folded.find(self._wanted, start)
        if at >= 0:
            return [(at, at + len(self._wanted))]
        fits = self._pattern.search(folded, start)
        if fits is None:
            return []
        ranges: list[tuple[int, int]] = []
        at = fits.start()
        for char in self._wanted:
            at = folded.index(char, at) + 1
            if ranges and ranges[-1][1] == at - 1:
                ranges[-1] = (ranges[-1][0], at)
            else:
                ranges.append((at - 1, at))
        return ranges


def is_glob(text: str) -> bool:
    """Whether a text is a pattern as the shell has it."""
    return any(char in text for char in "*?[")
