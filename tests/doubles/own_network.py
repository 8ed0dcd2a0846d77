"""An environment in which nothing of the user's network, token and keyring is seen."""

from __future__ import annotations

import pytest

_OF_THE_NETWORK = (
    "HF_ENDPOINT",
    "HF_HUB_CACHE",
    "HF_HUB_OFFLINE",
    "HF_TOKEN",
    "HF_TOKEN_PATH",
    "HUGGINGFACE_HUB_CACHE",
    "HUGGING_FACE_HUB_TOKEN",
    "TRANSFORMERS_OFFLINE",
    "ALL_PROXY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TEXTLIFT_DOWNLOAD_PATIENCE",
    "XDG_CACHE_HOME",
)


def forget_network(environment: pytest.MonkeyPatch, *, home: str) -> None:
    """Takes away what processes would know of the network; ``home`` is to be the hub's folder."""
    for name in _OF_THE_NETWORK:
        environment.delenv(name, raising=False)
        environment.delenv(name.lower(), raising=False)
    environment.setenv("HF_HOME", home)
    environment.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
