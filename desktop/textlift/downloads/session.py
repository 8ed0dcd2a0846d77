"""The connections of one task: proxy, certificates, time limits, token, and an end at once."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2
import truststore
from huggingface_hub import constants

import textlift
from textlift.downloads.addresses import keeps_secrets, proxy_of
from textlift.downloads.answers import Subject, problem_of_answer, problem_of_connection
from textlift.downloads.failures import DownloadProblem, stopped
from textlift.downloads.messages import DownloadFailure, Source
from textlift.downloads.patience import Patience
from textlift.downloads.token import Token


class Session:
    """Asks servers; each thread may use it. Must be closed.

    The environment's proxies (``HTTPS_PROXY``, ``NO_PROXY``…) hold where the user set none.
    Certificates are judged by the system's trust store, where companies put their own.
    """

    def __init__(
        self, source: Source, *, patience: Patience, endpoint: str = "", token: Token | None = None
    ) -> None:
        """Prepares; nothing is sent yet.

        Args:
            source: The proxy is taken from it.
            patience: Time limits.
            endpoint: Of the hub; only requests that begin with it carry the token.
            token: If there is one.

        Raises:
            DownloadProblem: The user does not want any connection, or the proxy is no address.
        """
        _check_allowed(source, to_hub=bool(endpoint))
        self._proxy = proxy_of(source)
        self._endpoint = endpoint
        self._token = token
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._is_cut = False
        try:
            self._client = httpx2.Client(
                verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                proxy=self._proxy,
                timeout=httpx2.Timeout(patience.read, connect=patience.connect, pool=None),
                follow_redirects=True,
                headers={
                    # The library's own would tell more of this machine than the hub must know.
                    "User-Agent": f"textlift/{textlift.__version__}",
                    # Sizes and checksums are those of the file as it is.
                    "Accept-Encoding": "identity",
                },
            )
        except (ValueError, ImportError, httpx2.InvalidURL) as error:
            raise DownloadProblem(
                DownloadFailure.NO_CONNECTION,
                "The proxy that the environment names cannot be used; correct HTTPS_PROXY or "
                "ALL_PROXY, or name another one in the settings.",
            ) from error

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def cut_off(self) -> None:
        """Ends every request, also those that wait for a server; from any thread."""
        with self._lock:
            self._is_cut = True
            sockets = list(self._sockets)
        for one in sockets:
            # Not the TLS socket's own: that would first say goodbye.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(one, socket.SHUT_RDWR)

    @contextlib.contextmanager
    def asking(
        self,
        url: str,
        subject: Subject,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[httpx2.Response]:
        """A request and the head of its answer, which is a good one; the body can be read inside.

        Raises:
            DownloadProblem: For good, or since the session was cut off.
            TransientProblem: Trying again may help.
        """
        sent = dict(headers or {})
        token = self._token_for(url)
        if token is not None:
            sent["Authorization"] = f"Bearer {token.value}"
        try:
            with self._client.stream(
                method, url, headers=sent, extensions={"trace": self._note}
            ) as response:
                if response.status_code >= 400 and response.status_code != 416:
                    raise problem_of_answer(response, subject, token_place=self._place(token))
                yield response
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
            if self._is_cut:
                raise stopped() from error
            raise problem_of_connection(
                error, url, proxy=self._proxy, secrets=self._secrets
            ) from error

    def _token_for(self, url: str) -> Token | None:
        if self._token is None or not url.startswith(f"{self._endpoint}/"):
            return None
        return self._token if keeps_secrets(url) else None

    def _place(self, token: Token | None) -> str:
        """Where the token that was sent comes from; says so when there is one that was not."""
        if token is not None:
            return token.place
        return "" if self._token is None else "unsent"

    @property
    def _secrets(self) -> tuple[str, ...]:
        token = self._token.value if self._token is not None else ""
        password = urlsplit(self._proxy or "").password or ""
        return token, password

    def _note(self, event: str, info: Mapping[str, Any]) -> None:
        """Told of each step of a request: keeps the sockets at hand, to end it from outside."""
        if self._is_cut:
            raise stopped()
        if event not in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            return
        one = info["return_value"].get_extra_info("socket")
        with self._lock:
            self._sockets = {other for other in self._sockets if other.fileno() >= 0}
            self._sockets.add(one)


def _check_allowed(source: Source, *, to_hub: bool) -> None:
    """Refuses what the user does not want, be it said here or to all programs that use the hub."""
    if source.offline:
        raise DownloadProblem(
            DownloadFailure.OFFLINE,
            "Textlift is set to stay off the network; change that in the settings to get this.",
        )
    if to_hub and constants.is_offline_mode():
        raise DownloadProblem(
            DownloadFailure.OFFLINE,
            "The environment keeps all that uses the hub off the network (HF_HUB_OFFLINE or "
            "TRANSFORMERS_OFFLINE); start Textlift without that to get this.",
        )
