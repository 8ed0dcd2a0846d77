"""A keyring in a file that the environment names, in place of the system's."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend

VARIABLE = "TEXTLIFT_TEST_KEYRING"
NAME = "doubles.file_keyring.FileKeyring"
"""For ``PYTHON_KEYRING_BACKEND``."""


class FileKeyring(KeyringBackend):
    """Keeps passwords as JSON, which no true one does."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._read(), f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        kept = self._read()
        kept.pop(f"{service} {username}")
        self._write(kept)

    def _read(self) -> dict[str, str]:
        path = Path(os.environ[VARIABLE])
        return json.loads(path.read_text()) if path.exists() else {}

    def _write(self, kept: dict[str, str]) -> None:
        Path(os.environ[VARIABLE]).write_text(json.dumps(kept))
