"""Secrets in driver options and in what engines say, hidden before anything shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

MASK = "****"

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET_ANYWHERE = re.compile(r"passw|passphrase|passcode|secret|token|credential", re.IGNORECASE)
_SECRET_WORD = re.compile(
    r"(?!(?:by|com)pass$)(?:[a-z]*pass|pwd|pw|auth|authorization|creds?|sas|sig|signature|passkey"
    r"|(?:ssh|api|access|account|private|shared|master|encryption|storage|sas|auth|ssl|tls)key)"
)
_KEY = re.compile(
    r"(?<![\w.-])(?P<name>[\w.-]+)(?:\\*[\"']\s*[=:]|\s*=|:(?=\S))\s*",
)
"""A key and what follows it: `name=`, `name:x`, and `"name": ` of JSON, itself in a text or not."""
_QUOTED = r"""\\"(?:(?!\\").)*(?:\\")?|"(?:\\.|[^"\\])*"?|'[^']*'?"""
_VALUE = re.compile(rf"{_QUOTED}|[^,;\s&]*", re.DOTALL)
_MOUNTED = re.compile(rf"{_QUOTED}|[^,]*?(?=,|: |$)", re.DOTALL)
"""The value of a mount option: only a comma ends it, and the rest of an engine's sentence."""
_URL_PASSWORD = re.compile(r"(//[^/@\s:\"]*:)[^\s\"]+(@)")


def masked_options(options: Mapping[str, str]) -> dict[str, str]:
    """The options with passwords and their like replaced, in `o` strings and URLs too."""
    return {key: str(_masked(key, value)) for key, value in options.items()}


def without_secrets(text: str, options: Mapping[str, str]) -> str:
    """A text in which an engine may repeat these options, without what `masked_options` hides."""
    for secret in sorted(_secrets(options), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return masked_text(text)


def _secrets(options: Mapping[str, str]) -> set[str]:
    found = {value for key, value in options.items() if _is_secret(key)}
    mounted = [part.partition("=") for part in options.get("o", "").split(",")]
    return (found | {value for key, _, value in mounted if _is_secret(key.strip())}) - {""}


def masked(value: object) -> object:
    """A JSON value with the secrets in it replaced, at every depth; nothing is changed in place."""
    if isinstance(value, dict):
        return {key: _masked(key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    return masked_text(value) if isinstance(value, str) else value


def masked_text(text: str) -> str:
    """A text with the secrets in it replaced: engines repeat the options in their errors."""
    pieces = []
    at = 0
    for key in _KEY.finditer(text):
        if key.start() < at or not _is_secret(key["name"]):
            continue
        pieces += [text[at : key.end()], MASK]
        among = _MOUNTED if text.endswith(",", 0, key.start()) else _VALUE
        value = among.match(text, key.end())
        at = value.end() if value else key.end()
    return _URL_PASSWORD.sub(rf"\g<1>{MASK}\g<2>", "".join(pieces) + text[at:])


def _masked(key: str, value: object) -> object:
    if value and _is_secret(key):
        return MASK
    shown = masked(value)
    return _masked_mount(shown) if key == "o" and isinstance(shown, str) else shown


def _masked_mount(options: str) -> str:
    """`o` of the driver local: there a value goes on until the next comma, whatever is in it."""
    parts = [part.partition("=") for part in options.split(",")]
    return ",".join(
        f"{key}{equals}{MASK if value and _is_secret(key.strip()) else value}"
        for key, equals, value in parts
    )


def _is_secret(key: str) -> bool:
    """Whether a key names a secret: by a word that always does, or a `key` that is no public one.

    `account_key`, `sshkey` and `AWS_ACCESS_KEY_ID` do; `monkey` and `keyring_path` do not.
    """
    words = [word.lower() for word in _WORD.findall(key)]
    if _SECRET_ANYWHERE.search(key) or any(map(_SECRET_WORD.fullmatch, words)):
        return True
    pairs = set(pairwise(words))
    if pairs & {("access", "key"), ("api", "key"), ("private", "key")}:
        return True
    return words[-1:] == ["key"] and "public" not in words
