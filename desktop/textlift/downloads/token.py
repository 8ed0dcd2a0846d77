"""The hub's token: where it comes from, and the system's keyring, where Textlift keeps it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import keyring
import keyring.errors
import msgspec
from huggingface_hub import constants

from textlift.downloads.failures import DownloadProblem
from textlift.downloads.messages import DownloadFailure, TokenState

SERVICE = "Textlift"
ACCOUNT = "huggingface.co"
"""Under which the keyring keeps it."""

_READING_SECONDS = 20.0
_WRITING_SECONDS = 90.0
"""A keyring that is locked asks the user for a password."""

T = TypeVar("T")


class Token(msgspec.Struct, frozen=True):
    """The hub's token.

    Attributes:
        value: Never shown, logged or told to the parent.
        place: See ``TokenState``.
    """

    value: str
    place: str

    def __repr__(self) -> str:
        return f"Token(place={self.place!r})"


def find_token() -> Token | None:
    """The token to send: of the environment, the keyring, or the login of the hub's own tool."""
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        if value := os.environ.get(name, "").strip():
            return Token(value, "environment")
    try:
        value = _kept_in_keyring()
    except DownloadProblem:
        value = ""  # What is open to all can be got without.
    if value:
        return Token(value, "keyring")
    value = _of_hub_login()
    return Token(value, "hub login") if value else None


def token_state() -> TokenState:
    """Where the token comes from, and whether it could be kept in the keyring."""
    token = find_token()
    return TokenState(token.place if token is not None else "", _keyring_problem())


def store_token(value: str) -> TokenState:
    """Keeps a token in the keyring; an empty one removes what is there.

    Raises:
        DownloadProblem: The keyring does not take it.
    """
    problem = _keyring_problem()
    if problem:
        raise DownloadProblem(DownloadFailure.NO_KEYRING, problem)
    value = value.strip()

    def keep() -> None:
        if value:
            keyring.set_password(SERVICE, ACCOUNT, value)
        elif keyring.get_password(SERVICE, ACCOUNT) is not None:
            keyring.delete_password(SERVICE, ACCOUNT)

    _asked_of_keyring(keep, _WRITING_SECONDS)
    return token_state()


def _kept_in_keyring() -> str:
    if _keyring_problem():
        return ""
    kept = _asked_of_keyring(lambda: keyring.get_password(SERVICE, ACCOUNT) or "", _READING_SECONDS)
    return kept.strip()


def _keyring_problem() -> str:
    """Why the system's keyring cannot be used; empty when it can."""
    try:
        backend = keyring.get_keyring()
        best = next(iter(getattr(backend, "backends", ())), backend)
        priority = float(best.priority)
    except (keyring.errors.KeyringError, ImportError, AttributeError, RuntimeError, OSError):
        priority = 0.0
    if priority >= 1:
        return ""
    # keyring gives those below 1 that keep passwords where others can read them.
    return (
        "This system has no keyring that keeps a token safe; put the token into the environment "
        "as HF_TOKEN, or type: hf auth login"
    )


def _of_hub_login() -> str:
    try:
        return Path(constants.HF_TOKEN_PATH).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def _asked_of_keyring(question: Callable[[], T], seconds: float) -> T:
    """What the keyring answers; it may ask the user meanwhile, and not every user is there.

    Raises:
        DownloadProblem: It fails, or does not answer in time.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix="keyring")
    answer = thread.submit(question)
    thread.shutdown(wait=False)
    try:
        error = answer.exception(timeout=seconds)
    except TimeoutError as late:
        raise _keyring_failure("does not answer; unlock it and try again") from late
    if error is not None:
        # Not its words: nobody knows what a backend puts into them.
        raise _keyring_failure(f"does not work ({type(error).__name__})") from error
    return answer.result()


def _keyring_failure(what: str) -> DownloadProblem:
    return DownloadProblem(
        DownloadFailure.NO_KEYRING,
        f"The keyring of this system {what}, or put the token into the environment as HF_TOKEN.",
    )
