"""The hub's address, the proxy's, and where the token may go."""

from __future__ import annotations

import ipaddress
from urllib.parse import quote, urlsplit

from huggingface_hub import constants

from textlift.downloads.failures import DownloadProblem
from textlift.downloads.messages import DownloadFailure, Source


def endpoint_of(source: Source) -> str:
    """The address that all questions to the hub begin with.

    Raises:
        DownloadProblem: It is no address.
    """
    given = (source.endpoint or constants.ENDPOINT).strip().rstrip("/")
    if not _is_address(given, ("http", "https")):
        raise DownloadProblem(
            DownloadFailure.NO_CONNECTION,
            f"The mirror {_shown(given)} is no address; write it as https://host in the settings.",
        )
    return given


def proxy_of(source: Source) -> str | None:
    """The proxy that the user named; None: by the environment.

    Raises:
        DownloadProblem: It is no address.
    """
    given = source.proxy.strip()
    if not given:
        return None
    if not _is_address(given, ("http", "https")):
        raise DownloadProblem(
            DownloadFailure.NO_CONNECTION,
            f"The proxy {_shown(given)} is no address; write it as http://host:port in the "
            "settings.",
        )
    return given


def keeps_secrets(url: str) -> bool:
    """Whether nobody on the way reads what is sent: it is encrypted, or stays on this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    host = parts.hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_of(url: str) -> str:
    """The part of an address that people know a server by; no user name, no password."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{host}:{parts.port}" if parts.port else host


def page_of(endpoint: str, hub_id: str) -> str:
    """Where a person reads about a model and accepts its licence."""
    return f"{endpoint}/{quote(hub_id)}"


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _shown(address: str) -> str:
    # Whatever stands before an @ may be a password, be it an address or not.
    return f"“{address.rpartition('@')[2]}”"
