"""The hub's token: where it comes from, and the keyring where it is kept."""

from __future__ import annotations

import os

from textlift.downloads.session import Token
from textlift.processes.cancellation import Cancellation


def find_token(_cancellation: Cancellation) -> Token | None:
    """The token to send, if there is one: of the environment."""
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        if value := os.environ.get(name, "").strip():
            return Token(value, "environment")
    return None
