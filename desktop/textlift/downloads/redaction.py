"""Keeps what is secret out of what goes into a bug report."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ADDRESS = re.compile(
    r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)(?:[^/\s@'\"]*@)?(?P<rest>[^\s?#'\"]*)\S*"
)
_TOKEN = re.compile(r"\bhf_\w+|(?i:\bbearer\s+\S+)")


def without_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without tokens, passwords, and the signatures that addresses end with."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "…")
    text = _ADDRESS.sub(lambda found: found["scheme"] + found["rest"], text)
    return _TOKEN.sub("…", text)
