"""A keyring that is locked, and asks a user who is not there."""

from __future__ import annotations

import threading
from typing import Never

from keyring.backend import KeyringBackend

NAME = "doubles.silent_keyring.SilentKeyring"
"""For ``PYTHON_KEYRING_BACKEND``."""


class SilentKeyring(KeyringBackend):
    """Never answers."""

    priority = 1

    def get_password(self, service: str, username: str) -> Never:
        threading.Event().wait()
        raise AssertionError("nobody unlocks it")

    def set_password(self, service: str, username: str, password: str) -> Never:
        self.get_password(service, username)

    def delete_password(self, service: str, username: str) -> Never:
        self.get_password(service, username)
